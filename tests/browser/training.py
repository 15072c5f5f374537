"""The panel of a model's training, and what the server tells of every checkpoint."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

from browser.bench import ENGLISH, Bench, Part
from playwright.sync_api import expect

from model import zoo

SITE, HEAD = "decoder.blocks.1.attn", 2
STEPS: list[int] = zoo.load("decoder").checkpoints
LAST = STEPS[-1]


class Training(Part):
    """The panel of a model's training."""

    def __init__(self, bench: Bench):
        super().__init__(bench, ".training")
        self.panel = self.root
        self.slider = self.panel.get_by_role("slider")
        self.reading = self.panel.locator(".reading")
        self.curve = self.panel.locator("svg.birth-curve")
        self.title = self.panel.locator("h2 button")
        self.weights = self.page.locator(".head-figure .about-figure > .note")  # whose weights are shown

    def open(self, **query: Any) -> Training:
        """The sentence, with the head that the tests look at."""
        self.bench.open(ENGLISH, **{"site": SITE, "head": HEAD, "query": 8, "key": 3, **query})
        expect(self.curve).to_be_visible()
        return self

    def choose(self, step: int) -> None:
        """With the keyboard, as a range is moved."""
        self.slider.press("Home")
        for _ in range(STEPS.index(step)):
            self.slider.press("ArrowRight")
        self.shows(step)

    def shows(self, step: int) -> None:
        """The figure is of this step, and the slider stands there."""
        earlier = f"Weights of step {step:,} of {LAST:,}, not the finished model."
        expect(self.weights).to_have_text([] if step == LAST else [earlier])
        expect(self.slider).to_have_value(str(STEPS.index(step)))
        expect(self.page.locator("main")).to_have_attribute("aria-busy", "false")


def asked(server: str, **body: Any) -> dict[str, Any]:
    """What the API answers, as JSON."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    with urlopen(Request(f"{server}/api/trace", json.dumps(body).encode(), headers), timeout=60) as answer:
        return json.load(answer)


def births(server: str, model: str = "decoder") -> dict[str, Any]:
    with urlopen(f"{server}/api/models/{model}/births", timeout=60) as answer:
        return json.load(answer)


def highest(told: dict[str, Any]) -> tuple[int, int]:
    """The place of a site, and its head, whose score is the highest at the end."""
    final = told["moments"][-1]["scores"]
    _, site, head = max((score, i, j) for i, scores in enumerate(final) for j, score in enumerate(scores))
    return site, head


def pattern(server: str, step: int | None, head: int = HEAD, site: str = SITE) -> list[list[float]]:
    body = {"model": "decoder", "text": ENGLISH, "checkpoint": step, "names": [f"{site}.pattern"], "heads": [head]}
    return asked(server, **body)["tensors"][f"{site}.pattern"]["data"][0]


def written(weights: list[list[float]]) -> list[str]:
    """The numbers of a causal heatmap."""
    return [f"{weight:.2f}" for query, row in enumerate(weights) for weight in row[: query + 1]]
