"""Every matrix as a table: the same numbers, with headers that a screen reader reads."""

from __future__ import annotations

import math

import pytest
from browser.bench import Bench, Cell, agrees, label, read, trace
from browser.reach import OVERFLOW
from playwright.sync_api import Page, expect

TEXT = "Tom likes music. Mary likes music. Tom likes"
LONG = "The cat and the dog and the bird " * 7
SITE, HEAD = "decoder.blocks.1.attn", 2
READ = """(table) => ({
  columns: [...table.querySelectorAll("thead th")].map((th) => [th.scope, th.querySelector("bdi").textContent]),
  rows: [...table.querySelectorAll("tbody tr")].map((tr) => ({
    name: [tr.querySelector("th").scope, tr.querySelector("th bdi").textContent],
    cells: [...tr.querySelectorAll("td")].map((td) => td.textContent),
  })),
})"""


@pytest.mark.parametrize(("view", "tensor"), [("weights", "pattern"), ("scores", "scores")])
@pytest.mark.parametrize("sink", ["shown", "hidden"])
def test_the_table_of_a_head_has_the_models_numbers(
    bench: Bench, page: Page, view: str, tensor: str, sink: str
) -> None:
    bench.open(TEXT, site=SITE, head=HEAD, view=view, sink=sink, **{"as": "table"})
    found = trace("decoder", TEXT)
    expected, tokens = found[f"{SITE}.{tensor}"][HEAD], [label(token) for token in found.tokens["target"]]
    shown = page.locator(".number-table table").evaluate(READ)
    assert shown["columns"] == [["col", token] for token in tokens]
    assert [row["name"] for row in shown["rows"]] == [["row", token] for token in tokens]
    hides = view == "weights" and sink == "hidden"
    for query, row in enumerate(shown["rows"]):
        for key, cell in enumerate(row["cells"]):
            if hides and key == 0:
                assert cell == "hidden"
            elif key > query:
                assert cell == "masked"
            else:
                assert agrees(cell, float(expected[query, key])) or float(cell.replace("−", "-")) == pytest.approx(
                    float(expected[query, key]), abs=1e-5
                )


def test_with_all_digits_the_table_and_the_worked_cell_have_the_same_score(bench: Bench, page: Page) -> None:
    bench.open(TEXT, site=SITE, head=HEAD, view="scores", query=3, key=1, **{"as": "table"})
    page.get_by_role("button", name="all digits").click()
    expect(page.get_by_role("button", name="4 digits")).to_be_visible()
    score = bench.worked.locator("tr.chosen td").first.inner_text()
    assert len(score) > 12
    expect(page.locator(".number-table td.cell")).to_have_text(score)


@pytest.mark.parametrize("view", ["weights", "values"])
def test_with_all_digits_the_table_and_the_worked_cell_have_the_same_weight(
    bench: Bench, page: Page, view: str
) -> None:
    bench.open(TEXT, site=SITE, head=HEAD, view=view, query=7, key=4, measure="weights", **{"as": "table"})
    expect(page.get_by_text("double precision")).to_have_count(0)
    page.get_by_role("button", name="all digits").click()
    expect(page.get_by_role("button", name="4 digits")).to_be_visible()
    shown = bench.worked.locator("tr.chosen td").last.inner_text()
    assert len(shown) > 14
    expect(page.locator(".number-table td.cell")).to_have_text(shown)
    assert float(shown) == pytest.approx(Cell(trace("decoder", TEXT), SITE, HEAD, 7, 4).weights[4], rel=1e-12)
    expect(page.locator(".number-table .note")).to_contain_text("double precision (float64)")
    expect(bench.worked.get_by_text("double precision (float64)")).to_be_visible()


def test_q_k_and_v_and_the_values_are_tables_too(bench: Bench, page: Page) -> None:
    bench.open(TEXT, site=SITE, head=HEAD, view="qkv", **{"as": "table"})
    found = trace("decoder", TEXT)
    for i, name in enumerate("qkv"):
        rows = page.locator(".number-table table").nth(i).evaluate(READ)["rows"]
        for position, row in enumerate(rows):
            for cell, value in zip(row["cells"], found[f"{SITE}.{name}"][HEAD, position].tolist(), strict=True):
                assert agrees(cell, value) or float(cell.replace("−", "-")) == pytest.approx(value, abs=1e-5)
    page.get_by_role("tab", name="Values").click()
    moved = found[f"{SITE}.pattern"][HEAD] * found[f"{SITE}.v"][HEAD].norm(dim=-1)
    row = page.locator(".number-table table").evaluate(READ)["rows"][6]["cells"]
    assert [float(cell) for cell in row[:7] if "·" not in cell] == pytest.approx(
        [float(moved[6, key]) for key in range(7) if "·" not in row[key]], rel=1e-3
    )


def test_a_cell_of_the_table_is_worked(bench: Bench, page: Page) -> None:
    bench.open(TEXT, site=SITE, head=HEAD, **{"as": "table"})
    page.locator(".number-table tbody tr").nth(7).locator("td").nth(4).click()
    bench.at(7, 4)
    expect(page.locator(".number-table td.cell")).to_have_count(1)


def test_a_long_table_has_pages(bench: Bench, page: Page) -> None:
    bench.open(LONG, site=SITE, head=HEAD, query=40, key=3, **{"as": "table"})
    found = trace("decoder", LONG)
    tokens = [label(token) for token in found.tokens["target"]]
    length = math.ceil(len(tokens) / math.ceil(len(tokens) / 32))
    assert length < 32 < len(tokens)
    table = page.locator(".number-table table")
    assert [row["name"][1] for row in table.evaluate(READ)["rows"]] == tokens[length : 2 * length]
    page.get_by_role("group", name="Columns").get_by_role("button", name="The next tokens").click()
    expect(table.locator("thead th").first).to_have_text(f"{tokens[length]}{length}")
    cell = table.evaluate(READ)["rows"][40 - length]["cells"][3]
    assert float(read(cell)) == pytest.approx(float(found[f"{SITE}.pattern"][HEAD, 40, length + 3]), rel=1e-3)


def test_the_switch_is_in_the_address_and_goes_back(bench: Bench, page: Page) -> None:
    bench.open(TEXT, site=SITE, head=HEAD)
    page.locator(".head-figure").get_by_text("table", exact=True).click()
    expect(page.locator(".number-table table")).to_be_visible()
    page.wait_for_function("() => location.search.includes('as=table')")
    page.locator(".head-figure").get_by_text("picture", exact=True).click()
    expect(page.locator(".number-table table")).to_have_count(0)
    expect(page.locator(".head-figure .heatmap")).to_be_visible()


@pytest.mark.parametrize("view", ["weights", "qkv", "values"])
def test_a_table_scrolls_by_itself_on_a_phone(bench: Bench, page: Page, view: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    bench.open(LONG, view=view, **{"as": "table"})
    page.wait_for_function(f"() => ({OVERFLOW})()[0] === 0")
