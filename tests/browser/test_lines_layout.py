"""The room that lines take: in rows or columns, of many tokens, on a phone."""

from __future__ import annotations

import pytest
from browser.bench import ENGLISH, trace
from browser.lines import CHINESE, SITE, Drawn, Lines
from browser.reach import OVERFLOW
from playwright.sync_api import Page, expect


@pytest.mark.parametrize(("text", "direction"), [(CHINESE, "rows"), (ENGLISH, "columns"), (CHINESE * 4, "columns")])
def test_chinese_that_fits_begins_in_rows(lines: Lines, text: str, direction: str) -> None:
    lines.open(text)
    boxes = [lines.token("query", i).bounding_box() for i in (0, 1)]
    assert boxes[0] and boxes[1] and (boxes[1]["x"] > boxes[0]["x"]) == (direction == "rows")


def test_many_tokens_scroll_within_the_figure_with_their_labels(lines: Lines, page: Page) -> None:
    text = " ".join(["我爱吃鱼 and you like tea."] * 24)
    expected = trace("decoder", text)
    n = len(expected.tokens["target"])
    assert 200 < n <= 256
    lines.open(text, site=SITE, head=2, heads="block", query=n - 1, key=3, threshold=0.01)
    lines.shows(Drawn(expected, SITE, [0, 1, 3, 2], 0.01))
    expect(lines.token("query", n - 1)).to_be_in_viewport()  # the chosen one is where it can be seen
    assert page.evaluate("[document.scrollingElement.scrollHeight - innerHeight, scrollY]") == [0, 0]
    boxes = [lines.token(axis, n - 1).bounding_box() for axis in ("query", "key")]
    canvas = lines.view.locator("canvas").last.bounding_box()
    assert boxes[0] and boxes[1] and canvas
    assert boxes[0]["y"] == pytest.approx(boxes[1]["y"], abs=1)
    assert boxes[0]["y"] + boxes[0]["height"] == pytest.approx(canvas["y"] + canvas["height"], abs=1)
    assert boxes[0]["height"] >= 23.9


@pytest.mark.parametrize("direction", ["columns", "rows"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_scrolls_in_one_direction_only(lines: Lines, page: Page, lang: str, direction: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for text in (ENGLISH, CHINESE * 6):
        lines.open(text, lang=lang, direction=direction, heads="block")
        expect(lines.token("query", 0)).to_be_attached()
        assert page.evaluate(OVERFLOW) == [0, []]
    page.set_viewport_size({"width": 320, "height": 844})
    page.wait_for_function(f"() => ({OVERFLOW})()[0] === 0")
