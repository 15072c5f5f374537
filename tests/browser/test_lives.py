"""In the worked cell every number says where it lives, and the row is shown as it would be without the mask."""

from __future__ import annotations

import re

import pytest
import torch
from browser.bench import Bench, Cell, agrees, trace
from playwright.sync_api import Page, expect

ENGLISH, CHINESE = "Tom likes music. Mary likes music. Tom likes", "我爱吃鱼，你爱吃什么"
SITE = "decoder.blocks.1.attn"


@pytest.mark.parametrize(("text", "query", "key"), [(ENGLISH, 6, 3), (CHINESE, 5, 2), (ENGLISH, 2, 8)])
def test_each_address_leads_to_the_number_that_is_shown(bench: Bench, text: str, query: int, key: int) -> None:
    bench.open(text, site=SITE, head=2, query=query, key=key)
    found = trace("decoder", text)
    shown = bench.shows_cell(Cell(found, SITE, 2, query, key))
    addresses = bench.worked.locator(".lives").evaluate_all("(all) => all.map((one) => one.title)")
    names = [address.partition("[")[0].rpartition(".")[2] for address in addresses]
    assert names == ["q", "k", "scores", "pattern", "v", "z"]
    at = {}
    for name, address in zip(names, addresses, strict=True):
        tensor, _, index = address.partition("[")
        at[name] = found[tensor][tuple(int(i) for i in index.rstrip("]").split(", "))]
    assert agrees(shown["dot"], float(at["q"].double() @ at["k"].double()))
    assert agrees(shown["score"], float(at["scores"])) or abs(float(at["scores"])) > 1e3
    assert shown["weight"] is None or float(at["pattern"]) == pytest.approx(
        Cell(found, SITE, 2, query, key).weights[key], abs=1e-5
    )
    assert all(
        agrees(number, value) for number, value in zip(shown["z"], Cell(found, SITE, 2, query, key).z, strict=True)
    )
    torch.testing.assert_close(
        at["z"].double(), torch.tensor(Cell(found, SITE, 2, query, key).z, dtype=torch.float64), atol=1e-4, rtol=1e-4
    )


def test_an_address_opens_the_view_that_draws_it(bench: Bench, page: Page) -> None:
    bench.open(ENGLISH, site=SITE, head=2, query=6, key=3)
    for name, view in (
        ("q[2, 6]", "Q, K, V"),
        ("scores[2, 6, 3]", "Scores"),
        ("pattern[2, 6, 3]", "Attention weights"),
        ("z[2, 6]", "Values"),
    ):
        bench.worked.get_by_role("button", name=f"{name}: show it").click()
        expect(page.get_by_role("tab", name=view, exact=True)).to_have_attribute("aria-selected", "true")
        bench.at(6, 3)


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "Address scores[2, 6, 3]: tensor[head, query, key], counted from 0."),
        ("zh", "地址 scores[2, 6, 3]：张量[头, 查询, 键]，从 0 数起。"),
    ],
)
def test_what_an_address_means_is_said_above_them(bench: Bench, lang: str, told: str) -> None:
    bench.open(ENGLISH, site=SITE, head=2, query=6, key=3, lang=lang)
    expect(bench.worked.get_by_text(told)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_the_row_without_the_mask_is_the_softmax_of_all_scores(bench: Bench, text: str) -> None:
    bench.open(text, site=SITE, head=1, query=4, key=2)
    cell = Cell(trace("decoder", text), SITE, 1, 4, 2)
    expected = (cell.of("k") @ cell.of("q")[4] * cell.trace.site(SITE).scale).softmax(-1)
    rows = bench.shows_cell(cell)["rows"]
    assert len(rows) == len(expected)
    for row in rows:
        assert float(row["before"]) == pytest.approx(float(expected[row["key"]]), abs=1e-6)
    written = bench.worked.locator("tbody td.before").all_inner_texts()
    assert all(agrees(text_, float(expected[row["key"]])) for text_, row in zip(written, rows, strict=True))


def test_a_row_of_which_nothing_is_hidden_has_no_such_column(bench: Bench) -> None:
    bench.open(ENGLISH, site=SITE, head=1, query=4, key=2, mask="bidirectional")
    bench.at(4, 2)
    expect(bench.worked.locator(".before")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 390])
def test_all_digits_fit_the_panel(bench: Bench, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    bench.open(ENGLISH, site=SITE, head=2, query=6, key=3)
    bench.worked.get_by_role("button", name="all digits").click()
    expect(bench.worked.locator("tr.chosen td").last).to_have_text(re.compile(r"0\.\d{10,}"))
    inner, outer = bench.worked.evaluate(
        "(panel) => [panel.querySelector('.row-table').scrollWidth, panel.clientWidth]"
    )
    assert inner <= outer
