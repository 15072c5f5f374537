"""The heatmap of a head beyond 256 tokens: drawn on a canvas, and every cell of it the model's own."""

from __future__ import annotations

import copy
import dataclasses
import functools
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import torch
import uvicorn
from browser.axe import violations
from browser.bench import Bench, Cell, trace
from playwright.sync_api import Page, expect

from app import Settings, create_app
from model import zoo

SENTENCES = ("The cat sat on the mat and looked at the dog. ", "我爱吃鱼，你爱吃什么？", "A girl went to her ball. ")
TEXT = "".join(SENTENCES[i * i % 11 % 3] for i in range(60)).strip()
SITE, HEAD = "decoder.blocks.1.attn", 2
N_CTX = 2048  # rotary positions have no end: the model runs on, beyond what it was trained on

PIXELS = """(canvas, places) => {
  const context = canvas.getContext("2d");
  return places.map(([x, y]) => Array.from(context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data));
}"""
COLOURS = """async ([values, largest, theme]) => {
  const {signedColour, weightColour} = await import("/static/js/colour.js");
  return values.map((x) => (largest === null ? weightColour(x, theme) : signedColour(x / largest, theme)));
}"""
RECORD = """() => {
  window.drawn = {images: 0, texts: []};
  const own = CanvasRenderingContext2D.prototype, {drawImage, fillText} = own;
  own.drawImage = function (...given) { drawn.images++; return drawImage.apply(this, given); };
  own.fillText = function (...given) { drawn.texts.push(given); return fillText.apply(this, given); };
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server whose decoder reads 2,048 tokens."""
    real = zoo.load

    @functools.cache
    def load(id: str, device: str = "cpu") -> zoo.Model:
        model = copy.copy(real(id, device))
        model.transformer = copy.copy(model.transformer)
        model.transformer.config = dataclasses.replace(model.transformer.config, n_ctx=N_CTX)
        return model

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zoo, "load", load)
        config = uvicorn.Config(create_app(Settings(device="cpu")), port=0, log_config=None, server_header=False)
        running = uvicorn.Server(config)
        thread = Thread(target=running.run, daemon=True)
        thread.start()
        while not running.started:
            assert thread.is_alive()
            thread.join(0.05)
        yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
        running.should_exit = True
        thread.join(timeout=30)


class Map:
    """The large heatmap as a visitor handles it."""

    def __init__(self, bench: Bench, page: Page):
        self.bench, self.page = bench, page
        self.cells, self.canvas = page.locator(".tiled .cells"), page.locator(".tiled > canvas")
        self.note = page.locator(".zoom-bar .note")

    def open(self, **query: Any) -> Map:
        given = {"lang": "en", "site": SITE, "head": HEAD, "query": 400, "key": 30, **query}
        self.page.goto(f"{self.bench.server}/?{'&'.join(f'{k}={v}' for k, v in given.items())}#text={TEXT}")
        expect(self.page.locator("main")).to_have_attribute("aria-busy", "false")
        expect(self.canvas).to_be_visible()
        expect(self.note).not_to_be_empty()
        return self

    def box(self, of: str) -> dict[str, float]:
        found = self.page.locator(of).bounding_box()
        assert found is not None
        return dict(found)

    @property
    def cell(self) -> float:
        """Pixels of a cell."""
        return self.box(".tiled .sheet")["width"] / len(self.expected.tokens["target"])

    @property
    def expected(self) -> Any:
        return expected()

    def at(self, query: float, key: float) -> tuple[float, float]:
        """Where in the window this place of the matrix is."""
        sheet, cell = self.box(".tiled .sheet"), self.cell
        return sheet["x"] + key * cell, sheet["y"] + query * cell

    def pixels(self, places: list[tuple[float, float]]) -> list[list[int]]:
        """Red, green, blue and opacity at these places of the matrix."""
        frame = self.box(".tiled > canvas")
        at = [self.at(*place) for place in places]
        return self.canvas.evaluate(PIXELS, [[x - frame["x"], y - frame["y"]] for x, y in at])

    def seen(self) -> tuple[range, range]:
        """The queries and keys of which all of a cell can be seen."""
        pane, sheet, cell, n = self.box(".tiled .cells"), self.box(".tiled .sheet"), self.cell, self.count

        def along(start: str, size: str) -> range:
            first = (pane[start] - sheet[start]) / cell
            return range(int(first) + 1, min(n, int(first + pane[size] / cell)))

        return along("y", "height"), along("x", "width")

    @property
    def count(self) -> int:
        return len(self.expected.tokens["target"])

    def enlarge(self, query: int, key: int, times: int) -> None:
        x, y = self.at(query + 0.5, key + 0.5)
        self.page.mouse.move(x, y)
        for _ in range(times):
            before = self.cell
            self.page.mouse.wheel(0, -300)
            self.page.wait_for_function(
                "before => document.querySelector('.tiled .sheet').getBoundingClientRect().width > before",
                arg=before * self.count + 1,
            )

    def chose(self, query: int, key: int) -> None:
        """The address names this cell."""
        expect(self.page).to_have_url(re.compile(rf"query={query}&.*key={key}(&|#|$)"))


@functools.cache
def expected() -> Any:
    return trace("decoder", TEXT)


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


def foremost(numbers: torch.Tensor, side: int) -> torch.Tensor:
    """Of each patch of side x side the number of the largest magnitude; NaN where there is none."""
    n = -(-len(numbers) // side) * side
    padded = torch.full((n, n), torch.nan)
    padded[: len(numbers), : len(numbers)] = numbers
    patches = padded.unfold(0, side, side).unfold(1, side, side).flatten(2)
    at = patches.abs().nan_to_num(-1).argmax(-1, keepdim=True)
    return patches.gather(-1, at)[..., 0]


def numbers(view: str) -> torch.Tensor:
    found = expected()[f"{SITE}.{'pattern' if view == 'weights' else 'scores'}"][HEAD].clone()
    n = len(found)
    return found.masked_fill(~torch.ones(n, n).tril().bool(), torch.nan)


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


def test_marked_cells_are_outlined_where_there_is_room(map_: Map, page: Page) -> None:
    map_.open(kind="induction")
    expect(map_.note).to_contain_text("The marked cells are outlined once you zoom in.")
    map_.enlarge(350, 200, 6)
    expect(map_.note).not_to_contain_text("outlined")


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
