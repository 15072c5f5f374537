"""What is wider than its place shows on which side there is more of it."""

from __future__ import annotations

import pytest
from browser.bench import ENGLISH, Bench
from browser.player import Player
from browser.waiting import eventually
from playwright.sync_api import Locator, Page, expect

FADES = "(box) => getComputedStyle(box).maskImage !== 'none'"
SIDES = """(box) => {
  const [from, to] = [box.scrollLeft, box.scrollLeft + box.clientWidth];
  return [from > 1 && "before", to < box.scrollWidth - 1 && "after"].filter(Boolean).join(" ");
}"""
WIDTHS = """(box) => ["--before", "--after"].map(
  (side) => parseFloat(getComputedStyle(box).getPropertyValue(side)) > 0)"""


def shows(page: Page, box: Locator, due: str) -> None:
    """Both where the box stands and what is said of it."""
    eventually(page, lambda: box.get_attribute("data-more"), due)
    assert box.evaluate(SIDES) == due
    assert box.evaluate(FADES) == bool(due)
    assert box.evaluate(WIDTHS) == ["before" in due, "after" in due]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_film_strip_fades_where_there_is_more(player: Player, page: Page, theme: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    player.open(step=0, theme=theme)
    film = player.strip.locator(".film")
    shows(page, film, "after")
    film.evaluate("(box) => { box.scrollLeft = 100; }")
    shows(page, film, "before after")
    film.evaluate("(box) => { box.scrollLeft = box.scrollWidth; }")
    shows(page, film, "before")


def test_a_film_strip_that_fits_fades_nowhere_and_a_narrower_window_is_noticed(player: Player, page: Page) -> None:
    page.set_viewport_size({"width": 1700, "height": 900})
    player.open(step=0)
    film = player.strip.locator(".film")
    shows(page, film, "")
    page.set_viewport_size({"width": 390, "height": 844})
    shows(page, film, "after")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_equation_with_all_digits_fades_and_the_keyboard_scrolls_it(bench: Bench, page: Page, theme: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    bench.open(ENGLISH, site="decoder.blocks.1.attn", head=2, query=6, key=3, theme=theme)
    scaled = bench.worked.locator("li").nth(1).locator(".equation")
    shows(page, scaled, "")
    expect(scaled).not_to_have_attribute("tabindex", "0")
    bench.worked.get_by_role("button", name="all digits").click()
    shows(page, scaled, "after")
    scaled.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    shows(page, scaled, "before")
    bench.worked.get_by_role("button", name="4 digits").click()
    shows(page, scaled, "")


def test_many_tokens_fade_at_the_end_of_their_row(bench: Bench, page: Page) -> None:
    bench.open("The cat and the dog and the bird " * 4, query=0, key=0)
    shows(page, page.locator(".tokens"), "after")
