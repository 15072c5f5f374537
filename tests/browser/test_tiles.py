"""The heatmap of a head beyond 256 tokens: drawn on a canvas, and every cell of it the model's own."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from browser.axe import violations
from browser.bench import trace
from browser.tiles import FEWER, RECORD, SITE, Map, check, expected, foremost, long_server, numbers
from playwright.sync_api import Page, expect

from model import heads

INK = """async (theme) => {
  const {PALETTES} = await import("/static/js/colour.js");
  return [1, 3, 5].map((at) => parseInt(PALETTES[theme].ink.slice(at, at + 2), 16));
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with long_server() as address:
        yield address


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
    count = len(trace("decoder", FEWER).tokens["target"])
    assert count > 256
    map_.open(FEWER, query=200)
    for kind in ("svg", "png"):
        page.locator(".save").evaluate("(menu) => { menu.open = true; }")
        with page.expect_download(timeout=120_000) as download:
            page.locator(f"[data-save={kind}]").click(timeout=120_000)
        download.value.save_as(tmp_path / f"picture.{kind}")
    svg = (tmp_path / "picture.svg").read_text("utf-8")
    assert len(re.findall(r">\d+: ", svg)) == 2 * count
    png = (tmp_path / "picture.png").read_bytes()
    assert png.startswith(b"\x89PNG") and min(struct.unpack(">II", png[16:24])) > 14 * count


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(map_: Map, page: Page, theme: str) -> None:
    map_.open(theme=theme, lang="zh")
    map_.enlarge(350, 200, 5)
    assert violations(page) == []
