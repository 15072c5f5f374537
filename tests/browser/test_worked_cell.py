"""The worked cell and the predictions: every number is Python's, and what cannot be is told in words."""

from __future__ import annotations

import pytest
from browser.bench import ENGLISH, Bench, Cell, agrees, label, trace
from browser.pictures import drawn, wrong
from playwright.sync_api import Page, expect

from model import zoo

FIRST = "decoder.blocks.0.attn"


@pytest.mark.parametrize("model", [id for id in zoo.ids() if id != "hand-one"])
def test_the_worked_cell_has_pythons_numbers(bench: Bench, page: Page, model: str) -> None:
    text = "I love eating fish." if model in zoo.BY_HAND else "I want to drink a cup of tea."
    expected = trace(model, text)
    site = expected.sites[-1].name
    bench.open(text, model=model, site=site, head=1, query=3, key=2)
    cell = Cell(expected, site, 1, 3, 2)
    shown = bench.shows_cell(cell)
    assert shown["percent"].endswith("%")
    assert f"weight of {shown['weight']}:" in bench.summary.inner_text()
    rank = 1 + sum(weight > cell.weights[2] for weight in cell.weights)
    assert f"rank {rank} of the {sum(cell.visible)} keys" in bench.summary.inner_text()
    assert agrees(shown["mask"].rpartition(" ")[2], cell.scores[2])


def test_all_digits_give_the_number_itself(bench: Bench, page: Page) -> None:
    cell = Cell(trace("decoder", ENGLISH), FIRST, 2, 8, 5)
    bench.open(head=2, query=8, key=5)
    few = bench.shows_cell(cell)
    page.get_by_role("button", name="all digits").click()
    expect(page.get_by_role("button", name="4 digits")).to_have_attribute("aria-pressed", "true")
    many = bench.shows_cell(cell)
    for name, value in (("dot", cell.dot), ("weight", cell.weights[5]), ("score", cell.scores[5])):
        assert len(many[name]) > len(few[name]) > 3
        assert float(many[name].replace("−", "-")) == pytest.approx(value, rel=1e-12)
    page.get_by_role("button", name="4 digits").click()
    assert bench.shows_cell(cell) == few


def test_a_masked_cell_says_so_and_is_exactly_zero(bench: Bench, page: Page) -> None:
    bench.open(site=FIRST, head=0)
    bench.matrix.click(position=bench.place(2, 7))
    shown = bench.shows_cell(Cell(trace("decoder", ENGLISH), FIRST, 0, 2, 7))
    assert (shown["weight"], shown["percent"]) == ("0", "0 %")
    assert shown["mask"].startswith("hidden:") and shown["mask"].endswith("becomes −∞")
    assert {(row["score"], row["weight"]) for row in shown["rows"][3:]} == {("−∞", "0")}
    expect(bench.summary).to_have_text("The mask hides this key from this query, so its weight is exactly 0.")


def test_a_query_that_may_see_nothing_is_told_in_words(bench: Bench, page: Page) -> None:
    bench.open(mask="window:0", site=FIRST, head=0)
    expected = trace("decoder", ENGLISH, mask={"window": 0})
    expect(bench.summary).to_have_text("This query may see nothing: its weights and what it adds up to are zero.")
    shown = bench.shows_cell(Cell(expected, FIRST, 0, 10, 1))
    assert [row["key"] for row in shown["rows"]] == list(range(11))
    assert {row["weight"] for row in shown["rows"]} == {"0"} and shown["sum"] == "0" and set(shown["z"]) == {"0"}
    expect(bench.worked).to_contain_text("No key is visible: there is nothing to divide by, and the weight is 0.")
    assert "NaN" not in page.locator("body").inner_text()
    expect(page.locator(".ytick text")).to_have_text([label(token) for token in expected.tokens["target"]])
    heights = [box["y"] for box in (tick.bounding_box() for tick in page.locator(".ytick text").all()) if box]
    assert heights == sorted(heights) and len(heights) == 11  # the first token's row is the uppermost
    assert wrong(page, drawn(expected)) == []


def test_predictions_are_the_models_at_the_chosen_query(bench: Bench, page: Page) -> None:
    bench.open()
    model, expected = zoo.load("decoder", "cpu"), trace("decoder", ENGLISH)
    predictions = model.predictions(expected)
    for query in (10, 4):
        page.locator(".tokens button").nth(query).click()
        bench.at(query, int(page.locator(".worked tr.chosen sub").inner_text()))
        rows = page.locator(".predictions li")
        expect(rows).to_have_count(len(predictions[query]))
        for row, due in zip(rows.all_inner_texts(), predictions[query], strict=True):
            token, percent = row.split("\n")
            assert token == due["text"].replace(" ", "␣").replace("<", "⟨").replace(">", "⟩")
            shown = 0.05 if percent == "< 0.1 %" else float(percent.removesuffix(" %"))
            assert shown == pytest.approx(100 * due["probability"], abs=0.051)


@pytest.mark.parametrize("width", [1440, 390])
def test_no_number_of_the_row_is_broken_over_two_lines(bench: Bench, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    bench.open("Tom likes music. Mary likes music. Tom likes", site="decoder.blocks.2.attn", head=3, query=9, key=0)
    table = bench.worked.locator(".row-table")
    assert any(len(score) > 7 for score in table.locator("tbody td:nth-of-type(1)").all_inner_texts())
    lines = table.locator("tbody td").evaluate_all(
        """(cells) => cells.map((cell) => {
            const range = document.createRange();
            range.selectNodeContents(cell.lastChild);
            return range.getClientRects().length;
        })"""
    )
    assert lines and set(lines) == {1}
    assert table.evaluate("(it) => it.scrollWidth <= it.parentElement.clientWidth")
