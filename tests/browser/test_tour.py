"""The tour of a first visit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect


@pytest.fixture
def visitor(browser: Browser, server: str) -> Iterator[Page]:
    """Someone who has never been here."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{server}/?lang=en")
    yield page
    context.close()


def test_a_first_visit_is_shown_round_and_a_second_is_not(visitor: Page) -> None:
    tour = visitor.get_by_role("dialog", name="Tour")
    expect(tour).to_contain_text("Your sentence")
    seen = []
    for _ in range(4):
        seen.append(visitor.locator("main").get_attribute("data-tour"))
        tour.get_by_role("button", name="Next").click()
    expect(tour).to_contain_text("5 / 5")
    assert seen == ["0", "1", "2", "3"]
    expect(tour.get_by_role("button", name="Next")).to_have_count(0)
    tour.get_by_role("button", name="Back").click()
    expect(tour).to_contain_text("4 / 5")
    tour.press("Escape")
    expect(tour).to_have_count(0)
    visitor.reload()
    expect(visitor.locator(".head").first).to_be_visible()
    expect(tour).to_have_count(0)
    visitor.get_by_role("button", name="Tour").click()
    expect(tour).to_contain_text("1 / 5")
    tour.get_by_role("button", name="Skip the tour").click()
    expect(tour).to_have_count(0)


def test_the_page_can_be_used_while_the_tour_is_shown(visitor: Page) -> None:
    expect(visitor.get_by_role("dialog", name="Tour")).to_be_visible()
    visitor.locator(".head").nth(9).click()
    expect(visitor.locator(".head-figure h2 small")).to_contain_text("block 2 · head 1")


def test_escape_ends_the_tour_from_anywhere_and_the_focus_is_not_lost(visitor: Page) -> None:
    tour, again = visitor.get_by_role("dialog", name="Tour"), visitor.get_by_role("button", name="Tour")
    expect(tour).to_be_visible()
    visitor.keyboard.press("Escape")
    expect(tour).to_have_count(0)
    again.click()
    for _ in range(4):
        tour.get_by_role("button", name="Next").click()
    tour.get_by_role("button", name="Close").press("Enter")
    expect(tour).to_have_count(0)
    expect(again).to_be_focused()


def test_what_a_step_is_about_is_there_on_a_phone_too(visitor: Page) -> None:
    visitor.set_viewport_size({"width": 390, "height": 844})
    tour = visitor.get_by_role("dialog", name="Tour")
    for part in (".head-grid", ".head-figure", ".worked", ".choices"):
        tour.get_by_role("button", name="Next").click()
        expect(visitor.locator(part)).to_be_in_viewport()
        box = tour.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_on_a_phone_the_pinned_tokens_do_not_hide_where_a_step_begins(visitor: Page) -> None:
    visitor.set_viewport_size({"width": 390, "height": 844})
    for _ in range(3):
        visitor.get_by_role("dialog", name="Tour").get_by_role("button", name="Next").click()
    tokens, heading = visitor.locator(".token-row"), visitor.locator(".worked h2")
    expect(heading).to_be_in_viewport()
    pinned, begins = tokens.bounding_box(), heading.bounding_box()
    assert pinned and begins and begins["y"] >= pinned["y"] + pinned["height"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone_the_tour_leaves_what_it_tells_of_in_view(visitor: Page, lang: str) -> None:
    visitor.set_viewport_size({"width": 390, "height": 844})
    visitor.goto(f"{visitor.url.partition('?')[0]}?lang={lang}")
    tour = visitor.locator(".tour")
    for step, part in enumerate((".boxes", ".head-grid", ".head-figure", ".worked", ".choices")):
        expect(visitor.locator(f'main[data-tour="{step}"]')).to_be_visible()
        card, told, pinned = (visitor.locator(it).bounding_box() for it in (".tour", part, ".token-row"))
        assert card and told and pinned
        assert card["height"] < 844 / 5
        top = max(told["y"], pinned["y"] + pinned["height"] if step in (1, 2, 3) else 0)
        assert min(told["y"] + told["height"], card["y"]) - top >= min(told["height"], 844 / 2) - 1
        tour.locator(".primary").click()
