"""Tokens of the lines pointed at, clicked, tapped, and walked with the keyboard."""

from __future__ import annotations

import pytest
from browser.bench import ENGLISH, Cell, trace
from browser.lines import SITE, Drawn, Lines
from browser.reach import tab_to
from playwright.sync_api import Page, expect


@pytest.mark.parametrize(("axis", "index"), [("query", 9), ("key", 3)])
def test_the_pointer_leaves_only_the_lines_of_its_token(lines: Lines, page: Page, axis: str, index: int) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=1, threshold=0.01)
    drawn = Drawn(trace("decoder", ENGLISH), SITE, [2], 0.01)
    lines.shows(drawn)
    sent = len(lines.bench.watch.requests)
    lines.token(axis, index).hover()
    expect(lines.tally).to_contain_text(f"drawn of {axis}")
    lines.shows(drawn, **{axis: index})
    other = {"query": "key", "key": "query"}[axis]
    assert lines.written(other) == drawn.written(axis, index) and lines.written(axis) == {}
    expect(lines.view.locator("canvas").first).to_be_hidden()  # the others
    chosen = {"query": 6, "key": 1, axis: index}
    lines.bench.shows_cell(Cell(drawn.trace, SITE, 2, chosen["query"], chosen["key"]))
    page.keyboard.press("Tab")
    page.mouse.move(1, 1)
    lines.shows(drawn)
    expect(lines.view.locator("canvas").first).to_be_visible()
    lines.bench.shows_cell(Cell(drawn.trace, SITE, 2, 6, 1))
    assert len(lines.bench.watch.requests) == sent  # nothing here asks the server


def test_a_click_chooses_the_cell_that_everything_shows(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=1)
    lines.token("query", 8).click()
    lines.token("key", 4).click()
    page.mouse.move(1, 1)
    lines.bench.shows_cell(Cell(trace("decoder", ENGLISH), SITE, 2, 8, 4))
    expect(lines.token("query", 8)).to_have_attribute("aria-pressed", "true")
    expect(lines.token("key", 4)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("tab", name="Attention weights").click()
    expect(page.locator(".chart .main-svg").first).to_be_visible()
    lines.bench.at(8, 4)


def test_a_tap_shows_the_lines_of_a_key_until_it_is_taken_back(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=1, threshold=0.01)
    drawn = Drawn(trace("decoder", ENGLISH), SITE, [2], 0.01)
    tap = "(node) => node.dispatchEvent(new PointerEvent('click', {bubbles: true, pointerType: 'touch'}))"
    lines.token("key", 3).evaluate(tap)
    lines.bench.at(6, 3)
    lines.shows(drawn, key=3)
    assert lines.written("query") == drawn.written("key", 3)
    lines.view.locator(".pane").evaluate(tap)
    lines.shows(drawn)


def test_the_keyboard_walks_along_a_side_and_across(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=1, threshold=0.01)
    drawn = Drawn(trace("decoder", ENGLISH), SITE, [2], 0.01)
    tab_to(page, lines.slider)
    page.keyboard.press("ArrowRight")
    expect(lines.view.locator("output")).to_have_text("2 %")
    page.keyboard.press("ArrowLeft")
    tab_to(page, lines.token("query", 6))
    lines.shows(drawn, query=6)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(lines.token("query", 8)).to_be_focused()
    lines.shows(drawn, query=8)
    lines.bench.at(8, 1)
    page.keyboard.press("ArrowRight")
    expect(lines.token("key", 1)).to_be_focused()
    lines.shows(drawn, key=1)
    page.keyboard.press("End")
    expect(lines.token("key", 10)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(lines.token("key", 10)).to_be_focused()
    page.keyboard.press("Home")
    lines.bench.at(8, 0)
    page.keyboard.press("Escape")
    lines.shows(drawn)
    assert lines.view.locator(".side button[tabindex='0']").count() == 2
    page.keyboard.press("Tab")  # no trap
    expect(lines.token("key", 0)).not_to_be_focused()


def test_rows_hold_the_same_lines_as_columns(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=3, threshold=0.01)
    lines.button("above and below").click()
    drawn = Drawn(trace("decoder", ENGLISH), SITE, [2], 0.01)
    lines.shows(drawn)
    assert lines.written("key") == drawn.written("query", 6)
    page.keyboard.press("Tab")
    tab_to(page, lines.token("query", 6))
    page.keyboard.press("ArrowRight")
    lines.bench.at(7, 3)
    page.keyboard.press("ArrowDown")
    expect(lines.token("key", 3)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(lines.token("query", 7)).to_be_focused()
