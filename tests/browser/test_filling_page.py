"""Who can use filling in: by keys, on a phone, in both languages; and what is said where something cannot be had."""

from __future__ import annotations

import re

import pytest
from browser.axe import violations
from browser.bench import Bench
from browser.editing import Editing
from browser.gaps import BUSY, HE, SPLIT, WORD, Gaps, place
from browser.reach import OVERFLOW, tab_to
from browser.watch import Watch
from playwright.sync_api import Locator, Page, expect

from model import zoo

VOCABULARY = re.compile(r"/vocabulary(\?|$)")


@pytest.fixture
def gaps(bench: Bench) -> Gaps:
    return Gaps(bench)


def test_special_tokens_are_not_hidden(gaps: Gaps) -> None:
    gaps.open(query=0)
    expect(gaps.chosen).to_contain_text("Special tokens stay where they are.")
    expect(gaps.root.get_by_role("button", name=re.compile("Hide"))).to_have_count(0)


def test_the_keyboard_hides_a_word_and_fills_it_in(gaps: Gaps, bench: Bench, page: Page) -> None:
    gaps.open(query=HE - 1)
    expect(gaps.button("Hide this token")).to_be_enabled()
    tab_to(page, page.locator('.token-row button[tabindex="0"]'))
    page.keyboard.press("ArrowRight")
    tab_to(page, gaps.button("Hide this token"))
    bench.after(lambda: page.keyboard.press("Enter"))
    expect(gaps.button("Show it again")).to_be_focused()
    tab_to(page, gaps.rows.first.get_by_role("button"))
    page.keyboard.press("ArrowDown")
    expect(gaps.rows.nth(1).get_by_role("button")).to_be_focused()
    tab_to(page, gaps.heads.locator('button[tabindex="0"]'))
    page.keyboard.press("Home")
    expect(gaps.heads.first.get_by_role("button")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(gaps.heads.nth(1)).to_have_class("chosen")
    block, head = place(gaps.heads.nth(1))
    expect(bench.heading).to_contain_text(f"block {block} · head {head}")
    gaps.rows.nth(1).get_by_role("button").focus()
    second = piece_id(gaps.rows.nth(1))
    bench.after(lambda: page.keyboard.press("Enter"))
    assert Editing(bench).asked() == [{"swap": HE, "side": "source", "token": second}]


def piece_id(row: Locator) -> int:
    name = row.locator("bdi").get_attribute("title") or ""
    return zoo.load("encoder").tokenizer.id(name.replace("␣", " "))


def test_without_a_vocabulary_it_is_said_and_tried_again(gaps: Gaps, page: Page, watch: Watch) -> None:
    watch.expect("status of 503")
    page.route(VOCABULARY, lambda route: route.fulfill(status=503, body=BUSY))
    gaps.open(query=HE)
    expect(gaps.chosen.locator(".refusal")).to_contain_text("nothing can be hidden: Too many runs are waiting.")
    expect(gaps.button("Hide this token")).to_be_disabled()
    page.unroute(VOCABULARY)
    gaps.button("Try again").click()
    expect(gaps.chosen.locator(".refusal")).to_have_count(0)
    expect(gaps.button("Hide this token")).to_be_enabled()


def test_what_the_other_mask_would_say_is_asked_again(gaps: Gaps, page: Page, watch: Watch) -> None:
    watch.expect("status of 503")
    bare = re.compile(r'"names":\[\]')
    page.route("**/api/trace", lambda route: route.fulfill(status=503, body=BUSY)
               if bare.search(route.request.post_data or "") else route.continue_())  # fmt: skip
    gaps.open(query=HE, hide=[HE], mask="causal")
    alert = gaps.root.get_by_role("alert")
    expect(alert).to_contain_text("Too many runs are waiting.")
    page.unroute("**/api/trace")
    alert.get_by_role("button", name="Try again").click()
    expect(gaps.rows.first.locator("td")).to_have_count(2)
    expect(alert).to_have_count(0)


@pytest.mark.parametrize(("theme", "mask"), [("light", "native"), ("dark", "causal")])
def test_the_panel_breaks_no_rule(gaps: Gaps, page: Page, theme: str, mask: str) -> None:
    gaps.open(query=HE, hide=[4, HE], theme=theme, mask=mask)
    expect(gaps.rows.first).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone_nothing_hangs_over(gaps: Gaps, page: Page, lang: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    gaps.open(SPLIT, query=3, hide=WORD, lang=lang)
    expect(gaps.rows).to_have_count(10)
    assert page.evaluate(OVERFLOW) == [0, []]
