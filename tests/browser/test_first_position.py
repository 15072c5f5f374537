"""The first position hidden: its column alone, and nothing is renormalised."""

from __future__ import annotations

import pytest
from browser.bars import BARS, SITE, percent
from browser.bench import ENGLISH, Bench, Cell, trace
from browser.pictures import opacities, pixel
from playwright.sync_api import Page, expect


def test_hiding_the_first_position_hides_its_column_alone(bench: Bench, page: Page) -> None:
    bench.open(site=SITE, head=2, query=4, key=3)
    expected = trace("decoder", ENGLISH)
    pattern = expected[f"{SITE}.pattern"][2]
    before, kept = len(bench.watch.runs), pixel(page, 9, 2, 11)
    grid = opacities(page, "decoder self-attention, block 1 · head 2")
    size = bench.matrix.bounding_box()
    assert pixel(page, 5, 0, 11)[3] == 255 and [row[0] for row in grid] == [255] * 11
    page.get_by_role("checkbox", name="hide the first position").check()
    assert bench.matrix.bounding_box() == size  # nothing moved
    expect(bench.numbers).to_have_text([f"{pattern[q, k]:.2f}" for q in range(11) for k in range(1, q + 1)])
    assert pixel(page, 5, 0, 11)[3] == 0 and pixel(page, 9, 2, 11) == kept
    expect(page.locator(".cells .veil")).to_have_count(1)
    for query in (4, 8):
        page.locator(".tokens button").nth(query).click()
        told = page.locator(".sink .note").inner_text()
        weight = percent(told.split("hidden: ")[1].split(" of ")[0])
        assert weight == pytest.approx(float(pattern[query, 0]), abs=0.00051)
        assert "⟨bos⟩; nothing is renormalised" in told
    hidden = opacities(page, "decoder self-attention, block 1 · head 2")
    assert hidden == [[0, *row[1:]] for row in grid]
    expect(page.locator(".head-grid .note")).to_contain_text("The first position is left out of these pictures")
    bench.shows_cell(Cell(expected, SITE, 2, 8, 3))  # the worked cell is as it was
    page.wait_for_url("**sink=hidden**")
    assert len(bench.watch.runs) == before


def test_the_values_leave_the_hidden_position_out_and_keep_every_length(bench: Bench, page: Page) -> None:
    bench.open(view="values", site=SITE, head=2, query=6, key=3)
    shown = page.evaluate(BARS, ".key-bars")
    bench.open(view="values", site=SITE, head=2, query=6, key=3, sink="hidden")
    assert page.evaluate(BARS, ".key-bars") == shown[1:]
    expect(page.locator(".sink .note")).to_contain_text("of this row's weight, on ⟨bos⟩")
    expect(bench.numbers).to_have_count(55)
    page.locator("[data-view=scores]").click()
    expect(page.locator(".sink, .cells .veil")).to_have_count(0)  # scores are whole
