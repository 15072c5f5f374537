"""Who can use the page: on a phone, by keyboard alone, without motion, without any other host."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser.bench import ENGLISH, Bench, Cell, trace
from browser.reach import OVERFLOW, tab_to
from playwright.sync_api import Page, Route, expect

from model import zoo


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_scrolls_in_one_direction_only(bench: Bench, page: Page, lang: str) -> None:
    for model in zoo.ids()[:-1]:  # the last one is the one before with another number of heads
        page.set_viewport_size({"width": 390, "height": 844})
        bench.open(model=model, lang=lang, mask="native" if "-" in model else "prefix:3")
        assert page.evaluate(OVERFLOW) == [0, []]
        page.locator("[data-view=qkv]").click()
        expect(page.locator(".chart:has(.main-svg)")).to_have_count(3)
        assert page.evaluate(OVERFLOW) == [0, []]
        page.locator("[data-view=values]").click()
        expect(page.locator(".chart:has(.main-svg)")).to_have_count(1)
        assert page.evaluate(OVERFLOW) == [0, []]
        page.set_viewport_size({"width": 320, "height": 844})
        page.wait_for_function(f"() => ({OVERFLOW})()[0] === 0")  # once plotly has drawn for the new width


def test_a_phone_has_everything_a_wide_window_has(bench: Bench, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    bench.open()
    expected = trace("decoder", ENGLISH)
    bench.head("decoder self-attention", 1, 2).click()
    bench.matrix.click(position=bench.place(5, 3))
    page.mouse.move(1, 1)
    bench.shows_cell(Cell(expected, "decoder.blocks.1.attn", 2, 5, 3))
    for part in (bench.text, bench.mask, bench.matrix, bench.worked):
        expect(part).to_be_visible()


def test_a_figure_fits_the_window_it_is_opened_in(bench: Bench, page: Page) -> None:
    """DESIGN: sentence, heads, chosen head and worked cell, without scrolling the page."""
    bench.open()
    assert page.evaluate("[document.scrollingElement.scrollHeight - innerHeight, scrollX, scrollY]") == [0, 0, 0]
    for part in (bench.text, bench.heads.last, bench.matrix, bench.summary):
        expect(part).to_be_in_viewport(ratio=1)


def test_the_keyboard_alone_leads_from_the_sentence_to_a_worked_cell(bench: Bench, page: Page) -> None:
    bench.open(site="decoder.blocks.0.attn", head=0)
    tab_to(page, bench.text)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("We drink tea.")
    bench.after(lambda: page.keyboard.press("Enter"))
    expected = trace("decoder", "We drink tea.")
    bench.shows_tokens(expected.tokens["target"])
    tab_to(page, bench.chosen_head)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(bench.heading).to_contain_text("block 1 · head 1")
    tab_to(page, page.get_by_role("tab", selected=True))
    tab_to(page, bench.matrix)
    page.keyboard.press("Control+Home")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    bench.shows_cell(Cell(expected, "decoder.blocks.1.attn", 1, 3, 1))
    tab_to(page, page.get_by_role("button", name="all digits"))  # no trap
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="4 digits")).to_be_focused()


def test_what_has_the_focus_can_be_seen(bench: Bench, page: Page) -> None:
    bench.open()
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        state = page.evaluate("""() => {
          const node = document.activeElement, mark = node.closest("label.choice") ?? node;
          const {outlineStyle, outlineWidth} = getComputedStyle(mark), {width, height} = mark.getBoundingClientRect();
          const marked = outlineStyle !== "none" && outlineWidth !== "0px";
          return [node.outerHTML.slice(0, 60), marked, width > 0 && height > 0];
        }""")
        if state[0].startswith("<body"):
            break
        assert state[1] and state[2], state
        seen.add(state[0])
    assert len(seen) >= 12  # a row of tokens and a grid of heads are one stop each


def test_a_long_sentence_takes_no_more_tabs_than_a_short_one(bench: Bench, page: Page) -> None:
    stops = "[...document.querySelectorAll('.token-row button')].filter((node) => node.tabIndex >= 0).length"
    bench.open("one two")
    short = page.evaluate(stops)
    bench.open("one two three four five six seven eight nine ten")
    assert page.evaluate(stops) == short


def test_without_motion_nothing_moves(bench: Bench, page: Page) -> None:
    moves = """() => [...document.querySelectorAll("*")].filter((node) => {
      const {transitionDuration, animationName} = getComputedStyle(node);
      return animationName !== "none" || transitionDuration.split(",").some((time) => parseFloat(time) > 0);
    }).length"""
    bench.open()
    assert page.evaluate(moves) > 0  # the old figure fades while a new one is computed
    page.emulate_media(reduced_motion="reduce")
    bench.open()
    assert page.evaluate(moves) == 0
    bench.run("nothing moves")
    assert page.evaluate("document.getAnimations().length") == 0
    bench.shows_tokens(trace("decoder", "nothing moves").tokens["target"])


def only(server: str) -> Callable[[Route], None]:
    def let_through(route: Route) -> None:
        route.continue_() if route.request.url.startswith(f"{server}/") else route.abort()

    return let_through


def test_the_page_works_where_no_other_host_can_be_reached(bench: Bench, page: Page) -> None:
    page.route("**/*", only(bench.server))
    bench.open()
    bench.run("offline")
    bench.shows_tokens(trace("decoder", "offline").tokens["target"])
    expect(page.locator(".heatmaplayer image")).to_have_count(1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_api_is_described_by_the_server_itself(bench: Bench, page: Page, lang: str) -> None:
    page.route("**/*", only(bench.server))
    page.goto(f"{bench.server}/docs?lang={lang}")
    expect(page.locator("html")).to_have_attribute("lang", "en" if lang == "en" else "zh-CN")
    for path in ("/api/models", "/api/trace", "/api/generate", "/api/glossary"):
        expect(page.locator(f'[data-path="{path}"]')).to_be_visible()
    page.locator('[data-path="/api/trace"]').click()
    expect(page.get_by_text("Run a model once and send every intermediate asked for").first).to_be_visible()


def test_the_way_to_the_api_keeps_the_language(bench: Bench, page: Page) -> None:
    bench.open(lang="zh")
    page.get_by_role("link", name="API").click()
    page.wait_for_url("**/docs**")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


@pytest.mark.parametrize("mask", ["window:0", "prefix:999"])
def test_the_button_runs_whatever_number_the_mask_has(bench: Bench, page: Page, mask: str) -> None:
    bench.open(mask=mask)
    page.evaluate("addEventListener('submit', () => { window.submitted = true; }, true)")
    page.get_by_role("button", name="Run", exact=True).click()
    assert page.evaluate("window.submitted")
