"""The mask painter as its visitor handles it."""

from __future__ import annotations

from typing import Any

from browser.address import address
from browser.bench import Bench, Part
from browser.pictures import drawn, wrong
from browser.waiting import eventually
from playwright.sync_api import Locator, expect

from model.trace import Trace


class Painter(Part):
    def __init__(self, bench: Bench):
        super().__init__(bench, ".mask-painter")
        self.cells, self.told, self.count = (self.root.locator(f".{name}") for name in ("mask-cells", "told", "count"))
        self.presets = self.root.locator(".presets select")

    def open(self, text: str | None = None, target: str | None = None, word: str = "painted:", **query: Any) -> Painter:
        self.bench.open(text, target, mask=word, **query)
        expect(self.cells).to_be_visible()
        return self

    def point(self, query: int, key: int) -> tuple[float, float]:
        """Of the window: a cell's middle."""
        self.cells.scroll_into_view_if_needed()
        box, n = self.cells.bounding_box(), self.root.locator(".keys button").count()
        assert box is not None
        return box["x"] + (key + 0.5) * box["width"] / n, box["y"] + (query + 0.5) * box["height"] / n

    def click(self, query: int, key: int) -> None:
        self.page.mouse.click(*self.point(query, key))

    def drag(self, *places: tuple[int, int]) -> None:
        mouse = self.page.mouse
        mouse.move(*self.point(*places[0]))
        mouse.down()
        for place in places[1:]:
            mouse.move(*self.point(*place), steps=2)
        mouse.up()

    def label(self, axis: str, i: int) -> Locator:
        return self.root.locator(f".{axis} button").nth(i)

    def has(self, *cells: tuple[int, int, bool]) -> None:
        """These cells differ from the mask that the model was trained with, as the address says, too."""
        word = "painted:" + "".join(f"{query}.{key}{'+' if on else '-'}" for query, key, on in sorted(cells))
        eventually(self.page, lambda: address(self.page)[0].get("mask"), word)
        changed = self.root.locator("path.changed").get_attribute("d") or ""
        assert changed.count("M") == len(cells)

    def shows(self, expected: Trace) -> None:
        """Every head's picture is of these weights."""
        expect(self.page.locator("main")).to_have_attribute("aria-busy", "false")
        eventually(self.page, lambda: wrong(self.page, drawn(expected)), [])
