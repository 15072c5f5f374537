"""The step player: its film strip and its stages, and the numbers of a stage."""

from __future__ import annotations

from typing import Any

import torch
from browser.bench import ENGLISH, Bench, Part, read
from playwright.sync_api import expect

from model import zoo

BLOCK = "decoder.blocks.1"
CROSS = ("I want tea.", "我要茶")
READ_TABLE = """(table) => {
  const titles = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.textContent.trim()));
  return Object.fromEntries(titles.map((title, i) => [title, rows.map((row) => row[i]).filter((text) => text !== "")]));
}"""
ROW = ["scores", "scale", "mask", "softmax", "weighted sum"]
ATTENTION = ["norm", "Q K V", "rotation", *ROW, "concat, W_O", "add"]
MLP = ["norm", "MLP", "add"]


class Player(Part):
    """The film strip, and the panel of the stage that is open."""

    def __init__(self, bench: Bench):
        super().__init__(bench, ".step-strip")
        self.strip = self.root
        self.panel = self.page.locator(".step-player")
        self.stage = self.strip.locator('[aria-current="step"]')
        self.title = self.panel.locator("h2")
        self.figure = self.panel.locator(".stage-figure")
        self.problem = self.panel.get_by_role("alert")

    def open(
        self, step: int | None = None, text: str | None = ENGLISH, target: str | None = None, **query: Any
    ) -> Player:
        self.bench.go(text, target, **query, **({} if step is None else {"step": step}))
        expect(self.page.locator("main")).to_have_attribute("aria-busy", "false")
        expect(self.strip).to_be_visible()
        if step is not None:
            self.ready()
        return self

    def ready(self) -> None:
        expect(self.panel.locator(".stage")).to_have_attribute("aria-busy", "false")

    def at(self, name: str) -> None:
        expect(self.stage).to_have_text(name)
        self.ready()

    def numbers(self) -> dict[str, list[float]]:
        """All numbers of the chosen token, by the title of their column."""
        details = self.panel.locator(".all-numbers")
        details.locator("summary").click()
        table = details.locator("table")
        expect(table).to_be_visible()
        found = table.evaluate(READ_TABLE)
        details.locator("summary").click()
        return {title: [float(read(text)) for text in texts] for title, texts in found.items()}

    def row(self) -> dict[str, list[float]]:
        """The row of the chosen query, by the title of its column."""
        found = self.panel.locator(".stage-row table").evaluate(READ_TABLE)
        return {title: [number(text) for text in texts] for title, texts in found.items()}

    def checked(self) -> list[float]:
        texts = self.panel.locator(".checked b").all_text_contents()
        return [float(read(text.removeprefix("checked: "))) for text in texts]


def number(text: str) -> float:
    return -torch.inf if text == "−∞" else float(read(text))


def first(model: str, block: int, stack: str = "decoder") -> int:
    """The step with which a block of a model of four blocks begins."""
    layers = zoo.load(model).info()["n_layers"]
    self_only, crossing = len(ATTENTION) + len(MLP), 2 * len(ATTENTION) - 1 + len(MLP)
    if model != "encoder-decoder":
        return 3 + block * self_only
    return 3 + block * self_only if stack == "encoder" else 3 + layers * self_only + 1 + 3 + block * crossing
