"""What a head moves, the dot product feature by feature, and the first position hidden: the numbers are Python's."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import torch
from browser.bench import Bench, Cell, agrees, elided, label, read, trace
from playwright.sync_api import Page, expect

from model import zoo
from model.trace import Trace

ENGLISH = "Tom likes music. Mary likes music. Tom likes"
SITE = "decoder.blocks.1.attn"
STRIPS = """(root) => [...document.querySelectorAll(`${root} .strip:has(.numbers)`)].map((strip) =>
  [...strip.querySelectorAll("i")].map((cell) => cell.title))"""
BARS = """(root) => [...document.querySelectorAll(`${root} tbody tr`)].map((row) => ({
  place: Number(row.querySelector("button").dataset.place),
  name: row.querySelector("button").firstElementChild?.textContent,
  numbers: [...row.cells].slice(1).map((cell) => cell.textContent.trim()),
  lengths: [...row.querySelectorAll(".length")].map((bar) => Number(bar.style.getPropertyValue("--length"))),
  chosen: row.className === "chosen", against: row.querySelector(".against") !== null,
}))"""
LINE = """() => document.querySelector(".running .sum").getAttribute("d").slice(1).split("L")
  .map((point) => point.split(" ").map(Number))"""
KEPT = """async ([row, column, rows, columns]) => {
  const drawn = document.querySelector(".heatmaplayer image"), image = new Image();
  image.src = drawn.getAttribute("href") ?? drawn.getAttribute("xlink:href");
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const x = Math.floor((column + 0.5) * image.width / columns), y = Math.floor((row + 0.5) * image.height / rows);
  return Array.from(context.getImageData(x, y, 1, 1).data);
}"""
THUMBNAIL = """(name) => {
  const canvas = document.querySelector(`.head[aria-label="${name}"] canvas`), {width, height} = canvas;
  const copy = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const {data} = copy.getImageData(0, 0, width, height);
  const opacity = (row, column) => data[4 * (row * width + column) + 3];
  return Array.from({length: height}, (_, row) => Array.from({length: width}, (_, column) => opacity(row, column)));
}"""


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


def percent(shown: str) -> float:
    return float(read(shown.removesuffix(" %").removeprefix("< ").removeprefix("> "))) / 100


def runs(bench: Bench) -> int:
    return sum(request.url.endswith("/api/trace") for request in bench.watch.requests)


@pytest.mark.parametrize("order", ["place", "size"])
def test_the_dot_product_is_shown_feature_by_feature(bench: Bench, page: Page, order: str) -> None:
    bench.open(view="qkv", site=SITE, head=2, query=6, key=3, order=order)
    cell = Cell(trace("decoder", ENGLISH), SITE, 2, 6, 3)
    q, k = cell.of("q")[6].tolist(), cell.of("k")[3].tolist()
    products = [a * b for a, b in zip(q, k, strict=True)]
    places = list(range(32)) if order == "place" else sorted(range(32), key=lambda i: (-abs(products[i]), i))
    expect(page.locator(".neuron .strip")).to_have_count(4)
    strips = page.evaluate(STRIPS, ".neuron")
    for name, strip, values in zip(("q", "k", "q × k"), strips, (q, k, products), strict=True):
        for i, title in zip(places, strip, strict=True):
            vector, number = title.split(" = ")
            assert vector == f"{name}[{i}]" and agrees(number, values[i])
    sums = torch.tensor([products[i] for i in places], dtype=torch.float64).cumsum(0).tolist()
    least, most = min(0, *sums), max(0, *sums)
    drawn = page.evaluate(LINE)
    assert [x for x, _ in drawn] == [0, *(i + 0.5 for i in range(32)), 32]
    heights = [96 - 92 * (value - least) / (most - least) for value in [0, *sums, sums[-1]]]
    assert [y for _, y in drawn] == pytest.approx(heights, abs=1e-6)
    shown = bench.shows_cell(cell)
    assert page.locator(".running .end").inner_text() == shown["dot"]
    assert page.locator(".neuron .equation .dot").text_content() == shown["dot"]
    assert page.locator(".neuron .equation .score").text_content() == shown["score"]
    page.locator(".features").focus()
    for at, key in ((0, "Home"), (1, "ArrowRight"), (0, "ArrowLeft"), (31, "End")):
        page.keyboard.press(key)
        i = places[at]
        told = page.locator(".neuron .told").inner_text()
        assert told == page.locator(".features").get_attribute("aria-valuetext")
        assert told.startswith(f"Feature {i}: ")
        product, total = told.split(" = ")[1].split(", ")[0], told.split("so far: ")[1].rstrip(".")
        assert agrees(product, products[i]) and agrees(total, sums[at])
        share = percent(told.split(", ")[1].split(" of ")[0])
        assert share == pytest.approx(products[i] / cell.dot, abs=0.00051)
    assert total == shown["dot"]


def test_all_digits_of_the_running_sum_end_at_the_worked_cells(bench: Bench, page: Page) -> None:
    bench.open(view="qkv", site=SITE, head=2, query=6, key=3, order="size")
    page.get_by_role("button", name="all digits").click()
    shown = bench.shows_cell(Cell(trace("decoder", ENGLISH), SITE, 2, 6, 3))
    page.locator(".features").press("End")
    assert page.locator(".neuron .equation .dot").text_content() == shown["dot"]
    assert page.locator(".neuron .told").inner_text().endswith(f"Sum so far: {shown['dot']}.")
    assert len(shown["dot"]) > 10


def test_pointing_at_a_row_or_a_feature_asks_nothing_of_the_server(bench: Bench, page: Page) -> None:
    bench.open(view="qkv", site=SITE, head=2, query=6, key=3)
    before = runs(bench)
    expected = trace("decoder", ENGLISH)
    page.locator(".matrix.q .cells").press("ArrowDown")
    page.locator(".matrix.k .cells").press("ArrowUp")
    shown = bench.shows_cell(Cell(expected, SITE, 2, 7, 2))
    assert page.locator(".neuron .equation .dot").text_content() == shown["dot"]
    box = page.locator(".neuron .numbers").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 5.5 / 32, box["y"] + 3)
    expect(page.locator(".neuron .told")).to_contain_text("Feature 5:")
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(2, 2)
    expect(page.locator(".neuron .told")).to_contain_text("Feature 5:")
    page.locator(".small-choice").get_by_text("largest first").click()
    expect(page.locator(".neuron .told")).to_contain_text("Feature 5:")
    page.wait_for_url("**order=size**")
    assert parse_qs(urlsplit(page.url).query)["feature"] == ["5"]
    assert runs(bench) == before


MODELS = [
    ("decoder", ENGLISH, SITE, 2, 6),
    ("encoder", "The dog ran because it was hungry.", "encoder.blocks.2.attn", 1, 4),
    ("encoder-decoder", "I want to drink a cup of tea.", "decoder.blocks.1.cross_attn", 3, 2),
]


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
    before = runs(bench)
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
    assert runs(bench) == before


def test_the_matrix_of_all_queries_is_weight_times_norm_or_the_weights(bench: Bench, page: Page) -> None:
    bench.open(view="values", site=SITE, head=2, query=6, key=3)
    expected = trace("decoder", ENGLISH)
    pattern, norms = expected[f"{SITE}.pattern"][2], expected[f"{SITE}.v"][2].norm(dim=-1)
    written = page.locator(".heatmaplayer .heatmap-label text")
    seen = [(query, key) for query in range(11) for key in range(query + 1)]
    for choice, values in (("weight × ‖v‖", pattern * norms), ("weight", pattern)):
        page.locator(".small-choice").get_by_text(choice, exact=True).click()
        expect(written.nth(1)).to_have_text(f"{values[1, 0]:.2f}")
        assert written.all_text_contents() == [f"{values[cell]:.2f}" for cell in seen]
    page.wait_for_url("**measure=weights**")


def test_heads_that_add_nothing_have_no_shares(bench: Bench, page: Page) -> None:
    bench.open(view="values", mask="window:0", site=SITE, head=2)
    expect(page.locator(".shares .note")).to_have_text("The heads add nothing here, so there are no shares.")
    rows = page.evaluate(BARS, ".shares")
    assert [row["numbers"] for row in rows] == [["0", "–"]] * 4
    assert page.evaluate(BARS, ".key-bars") == []
    assert "NaN" not in page.locator("body").inner_text()


def opacity(page: Page, query: int, key: int, n: int) -> Any:
    return page.evaluate(KEPT, [query, key, n, n])[3]


def test_hiding_the_first_position_hides_its_column_alone(bench: Bench, page: Page) -> None:
    bench.open(site=SITE, head=2, query=4, key=3)
    expected = trace("decoder", ENGLISH)
    pattern = expected[f"{SITE}.pattern"][2]
    before, kept = runs(bench), page.evaluate(KEPT, [9, 2, 11, 11])
    grid = page.evaluate(THUMBNAIL, "decoder self-attention, block 1 · head 2")
    size = bench.matrix.bounding_box()
    assert opacity(page, 5, 0, 11) == 255 and [row[0] for row in grid] == [255] * 11
    page.get_by_role("checkbox", name="hide the first position").check()
    assert bench.matrix.bounding_box() == size  # nothing moved
    written = page.locator(".heatmaplayer .heatmap-label text")
    expect(written).to_have_count(55)
    assert written.all_text_contents() == [f"{pattern[q, k]:.2f}" for q in range(11) for k in range(1, q + 1)]
    assert opacity(page, 5, 0, 11) == 0 and page.evaluate(KEPT, [9, 2, 11, 11]) == kept
    expect(page.locator(".cells .veil")).to_have_count(1)
    for query in (4, 8):
        page.locator(".tokens button").nth(query).click()
        told = page.locator(".sink .note").inner_text()
        weight = percent(told.split("hidden: ")[1].split(" of ")[0])
        assert weight == pytest.approx(float(pattern[query, 0]), abs=0.00051)
        assert "⟨bos⟩; nothing is renormalised" in told
    hidden = page.evaluate(THUMBNAIL, "decoder self-attention, block 1 · head 2")
    assert hidden == [[0, *row[1:]] for row in grid]
    expect(page.locator(".head-grid .note")).to_contain_text("The first position is left out of these pictures")
    bench.shows_cell(Cell(expected, SITE, 2, 8, 3))  # the worked cell is as it was
    page.wait_for_url("**sink=hidden**")
    assert runs(bench) == before


def test_the_values_leave_the_hidden_position_out_and_keep_every_length(bench: Bench, page: Page) -> None:
    bench.open(view="values", site=SITE, head=2, query=6, key=3)
    shown = page.evaluate(BARS, ".key-bars")
    bench.open(view="values", site=SITE, head=2, query=6, key=3, sink="hidden")
    assert page.evaluate(BARS, ".key-bars") == shown[1:]
    expect(page.locator(".sink .note")).to_contain_text("of this row's weight, on ⟨bos⟩")
    expect(page.locator(".heatmaplayer .heatmap-label text")).to_have_count(55)
    page.locator("[data-view=scores]").click()
    expect(page.locator(".sink, .cells .veil")).to_have_count(0)  # scores are whole


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
