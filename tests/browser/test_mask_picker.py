"""Masks chosen on the page."""

from __future__ import annotations

from typing import Any

import pytest
from browser.bench import ENGLISH, Bench, Cell, trace
from browser.pictures import drawn, wrong
from playwright.sync_api import Page, expect

FIRST = "decoder.blocks.0.attn"


@pytest.mark.parametrize(
    ("chosen", "count", "asked", "called"),
    [
        ("bidirectional", None, "bidirectional", "bidirectional"),
        ("prefix", "5", {"prefix": 5}, "prefix of 5"),
        ("window", "2", {"window": 2}, "window of 2"),
    ],
)
def test_masks_come_from_the_picker(
    bench: Bench, page: Page, chosen: str, count: str | None, asked: Any, called: str
) -> None:
    bench.open(query=4, key=3)
    expect(bench.warning).to_have_count(0)
    bench.after(lambda: bench.mask.select_option(chosen))
    if count:
        bench.count.fill(count)
        bench.after(lambda: bench.count.press("Tab"))
    expect(bench.heading).to_contain_text(called)
    expected = trace("decoder", ENGLISH, mask=asked)
    bench.shows_cell(Cell(expected, FIRST, 0, 4, 3))
    assert wrong(page, drawn(expected)) == []
    expect(bench.warning).to_contain_text("learned with another mask (causal)")
    bench.after(lambda: bench.mask.select_option("native"))
    expect(bench.warning).to_have_count(0)
    bench.shows_cell(Cell(trace("decoder", ENGLISH), FIRST, 0, 4, 3))


def test_the_native_mask_by_its_name_is_no_warning(bench: Bench) -> None:
    bench.open(mask="causal")
    expect(bench.heading).to_contain_text("causal")
    expect(bench.warning).to_have_count(0)
