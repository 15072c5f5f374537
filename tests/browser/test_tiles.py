"""The heatmap of a head beyond 256 tokens: drawn on a canvas, and every cell of it the model's own."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from browser.axe import violations
from browser.bench import Bench, Cell
from browser.tiles import HEAD, SITE, Map, expected, foremost, long_server, numbers
from playwright.sync_api import Page, expect

from model import heads

COLOURS = """async ([values, largest, theme]) => {
  const {signedColour, weightColour} = await import("/static/js/colour.js");
  return values.map((x) => (largest === null ? weightColour(x, theme) : signedColour(x / largest, theme)));
}"""
INK = """async (theme) => {
  const {PALETTES} = await import("/static/js/colour.js");
  return [1, 3, 5].map((at) => parseInt(PALETTES[theme].ink.slice(at, at + 2), 16));
}"""
RECORD = """() => {
  window.drawn = {images: 0, texts: []};
  const own = CanvasRenderingContext2D.prototype, {drawImage, fillText} = own;
  own.drawImage = function (...given) { drawn.images++; return drawImage.apply(this, given); };
  own.fillText = function (...given) { drawn.texts.push(given); return fillText.apply(this, given); };
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with long_server() as address:
        yield address


@pytest.fixture
def map_(bench: Bench, page: Page) -> Map:
    bench.watch.expect("willReadFrequently")  # the tests read a few pixels, the page none
    return Map(bench, page)


def check(
    map_: Map, of: torch.Tensor, places: list[tuple[int, int]], side: int, largest: float | None, theme: str
) -> None:
    """The pixel in each of these squares has the colour of the number that Python has for it."""
    visible = [not torch.isnan(of[place]) for place in places]
    within = 0.5 if side > 1 else 0.2  # in the middle of a wide cell stands its number
    got = map_.pixels([((row + within) * side, (column + within) * side) for row, column in places])
    values = [0.0 if torch.isnan(of[place]) else float(of[place]) for place in places]
    wanted = map_.page.evaluate(COLOURS, [values, largest, theme])
    assert any(visible)
    for place, seen, pixel, colour in zip(places, visible, got, wanted, strict=True):
        assert pixel[3] == (255 if seen else 0), place
        assert not seen or all(abs(a - b) <= 2 for a, b in zip(pixel, colour, strict=False)), (place, pixel, colour)


@pytest.mark.parametrize(("view", "theme"), [("weights", "light"), ("weights", "dark"), ("scores", "light")])
def test_every_square_has_the_colour_of_pythons_number(map_: Map, view: str, theme: str) -> None:
    map_.open(view=view, theme=theme)
    of, n = numbers(view), map_.count
    assert n > 512  # more than one piece
    largest = None if view == "weights" else float(of.abs().nan_to_num(0).max())
    side = -int(-1 // map_.cell)
    expect(map_.note).to_contain_text(f"largest of {side} × {side}")
    patches, some = foremost(of, side), range(0, n // side, 9)
    check(map_, patches, [(row, column) for row in some for column in some], side, largest, theme)
    map_.enlarge(515, 250, 6)  # where the pieces meet
    assert map_.cell > 4
    expect(map_.note).to_contain_text("Queries")
    rows, columns = map_.seen()
    assert 512 in rows
    check(map_, of, [(row, column) for row in rows[::3] for column in columns[::3]], 1, largest, theme)


def test_the_first_column_can_be_left_out(map_: Map) -> None:
    map_.open(sink="hidden")
    of, side = numbers("weights"), -int(-1 // map_.cell)
    of[:, 0] = torch.nan
    places = [(row, column) for row in range(5, 150, 7) for column in (0, 1, 2)]
    check(map_, foremost(of, side), places, side, None, "light")
    assert map_.box(".sheet .veil")["width"] == pytest.approx(map_.cell, abs=0.1)


def test_a_wide_cell_says_its_weight(map_: Map, page: Page) -> None:
    map_.open()
    map_.enlarge(300, 290, 8)
    page.evaluate(RECORD)
    map_.enlarge(300, 290, 1)
    of, cell = numbers("weights"), map_.cell
    assert cell > 30
    pane, sheet = map_.box(".tiled .cells"), map_.box(".tiled .sheet")
    written = [text for text in page.evaluate("drawn.texts") if re.fullmatch(r"\d\.\d\d", text[0])]
    found = {}
    for text, x, y in written:
        found[int((pane["y"] - sheet["y"] + y) // cell), int((pane["x"] - sheet["x"] + x) // cell)] = float(text)
    rows, columns = map_.seen()
    assert len(rows) * len(columns) > 20
    for row in rows:
        for column in columns:
            assert (column <= row) == ((row, column) in found)
            assert column > row or abs(found[row, column] - float(of[row, column])) <= 0.005 + 1e-5


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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_small_marked_cells_have_dots(map_: Map, page: Page, theme: str) -> None:
    """Every dot is at a cell where an induction head would look, and every such cell has one near it."""
    map_.open(kind="induction", theme=theme)
    expect(map_.note).to_contain_text("A dot stands for the marked cells around it")
    due = heads.induction(heads.tokens_of(expected(), expected().site(SITE))).nonzero()
    ink = map_.page.evaluate(INK, theme)
    cells = [(int(query), int(key)) for query, key in due]
    pixels = map_.pixels([(query + 0.5, key + 0.5) for query, key in cells])
    dotted = torch.tensor([cell for cell, pixel in zip(cells, pixels, strict=True) if pixel[:3] == ink])
    assert 100 < len(dotted) < len(cells)
    apart = (due[:, None] - dotted[None]).abs().amax(-1).amin(-1) * map_.cell
    assert float(apart.max()) < 9
    plain = [(query, key) for query in range(0, map_.count, 23) for key in range(0, query, 19)]
    far = [at for at in plain if float((due - torch.tensor(at)).abs().amax(-1).min()) * map_.cell > 1.6]
    assert far and all(pixel[:3] != ink for pixel in map_.pixels([(query + 0.5, key + 0.5) for query, key in far]))


def test_marked_cells_are_outlined_where_there_is_room(map_: Map, page: Page) -> None:
    map_.open(kind="induction")
    map_.enlarge(350, 200, 6)
    expect(map_.note).not_to_contain_text("dot")


def test_a_picture_of_many_tokens_has_every_label(map_: Map, page: Page, tmp_path: Path) -> None:
    map_.open()
    for kind in ("svg", "png"):
        page.locator(".save").evaluate("(menu) => { menu.open = true; }")
        with page.expect_download(timeout=120_000) as download:
            page.locator(f"[data-save={kind}]").click(timeout=120_000)
        download.value.save_as(tmp_path / f"picture.{kind}")
    svg = (tmp_path / "picture.svg").read_text("utf-8")
    assert len(re.findall(r">\d+: ", svg)) == 2 * map_.count
    png = (tmp_path / "picture.png").read_bytes()
    assert png.startswith(b"\x89PNG") and min(struct.unpack(">II", png[16:24])) > 14 * map_.count


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(map_: Map, page: Page, theme: str) -> None:
    map_.open(theme=theme, lang="zh")
    map_.enlarge(350, 200, 5)
    assert violations(page) == []
