"""Filling in, as its visitor handles it, and the same runs as Python has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from browser.bench import Bench, label
from playwright.sync_api import Locator, expect

from model import zoo
from model.trace import Trace

SENTENCE = "Tom lost his key because he was in a hurry."
SPLIT = "The grasshopper jumped over the fence."
HE, WORD = 6, [2, 3, 4, 5, 6]  # positions of " he" and of " grasshopper"
BUSY = '{"detail": "Too many runs are waiting."}'
COLUMNS = ("left", "right", "itself", "special")


class Gaps:
    """The act of filling in."""

    def __init__(self, bench: Bench):
        self.bench, self.page = bench, bench.page
        self.root = self.page.locator(".fill")
        self.chosen = self.root.locator(".chosen-word")
        self.lines = self.root.locator(".gap h3")
        self.rows = self.root.locator(".candidates tbody tr")
        self.stood = self.root.locator(".stood")
        self.only = self.root.get_by_role("button", name="Only the left side")
        self.mean = self.root.locator(".mean")
        self.heads = self.root.locator(".readers tbody tr")

    def open(self, text: str = SENTENCE, hide: Sequence[int] = (), **query: Any) -> Gaps:
        edits = ";".join(f"swap:source:{position}:{mask_id()}" for position in hide)
        self.page.goto(f"{self.bench.server}/?{encoded({'lang': 'en', 'model': 'encoder', 'act': 'write', **query})}"
                       f"#{encoded({'edits': edits, 'text': text})}")  # fmt: skip
        self.bench.ready()
        expect(self.chosen).to_be_visible()
        return self

    def button(self, name: str) -> Locator:
        return self.chosen.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        expect(self.button(name)).to_be_enabled()
        self.bench.after(self.button(name).click)

    def column(self, name: str) -> list[str]:
        return self.heads.locator(f".{name}").all_inner_texts()


def encoded(values: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in values.items() if value != ""})


def mask_id() -> int:
    return zoo.load("encoder").tokenizer.id("<mask>")


def hiding(*positions: int) -> list[dict[str, Any]]:
    return [{"swap": position, "side": "source", "token": mask_id()} for position in positions]


def run(text: str, *edits: dict[str, Any], mask: Any = "native") -> Trace:
    return zoo.load("encoder", "cpu").trace(text, edits=list(edits), mask=mask)


def piece(id: int) -> str:
    return label(zoo.load("encoder").tokenizer.tokens([id])[0])


def likeliest(trace: Trace, position: int) -> list[tuple[str, float]]:
    """Ten tokens with their share of the whole vocabulary."""
    top = trace["logits"][position].softmax(-1).topk(10)
    return [(piece(id), share) for id, share in zip(top.indices.tolist(), top.values.tolist(), strict=True)]


def place(row: Locator) -> tuple[int, int]:
    block, head = row.locator("th").inner_text().split(" · ")
    return int(block), int(head)
