"""Presentation: large, few, and to be read from the last row."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.bench import Bench, Cell, elided, label, trace
from browser.waiting import still
from playwright.sync_api import Page, expect

LONG = "小红有一只猫，小明有一只狗。小红有一只猫，小明有一只狗，他们都很高兴。"
SITE = "decoder.blocks.1.attn"


@pytest.fixture
def presented(bench: Bench, page: Page) -> Bench:
    page.set_viewport_size({"width": 1920, "height": 1080})
    return bench.open(LONG, present="on", site=SITE, head=1, query=20, key=5)


def test_sixteen_tokens_are_shown_at_a_time(presented: Bench, page: Page) -> None:
    expected = trace("decoder", LONG)
    tokens = [elided(label(token), 12) for token in expected.tokens["target"]]
    assert len(tokens) == 30
    rows, columns = page.locator(".ytick text"), page.locator(".xtick text")
    expect(rows).to_have_text(tokens[16:])
    expect(columns).to_have_text(tokens[:16])
    keys = page.get_by_role("group", name="Keys")
    keys.get_by_role("button", name="The next tokens").click()
    expect(columns).to_have_text(tokens[16:])
    presented.shows_cell(Cell(expected, SITE, 1, 20, 21))
    expect(keys.get_by_role("button", name="The next tokens")).to_be_disabled()


def test_arrow_keys_and_clicks_mean_the_cell_that_is_shown(presented: Bench, page: Page) -> None:
    expected = trace("decoder", LONG)
    presented.matrix.focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")
    presented.shows_cell(Cell(expected, SITE, 1, 15, 5))  # on the page before
    expect(page.locator(".ytick text")).to_have_count(16)
    box = presented.matrix.bounding_box()
    assert box
    presented.matrix.click(position={"x": 2.5 * box["width"] / 16, "y": 9.5 * box["height"] / 16})
    presented.shows_cell(Cell(expected, SITE, 1, 9, 2))


def test_it_is_large_and_can_be_left(presented: Bench, page: Page) -> None:
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "28px"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Present").click()
    expect(page).not_to_have_url(re.compile("present"))
    expect(page.locator(".ytick text")).to_have_count(30)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_words_have_a_contrast_of_seven_to_one(presented: Bench, page: Page, theme: str, lang: str) -> None:
    presented.open("我爱吃鱼。", present="on", theme=theme, lang=lang, kind="previous")
    still(page)
    options = {"runOnly": ["color-contrast-enhanced"], "rules": {"color-contrast-enhanced": {"enabled": True}}}
    found = Axe().run(page, options=options).response["violations"]
    assert [(node["target"], node["failureSummary"]) for one in found for node in one["nodes"]] == []


@pytest.mark.parametrize("text", ["Tom likes music. Mary likes music.", "小红有一只猫，小明有一只狗。小红有一只"])
def test_the_tokens_are_large_in_every_view(bench: Bench, page: Page, text: str) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    bench.open(text, present="on", site=SITE, head=1, query=3, key=2)
    for name, labels in (("Lines", ".side button"), ("Q, K, V", ".ytick text"), ("Attention weights", ".ytick text")):
        page.get_by_role("tab", name=name, exact=True).click()
        assert smallest(page, labels) >= 19
    page.get_by_role("button", name="softmax", exact=True).click()
    expect(page.get_by_role("heading", name="Softmax over the row")).to_be_visible()
    assert smallest(page, ".stage .ytick text") >= 19


def smallest(page: Page, labels: str) -> float:
    """In pixels."""
    expect(page.locator(labels).first).to_be_visible()
    sizes = "(all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    return min(page.locator(labels).evaluate_all(sizes))
