"""Presentation: large, few, and to be read from the last row."""

from __future__ import annotations

import re

import pytest
from browser.axe import violations
from browser.bench import Bench, Cell, elided, label, trace
from browser.waiting import still
from playwright.sync_api import Page, expect

LONG = "小红有一只猫，小明有一只狗。小红有一只猫，小明有一只狗，他们都很高兴。"
SITE = "decoder.blocks.1.attn"


@pytest.fixture
def presented(bench: Bench, page: Page) -> Bench:
    page.set_viewport_size({"width": 1920, "height": 1080})
    return bench.open(LONG, present="on", site=SITE, head=1, query=20, key=5)


def test_at_most_sixteen_tokens_are_shown_at_a_time(presented: Bench, page: Page) -> None:
    expected = trace("decoder", LONG)
    tokens = [elided(label(token), 12) for token in expected.tokens["target"]]
    assert len(tokens) == 30
    rows, columns = page.locator(".ytick text"), page.locator(".xtick text")
    expect(rows).to_have_text(tokens[15:])
    expect(columns).to_have_text(tokens[:15])
    keys = page.get_by_role("group", name="Keys")
    keys.get_by_role("button", name="The next tokens").click()
    expect(columns).to_have_text(tokens[15:])
    presented.shows_cell(Cell(expected, SITE, 1, 20, 20))
    expect(keys.get_by_role("button", name="The next tokens")).to_be_disabled()


def test_arrow_keys_and_clicks_mean_the_cell_that_is_shown(presented: Bench, page: Page) -> None:
    expected = trace("decoder", LONG)
    presented.matrix.focus()
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    presented.shows_cell(Cell(expected, SITE, 1, 14, 5))  # on the page before
    expect(page.locator(".ytick text")).to_have_count(15)
    box = presented.matrix.bounding_box()
    assert box
    presented.matrix.click(position={"x": 2.5 * box["width"] / 15, "y": 9.5 * box["height"] / 15})
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
    enhanced = {"runOnly": ["color-contrast-enhanced"], "rules": {"color-contrast-enhanced": {"enabled": True}}}
    assert violations(page, enhanced) == []


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


DEFAULT = (
    "小红有一只猫，小明有一只狗。小红有一只"  # the first Chinese example: 17 tokens, one more than a page may hold
)


@pytest.mark.parametrize("size", [(1920, 1080), (1440, 900)])
def test_a_page_says_where_it_is_and_is_turned_by_large_buttons(
    bench: Bench, page: Page, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    bench.open(DEFAULT, present="on", lang="zh", site=SITE, head=0, query=10, key=5)
    queries, keys = page.get_by_role("group", name="查询"), page.get_by_role("group", name="键")
    expect(queries).to_contain_text("查询 9 到 16，共 17 个")
    expect(keys).to_contain_text("键 0 到 8，共 17 个")
    for button in page.locator(".pages button").all():
        box = button.bounding_box()
        assert box and box["width"] >= 40 and box["height"] >= 36
        expect(button).to_be_in_viewport(ratio=1)
    queries.get_by_role("button", name="前面的词元").click()
    expect(queries).to_contain_text("查询 0 到 8，共 17 个")
    bench.at(1, 5)


def test_a_page_names_its_axes_and_its_colours(bench: Bench, page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    for query in ({}, {"step": 9}):
        bench.go(DEFAULT, present="on", site=SITE, head=0, **query)
        expect(page.locator(".axis-titles text")).to_have_text(["key: what is looked at", "query: who looks"])
        legend = page.locator(".legend.of-weights")
        expect(legend).to_be_in_viewport(ratio=1)
        expect(legend).to_contain_text("masked")
        chart = page.locator(".heatmap").bounding_box()
        for title in page.locator(".axis-titles text").all():
            box = title.bounding_box()
            assert chart and box and box["x"] >= chart["x"] and box["y"] >= chart["y"] - 1


@pytest.mark.parametrize("text", [DEFAULT, "Tom likes music. Mary likes music. Tom likes"])
def test_numbers_in_cells_can_be_read_from_the_last_row(bench: Bench, page: Page, text: str) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    bench.open(text, present="on", site=SITE, head=2)
    assert smallest(page, ".heatmap-label text") >= 20
    cell = page.evaluate("document.querySelector('.mark-cell').getBoundingClientRect().width")
    widths = "(all) => all.map((one) => one.getBoundingClientRect().width)"
    assert max(bench.numbers.evaluate_all(widths)) <= cell


def test_numbers_that_would_be_small_are_left_out(bench: Bench, page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    bench.open("小红有一只猫，小明有一只狗。小红有", present="on", site=SITE, head=2)
    expect(page.locator(".ytick text")).to_have_count(16)
    expect(page.locator(".heatmaplayer image")).to_have_count(1)
    expect(bench.numbers).to_have_count(0)


def smallest(page: Page, labels: str) -> float:
    """In pixels."""
    expect(page.locator(labels).first).to_be_visible()
    sizes = "(all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    return min(page.locator(labels).evaluate_all(sizes))
