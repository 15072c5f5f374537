"""The heatmap of a head beyond 256 tokens: zoomed, panned, pointed at and chosen from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser.bench import Cell
from browser.tiles import HEAD, RECORD, SITE, Map, expected, long_server, numbers
from playwright.sync_api import Page, expect


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with long_server() as address:
        yield address


def test_zooming_keeps_the_cell_under_the_pointer(map_: Map, page: Page) -> None:
    map_.open()
    map_.enlarge(350, 200, 3)
    x, y = map(round, map_.at(350.5, 200.5))  # a wheel knows whole pixels only
    page.mouse.move(x, y)
    for turn in (-300, -300, -300, 250, 120):
        before = map_.box(".tiled .sheet")["width"]
        page.mouse.wheel(0, turn)
        page.wait_for_function(
            "before => document.querySelector('.tiled .sheet').getBoundingClientRect().width !== before",
            arg=before,
        )
        page.mouse.move(x + 1, y)
        page.mouse.move(x, y)
        map_.bench.shows_cell(Cell(expected(), SITE, HEAD, 350, 200))


def test_pointing_and_choosing_repaint_nothing(map_: Map, page: Page) -> None:
    map_.open()
    map_.enlarge(350, 200, 6)
    page.evaluate(RECORD)
    for query, key in ((351, 203), (348, 199), (352, 200)):
        page.mouse.move(*map_.at(query + 0.5, key + 0.5))
        map_.bench.shows_cell(Cell(expected(), SITE, HEAD, query, key))
    page.mouse.down()
    page.mouse.up()
    map_.chose(352, 200)
    assert page.evaluate("drawn.images") == 0


def test_a_square_of_many_cells_chooses_the_one_it_is_drawn_from(map_: Map, page: Page) -> None:
    map_.open()
    of, side = numbers("weights"), -int(-1 // map_.cell)
    assert side > 1
    x, y = map(round, map_.at(300, 60))  # a click knows whole pixels only
    sheet, cell = map_.box(".tiled .sheet"), map_.cell
    row, column = (int(place / cell) // side * side for place in (y - sheet["y"], x - sheet["x"]))
    patch = of[row : row + side, column : column + side]
    at = int(patch.argmax())
    page.mouse.click(x, y)
    map_.chose(row + at // side, column + at % side)


def test_keys_choose_cells_and_the_view_goes_with_them(map_: Map, page: Page) -> None:
    map_.open()
    whole = map_.cell
    map_.cells.focus()
    for _ in range(10):
        page.keyboard.press("+")
    assert map_.cell > 20
    for key, count, cell in (("ArrowRight", 30, (400, 60)), ("ArrowUp", 25, (375, 60)), ("Home", 1, (375, 0))):
        for _ in range(count):
            page.keyboard.press(key)
        map_.chose(*cell)
        mark, pane = map_.box(".mark-cell"), map_.box(".tiled .cells")
        assert pane["x"] - 1 <= mark["x"] and mark["x"] + mark["width"] <= pane["x"] + pane["width"] + 1
        assert pane["y"] - 1 <= mark["y"] and mark["y"] + mark["height"] <= pane["y"] + pane["height"] + 1
    map_.bench.shows_cell(Cell(expected(), SITE, HEAD, 375, 0))
    large = map_.cell
    page.keyboard.press("-")
    assert map_.cell == pytest.approx(large / 1.5)
    page.keyboard.press("0")
    assert map_.cell == pytest.approx(whole)


def test_dragging_pans_and_chooses_nothing(map_: Map, page: Page) -> None:
    map_.open()
    map_.enlarge(350, 200, 5)
    before = map_.at(0, 0)
    x, y = map_.at(350.5, 200.5)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y - 30, steps=4)
    page.mouse.up()
    after = map_.at(0, 0)
    assert (after[0] - before[0], after[1] - before[1]) == (pytest.approx(-40, abs=0.5), pytest.approx(-30, abs=0.5))
    map_.chose(400, 30)
    page.mouse.move(5, 5)  # pointing elsewhere leads nowhere
    page.wait_for_timeout(100)
    assert map_.at(0, 0) == after
    page.mouse.dblclick(x, y)
    expect(page.get_by_role("button", name="Whole matrix")).to_be_disabled()
    assert map_.at(0, 0) == pytest.approx((map_.box(".tiled .cells")["x"], map_.box(".tiled .cells")["y"]))
