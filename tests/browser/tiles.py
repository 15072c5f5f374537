"""Matrices of more than 256 tokens, as a visitor handles them; and a server that reads so long a text."""

from __future__ import annotations

import copy
import dataclasses
import functools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import torch
import uvicorn
from browser.bench import Bench, trace
from playwright.sync_api import Page, expect

from app import Settings, create_app
from model import zoo
from model.inputs import Inputs

SENTENCES = ("The cat sat on the mat and looked at the dog. ", "我爱吃鱼，你爱吃什么？", "A girl went to her ball. ")
TEXT, FEWER = ("".join(SENTENCES[i * i % 11 % 3] for i in range(count)).strip() for count in (60, 25))
SITE, HEAD = "decoder.blocks.1.attn", 2
N_CTX = 2048  # rotary positions have no end: the model runs on, beyond what it was trained on

PIXELS = """(canvas, places) => {
  const {data, width} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const at = ([x, y]) => 4 * (Math.floor(y) * width + Math.floor(x));
  return places.map((place) => Array.from(data.slice(at(place), at(place) + 4)));
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


@contextmanager
def long_server() -> Iterator[str]:
    """A server whose decoder reads 2,048 tokens."""
    real = zoo.load

    @functools.cache
    def load(id: str, device: str = "cpu") -> zoo.Model:
        model = copy.copy(real(id, device))
        model.transformer = copy.copy(model.transformer)
        model.transformer.config = dataclasses.replace(model.transformer.config, n_ctx=N_CTX)
        model.inputs = Inputs(model.tokenizer, model.kind, N_CTX)
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

    def open(self, text: str = TEXT, **query: Any) -> Map:
        given = {"lang": "en", "site": SITE, "head": HEAD, "query": 400, "key": 30, **query}
        self.page.goto(f"{self.bench.server}/?{'&'.join(f'{k}={v}' for k, v in given.items())}#text={text}")
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
        expect(self.page.locator(".tiled").first).to_have_attribute("aria-busy", "false")  # all of it is worked out
        frame, sheet, cell = self.box(".tiled > canvas"), self.box(".tiled .sheet"), self.cell
        left, top = sheet["x"] - frame["x"], sheet["y"] - frame["y"]
        return self.canvas.evaluate(PIXELS, [[left + key * cell, top + query * cell] for query, key in places])

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
