"""What a head moves: weights, norms of the values, and the shares of the heads are Python's."""

from __future__ import annotations

import pytest
import torch
from browser.bars import BARS, SITE, STRIPS, percent
from browser.bench import ENGLISH, Bench, Cell, agrees, elided, label, read, trace
from playwright.sync_api import Page, expect

from model import zoo
from model.trace import Trace

MODELS = [
    ("decoder", ENGLISH, SITE, 2, 6),
    ("encoder", "The dog ran because it was hungry.", "encoder.blocks.2.attn", 1, 4),
    ("encoder-decoder", "I want to drink a cup of tea.", "decoder.blocks.1.cross_attn", 3, 2),
]


def parts(model: str, expected: Trace, site: str) -> torch.Tensor:
    """What each head adds, from its z and the model's own W_o. -> [head, query, d_model]"""
    z = expected[f"{site}.z"].double()
    W_o = zoo.load(model, "cpu").transformer.get_submodule(site).W_o.weight.detach().double()
    d = z.shape[-1]
    return torch.stack([z[head] @ W_o[:, head * d : head * d + d].T for head in range(len(z))])


def near(shown: str, value: float) -> bool:
    """As agrees, for what the server computed in float32."""
    seen = read(shown)
    return abs(float(seen) - value) <= 10.0 ** int(seen.as_tuple().exponent) / 2 + 1e-5 * abs(value)


@pytest.mark.parametrize("order", ["place", "size"])
@pytest.mark.parametrize(("model", "text", "site", "head", "query"), MODELS)
def test_weights_norms_and_their_products_are_pythons(
    bench: Bench, page: Page, model: str, text: str, site: str, head: int, query: int, order: str
) -> None:
    expected = trace(model, text)
    bench.open(text, model=model, view="values", site=site, head=head, query=query, key=1, order=order)
    cell = Cell(expected, site, head, query, 1)
    weights, norms = cell.weights, cell.of("v").norm(dim=-1).tolist()
    moved = [weight * norm for weight, norm in zip(weights, norms, strict=True)]
    seen = [key for key, visible in enumerate(cell.visible) if visible]
    rows = page.evaluate(BARS, ".key-bars")
    places = seen if order == "place" else sorted(seen, key=lambda key: (-moved[key], key))
    assert [row["place"] for row in rows] == places
    keys = expected.tokens[expected.site(site).key]
    for row in rows:
        key = row["place"]
        assert row["name"] == elided(label(keys[key]), 12) and row["chosen"] == (key == 1)
        assert all(map(agrees, row["numbers"], (weights[key], norms[key], moved[key])))
        due = [weights[key], norms[key] / max(norms), moved[key] / max(moved)]
        assert row["lengths"] == pytest.approx(due, rel=1e-4, abs=1e-9)
    z = page.evaluate(STRIPS, ".values")[0]
    due = cell.of("z")[query].tolist()
    assert all(agrees(title.split(" = ")[1], value) for title, value in zip(z, due, strict=True))
    told = page.locator(".values .told").last.inner_text()
    assert agrees(told.split("= ")[1].split(". The")[0], float(cell.of("z")[query].norm()))
    assert agrees(told.split("add up to ")[1].split(";")[0], sum(moved))


def test_of_a_long_text_the_keys_that_move_little_are_added_up(bench: Bench, page: Page) -> None:
    text = "The cat sat on the mat and drank a cup of tea. " * 6
    expected = trace("decoder", text)
    n = len(expected.tokens["target"])
    assert n > 60
    bench.open(text, view="values", site=SITE, head=3, query=n - 1, key=1)
    cell = Cell(expected, SITE, 3, n - 1, 1)
    moved = (torch.tensor(cell.weights) * cell.of("v").norm(dim=-1)).tolist()
    places = sorted(range(n), key=lambda key: -moved[key])
    shown = [row["place"] for row in page.evaluate(BARS, ".key-bars")]
    assert shown == sorted({*places[:31], 1})
    rest = [key for key in range(n) if key not in shown]
    name, weight, _, product = page.locator(".key-bars tfoot th, .key-bars tfoot td").all_inner_texts()
    assert name == f"{len(rest)} more keys"
    assert near(weight, sum(cell.weights[key] for key in rest)) and near(product, sum(moved[key] for key in rest))


@pytest.mark.parametrize(("model", "text", "site", "head", "query"), MODELS)
def test_the_shares_of_the_heads_are_pythons(
    bench: Bench, page: Page, model: str, text: str, site: str, head: int, query: int
) -> None:
    expected = trace(model, text)
    bench.open(text, model=model, view="values", site=site, head=head, query=query)
    added = parts(model, expected, site)[:, query]
    whole = added.sum(0)
    norms, shares = added.norm(dim=-1).tolist(), (added @ whole / (whole @ whole)).tolist()
    bias = zoo.load(model, "cpu").transformer.get_submodule(site).W_o.bias.detach().double()
    out = expected[site.replace("cross_attn", "cross_out").replace(".attn", ".attn_out")][query].double()
    assert torch.allclose(whole + bias, out, atol=1e-4)  # these are what the model adds
    rows = page.evaluate(BARS, ".shares")
    assert [row["place"] for row in rows] == list(range(len(added)))
    for i, row in enumerate(rows):
        assert near(row["numbers"][0], norms[i])
        assert percent(row["numbers"][1]) == pytest.approx(shares[i], abs=0.00051)
        assert row["lengths"][0] == pytest.approx(norms[i] / max(norms), rel=1e-4)
        assert row["lengths"][1] == pytest.approx(abs(shares[i]) / max(map(abs, shares)), rel=1e-3, abs=1e-5)
        assert (row["chosen"], row["against"]) == (i == head, shares[i] < 0)
    assert page.locator(".shares tfoot .signed").inner_text() in ("100 %", "100.0 %")


def test_a_head_is_chosen_among_the_shares(bench: Bench, page: Page) -> None:
    bench.open(view="values", site=SITE, head=2, query=6, key=3)
    before = len(bench.watch.runs)
    page.locator(".shares button").nth(0).click()
    expect(bench.heading).to_contain_text("block 1 · head 0")
    page.keyboard.press("ArrowDown")
    expect(bench.heading).to_contain_text("block 1 · head 1")
    expect(page.locator(".shares button").nth(1)).to_be_focused()
    bench.shows_cell(Cell(trace("decoder", ENGLISH), SITE, 1, 6, 3))
    page.locator(".key-bars button").nth(3).focus()
    page.keyboard.press("Home")
    bench.shows_cell(Cell(trace("decoder", ENGLISH), SITE, 1, 6, 0))
    assert page.locator(".bars [tabindex='0']").count() == 2
    assert len(bench.watch.runs) == before


def test_the_matrix_of_all_queries_is_weight_times_norm_or_the_weights(bench: Bench, page: Page) -> None:
    bench.open(view="values", site=SITE, head=2, query=6, key=3)
    expected = trace("decoder", ENGLISH)
    pattern, norms = expected[f"{SITE}.pattern"][2], expected[f"{SITE}.v"][2].norm(dim=-1)
    seen = [(query, key) for query in range(11) for key in range(query + 1)]
    for choice, values in (("weight × ‖v‖", pattern * norms), ("weight", pattern)):
        page.locator(".small-choice").get_by_text(choice, exact=True).click()
        expect(bench.numbers).to_have_text([f"{values[cell]:.2f}" for cell in seen])
    page.wait_for_url("**measure=weights**")


def test_heads_that_add_nothing_have_no_shares(bench: Bench, page: Page) -> None:
    bench.open(view="values", mask="window:0", site=SITE, head=2)
    expect(page.locator(".shares .note")).to_have_text("The heads add nothing here, so there are no shares.")
    rows = page.evaluate(BARS, ".shares")
    assert [row["numbers"] for row in rows] == [["0", "–"]] * 4
    assert page.evaluate(BARS, ".key-bars") == []
    assert "NaN" not in page.locator("body").inner_text()


def test_what_is_read_most_and_what_moves_most_are_told(bench: Bench, page: Page) -> None:
    """A large weight on a short value: the first position of this row."""
    expected = trace("decoder", ENGLISH)
    for site in expected.sites:
        norms = expected[f"{site.name}.v"].norm(dim=-1)
        moved = expected[f"{site.name}.pattern"][:, 8] * norms
        differs = expected[f"{site.name}.pattern"][:, 8].argmax(-1) != moved.argmax(-1)
        if differs.any():
            break
    head = int(differs.nonzero()[0, 0])
    bench.open(view="values", site=site.name, head=head, query=8)
    cell = Cell(expected, site.name, head, 8, 0)
    read_most, moves_most = int(torch.tensor(cell.weights).argmax()), int(moved[head].argmax())
    told = page.locator(".values .told").first.inner_text()
    tokens = expected.tokens["target"]
    assert told.startswith(f"{label(tokens[read_most])} has the largest weight, ")
    assert f"; {label(tokens[moves_most])} moves most, " in told
    weight, part, share = (percent(told.split(a)[1].split(b)[0]) for a, b in (
        ("largest weight, ", ", and "), (", and ", " of the sum"), ("moves most, ", " of it")))
    assert weight == pytest.approx(cell.weights[read_most], abs=0.00051)
    assert part == pytest.approx(float(moved[head, read_most] / moved[head].sum()), abs=0.00051)
    assert share == pytest.approx(float(moved[head, moves_most] / moved[head].sum()), abs=0.00051)
