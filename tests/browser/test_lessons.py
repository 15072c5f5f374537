"""Lesson 4 in a browser: done with the keyboard alone, printed, and told of on the list of lessons."""

from __future__ import annotations

import re

import pytest
from browser.axe import violations
from browser.watch import Watch
from playwright.sync_api import Page, expect

SLUG = "04-scaled-dot-product"
WEIGHTS = ["0.4136", "0.1522", "0.0206", "0.4136"]


def last_column(page: Page) -> list[str]:
    return page.locator(".stations tbody tr td:last-child").all_inner_texts()


def test_lesson_4_is_done_with_the_keyboard_alone(page: Page, server: str, watch: Watch):
    page.goto(f"{server}/lessons/{SLUG}?lang=en")
    page.evaluate("localStorage.removeItem('headlight:lessons')")
    press = page.keyboard.press
    first = page.locator("predict-question[name='query-from']")
    expect(first.locator("input")).to_have_count(3)

    def tab_to(selector: str, most: int = 60) -> None:
        """Tab leads there, and what has the focus can be seen."""
        for _ in range(most):
            press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                expect(page.locator(":focus")).to_be_in_viewport(ratio=0.95)
                return
        raise AssertionError(f"Tab never came to {selector}")

    # one round, its answer at once
    tab_to("predict-question[name='query-from'] input")
    press("ArrowDown")
    tab_to("predict-question[name='query-from'] button")
    press("Enter")
    expect(first).to_contain_text("Yes: b")
    expect(first).to_contain_text("[2 2 0 −2]")

    # a term says what it means, and Escape puts that away
    tab_to("a-name")
    expect(page.get_by_role("tooltip")).to_contain_text("q [")
    press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()

    # the first round says nothing about right or wrong
    guess = page.locator("predict-question[name='row-weights']")
    tab_to("predict-question[name='row-weights'] input")
    press("Space")
    expect(guess).to_contain_text("Your guess is kept")
    expect(guess).not_to_contain_text("0.0206")

    # the slider
    tab_to(".stations input[type=range]")
    expect(page.locator(".stations tbody tr")).to_have_count(4)
    assert last_column(page) == WEIGHTS
    press("ArrowLeft")
    press("ArrowLeft")
    expect(page.locator(".stations output")).to_have_text("1")
    assert last_column(page) == ["0.4678", "0.0633", "0.0012", "0.4678"]  # without the root
    expect(page.locator(".station-story")).to_contain_text("which this model does not do")

    # the second round has the answer
    again = page.locator("predict-again")
    expect(again).to_contain_text("your first guess")
    tab_to("predict-again input")
    press("ArrowDown")
    press("ArrowDown")
    tab_to("predict-again button")
    press("Enter")
    expect(again).to_contain_text("It is b")
    expect(again).to_contain_text("[0.4136 0.1522 0.0206 0.4136]")

    # blanks: a cell, then the row, then the table
    blanks = page.locator("fill-blanks")
    tab_to("fill-blanks input")
    page.keyboard.type("0.9")
    press("Enter")
    expect(blanks.get_by_role("status")).to_contain_text("0 of 1 so far")
    press("ControlOrMeta+a")
    page.keyboard.type("0,56")
    press("Enter")
    expect(blanks.get_by_role("status")).to_contain_text("All right.")
    tab_to("fill-blanks button:last-of-type")
    press("Enter")
    expect(blanks.locator("input")).to_have_count(4)
    expect(blanks.locator("input").first).to_be_focused()
    for word in (".56", "0.08", "0.02", "0.34"):
        page.keyboard.type(word)
        press("Tab")
    press("Enter")  # on the button that checks
    expect(blanks.locator(".is-right")).to_have_count(4)

    # a sentence of one's own
    tab_to("because-card textarea")
    page.keyboard.type("powers of e are positive")
    tab_to("because-card button")
    press("Enter")
    expect(page.locator("because-card")).to_contain_text("One way to say it")

    # the list of lessons tells what was done, and forgets it
    tab_to(".lesson-turn a, .lesson-figure a", most=80)
    page.goto(f"{server}/lessons?lang=en")
    own = page.locator(f"[data-slug='{SLUG}'] .progress")
    expect(own).to_contain_text("5 of 5 exercises done")
    assert "positive" not in page.evaluate("JSON.stringify(localStorage)")
    page.get_by_role("button", name="Forget my progress").click()
    expect(own).to_have_text("")
    assert page.evaluate("localStorage.getItem('headlight:lessons')") is None


@pytest.mark.parametrize(("lang", "theme"), [("en", "dark"), ("zh", "light")])
def test_axe_finds_nothing_in_a_lesson(page: Page, server: str, watch: Watch, lang: str, theme: str):
    page.goto(f"{server}/lessons/{SLUG}?lang={lang}&theme={theme}")
    expect(page.locator("predict-question input").first).to_be_visible()
    page.locator("live-figure").last.scroll_into_view_if_needed()
    expect(page.locator("live-figure.is-live")).to_have_count(2)
    expect(page.locator(".stations tbody tr")).to_have_count(4)
    assert violations(page) == []
    page.goto(f"{server}/lessons?lang={lang}&theme={theme}")
    assert violations(page) == []


def test_a_lesson_on_paper_is_a_worksheet(page: Page, server: str, watch: Watch):
    page.goto(f"{server}/lessons/{SLUG}?lang=en&theme=dark")
    expect(page.locator("predict-question input").first).to_be_visible()
    answers = page.locator(".worksheet-answers")
    expect(answers).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".stations tbody tr")).to_have_count(4)  # though it was never scrolled to
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    for gone in (".banner", "#numbers", "predict-again", ".actions"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".name-line")).to_be_visible()
    expect(page.locator("fill-blanks input")).to_be_visible()
    for word in (
        "b) From its own row of X",
        "b) I and fish get the same weight",
        "0.5643",
        "e to any power is positive",
    ):
        expect(answers).to_contain_text(word)
    pages = page.pdf(format="A4").count(b"/Type /Page\n")
    assert 2 <= pages <= 4
    page.emulate_media(media="null")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    # the button asks for a printer once the figures are light
    page.evaluate("window.print = () => { document.body.dataset.printed = document.documentElement.dataset.theme }")
    page.get_by_role("button", name="Print the worksheet").click()
    expect(page.locator("body")).to_have_attribute("data-printed", "light")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_lesson_works_where_nothing_can_be_stored(page: Page, server: str, watch: Watch):
    refuse = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    context = page.context.browser.new_context()
    own = context.new_page()
    own.add_init_script(refuse)
    errors: list[object] = []
    own.on("pageerror", lambda error: errors.append(error))
    own.goto(f"{server}/lessons/{SLUG}?lang=zh&theme=dark&present=on")
    own.locator("predict-question[name='query-from'] input").nth(1).check()
    own.get_by_role("button", name="看答案").first.click()
    expect(own.locator("predict-question[name='query-from']")).to_contain_text("对，是 b")
    # the other language is the same lesson, and what was chosen of its looks goes along
    own.get_by_role("link", name="English").click()
    expect(own).to_have_url(re.compile(rf"/lessons/{SLUG}\?lang=en&theme=dark&present=on$"))
    own.goto(f"{server}/lessons?lang=en")
    expect(own.locator(f"[data-slug='{SLUG}']")).to_be_visible()
    assert errors == []
    context.close()


def test_without_a_script_a_lesson_can_be_read(page: Page, server: str, watch: Watch):
    context = page.context.browser.new_context(java_script_enabled=False)
    own = context.new_page()
    own.goto(f"{server}/lessons/{SLUG}?lang=en")
    expect(own.locator("main")).to_contain_text("together 1")
    answer = own.locator("predict-question[name='query-from'] details")
    answer.locator("summary").click()
    expect(answer).to_contain_text("[2 2 0 −2]")
    expect(own.locator("fill-blanks td.blank")).to_have_count(1)
    expect(own.locator("live-figure").first).to_contain_text("needs JavaScript")
    context.close()
