"""Token by token: what each query sees, one after the other."""

from __future__ import annotations

import re

import pytest
from browser.bench import Bench, trace
from browser.waiting import eventually, recorded
from playwright.sync_api import Page, Route, expect

TEXT = "我爱吃鱼，你爱吃什么"
SITE = "decoder.blocks.0.attn"


def covered(page: Page) -> float:
    """Which share of the matrix's height is covered, at the bottom."""
    whole, veil = page.locator(".cells").bounding_box(), page.locator(".cells .covered").bounding_box()
    assert whole and veil
    return veil["height"] / whole["height"]


def test_a_step_shows_what_the_query_sees_and_covers_what_comes_after(bench: Bench, page: Page) -> None:
    n = len(trace("decoder", TEXT).tokens["target"])
    bench.open(TEXT, site=SITE, head=0, query=2, rows="read")
    eventually(page, lambda: covered(page), pytest.approx((n - 3) / n, abs=0.01))
    expect(page.locator(".token-steps .told")).to_contain_text(f"sees 3 of {n} keys.")
    page.get_by_role("button", name="The next query").click()
    expect(page.locator(".token-steps .told")).to_contain_text(f"sees 4 of {n} keys.")
    expect(page.locator(".token-row .is-query sub")).to_have_text("3")
    eventually(page, lambda: covered(page), pytest.approx((n - 4) / n, abs=0.01))
    page.get_by_label("cover the rows after it").uncheck()
    expect(page.locator(".cells .covered")).to_have_count(0)


def test_without_a_causal_mask_every_query_sees_all(bench: Bench, page: Page) -> None:
    n = len(trace("decoder", TEXT).tokens["target"])
    bench.open(TEXT, site=SITE, head=0, query=0, mask="bidirectional")
    expect(page.locator(".token-steps .told")).to_contain_text(f"sees all {n} keys.")
    expect(page.get_by_role("button", name="The query before")).to_be_disabled()


def test_it_plays_from_the_first_query_to_the_last_and_can_be_stopped(bench: Bench, page: Page) -> None:
    text = "One two"
    last = len(trace("decoder", text).tokens["target"]) - 1
    bench.open(text, site=SITE, head=0)
    play = page.get_by_role("button", name="Token by token", exact=True)
    here = page.locator(".token-row .is-query sub")
    expect(here).to_have_text(str(last))
    seen = recorded(page, ".token-row .is-query sub")
    play.click()
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("rows=read"))
    all_of_them = [str(query) for query in (last, *range(last + 1))]
    eventually(page, seen, all_of_them)
    expect(play).to_be_visible()
    play.click()
    eventually(page, lambda: seen()[: last + 3], [*all_of_them, "0"])
    page.locator(".tokens button").nth(1).click()
    expect(play).to_have_attribute("aria-pressed", "false")
    page.wait_for_timeout(1500)
    expect(here).to_have_text("1")


def test_it_ends_where_another_sentence_arrives(bench: Bench, page: Page) -> None:
    held: list[Route] = []
    bench.open("One two three four. " * 8, site=SITE, head=0, query=0)  # it would play on for longer than one waits
    page.route("**/api/trace", lambda route: held.append(route))
    bench.text.fill("One two")
    bench.text.press("Enter")
    play = page.get_by_role("button", name="Token by token", exact=True)
    play.click()
    expect(play).to_have_count(0)
    eventually(page, lambda: len(held), 1)
    bench.after(held[0].continue_)
    bench.shows_tokens(trace("decoder", "One two").tokens["target"])
    expect(play).to_have_attribute("aria-pressed", "false")


def test_another_model_is_shown_whole(bench: Bench, page: Page) -> None:
    bench.open(TEXT, site=SITE, head=0, query=2, rows="read")
    expect(page.locator(".cells .covered")).to_have_count(1)
    bench.model("Encoder")
    expect(page.get_by_label("cover the rows after it")).not_to_be_checked()
    expect(page.locator(".cells .covered")).to_have_count(0)
