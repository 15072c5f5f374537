"""A head as lines: as the page shows it, and as Python has it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from browser.bench import Bench, Part, close
from playwright.sync_api import Locator, expect

from model.trace import Trace

CHINESE = "小红有一只猫，小明有一只狗。"
SITE = "decoder.blocks.1.attn"


@dataclass(frozen=True)
class Drawn:
    """What a head's lines shall come to, as Python has it."""

    trace: Trace
    site: str
    heads: list[int]
    threshold: float

    @property
    def visible(self) -> torch.Tensor:
        n_query, n_key = self.trace[f"{self.site}.pattern"].shape[1:]
        mask = self.trace.site(self.site).mask(torch.arange(n_query)[:, None], torch.arange(n_key)[None, :])
        return mask.expand(n_query, n_key)

    def tally(self, query: int | None = None, key: int | None = None) -> tuple[range, int, float]:
        """-> how many lines may be drawn, lines that there are, share of the weight"""
        rows = slice(None) if query is None else slice(query, query + 1)
        columns = slice(None) if key is None else slice(key, key + 1)
        pattern = self.trace[f"{self.site}.pattern"][self.heads][:, rows, columns].double()
        visible = self.visible[rows, columns].expand_as(pattern)
        near = close(self.trace, self.site) if self.threshold else 0  # where rounding decides
        least, most = (int((visible & (pattern >= at)).sum()) for at in (self.threshold + near, self.threshold - near))
        assert most - least <= visible.sum() / 5_000
        share = float(pattern[visible & (pattern >= self.threshold)].sum() / pattern.sum())
        return range(least, most + 1), int(visible.sum()), share

    def written(self, axis: str, index: int) -> dict[int, str]:
        """The weights of a token's lines by the position at their other end."""
        pattern = self.trace[f"{self.site}.pattern"][self.heads[-1]]
        weights, visible = (rows[index] if axis == "query" else rows[:, index] for rows in (pattern, self.visible))
        return {
            i: "<0.01" if 0 < weight < 0.005 else f"{weight:.2f}"
            for i, (weight, seen) in enumerate(zip(weights.tolist(), visible.tolist(), strict=True))
            if seen and weight >= self.threshold
        }


class Lines(Part):
    """The chosen head as lines."""

    def __init__(self, bench: Bench):
        super().__init__(bench, ".lines-view")
        self.view = self.root
        self.tally, self.summary = self.view.locator(".tally"), self.view.locator(".row-summary")
        self.slider, self.together = self.view.get_by_role("slider"), self.view.get_by_role("checkbox")

    def open(self, *args: Any, **query: Any) -> Lines:
        self.bench.open(*args, view="lines", **query)
        return self

    def token(self, axis: str, index: int) -> Locator:
        return self.view.locator(f".side.{axis} button").nth(index)

    def labels(self, axis: str) -> Locator:
        return self.view.locator(f".side.{axis} bdi")

    def written(self, axis: str) -> dict[int, str]:
        texts = self.view.locator(f".side.{axis} button b").all_text_contents()
        return {i: text for i, text in enumerate(texts) if text}

    def shows(self, drawn: Drawn, **token: int) -> None:
        counts, of, share = drawn.tally(**token)
        expect(self.tally).to_contain_text(re.compile(rf" ({'|'.join(f'{n:,}' for n in counts)}) of {of:,} lines, "))
        found = re.search(r", (<|>)? ?([0-9.]+) % of the weight$", self.tally.inner_text())
        assert found
        due = {"<": 0.0005, ">": 0.9995}.get(found[1] or "") or float(found[2]) / 100
        assert share == pytest.approx(due, abs=0.00051)

    def slide(self, threshold: float) -> None:
        steps = [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
        self.slider.fill(str(steps.index(threshold)))
        expect(self.view.locator("output")).to_have_text(f"{threshold * 100:g} %")
