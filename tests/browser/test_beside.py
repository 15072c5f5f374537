"""The figures of lessons 1 and 10: a note on its way by the keyboard, three models' own numbers, a race that is run."""

from __future__ import annotations

import re

from browser.axe import violations
from browser.watch import Watch
from playwright.sync_api import Page, expect

from model import beside


def test_lesson_1_hands_a_note_on_and_tells_what_the_models_say(page: Page, server: str, watch: Watch):
    page.goto(f"{server}/lessons/01-why-attention?lang=en")
    relay = page.locator(".relay")
    page.locator("live-figure[view=relay]").scroll_into_view_if_needed()
    relay.get_by_role("slider", name="tick").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(relay.get_by_role("region", name="Handed on (RNN)")).to_contain_text("3 of 15 hand-overs, 72.9 %")
    expect(relay.get_by_role("region", name="On the table (attention)")).to_contain_text("Arrived: 1 of 1")
    expect(relay.locator(".of-relay .holds")).to_have_text("4")

    states = page.locator(".hidden-states")
    page.locator("live-figure[view=hidden-states]").scroll_into_view_if_needed()
    three = beside.load()
    text = page.locator("article").get_attribute("data-text") or ""
    ids = [token.id for token in three.tokens(text)]
    states.get_by_role("slider", name="step").focus()
    page.keyboard.press("ArrowRight")
    expect(states.locator("output").first).to_have_text(f"4 / {len(ids) - 1}")
    for row, name in enumerate(beside.NAMES):
        loss = three.read(name, ids).losses[4]
        expect(states.locator(".next-of-three tbody tr").nth(row).locator("td").last).to_have_text(f"{loss:.2f}")
    expect(states.locator(".looked-at li")).to_have_count(5)

    far = page.locator(".far-word")
    page.locator("live-figure[view=far-word]").scroll_into_view_if_needed()
    expect(far.get_by_text("Distance 30:")).to_be_visible()
    far.get_by_role("button", name=re.compile(rf"^swap {len(ids) - 2}:")).click()
    expect(far.get_by_text("Distance 1:")).to_be_visible()
    assert violations(page) == []


def test_lesson_10_measures_when_it_is_asked_to(page: Page, server: str, watch: Watch):
    page.goto(f"{server}/lessons/10-hardware?lang=en")
    race = page.locator(".race")
    page.locator("live-figure[view=race]").scroll_into_view_if_needed()
    expect(race).to_contain_text("Nothing is measured yet")
    race.get_by_role("slider", name="tokens").focus()
    page.keyboard.press("Home")  # 4 tokens
    race.get_by_role("button", name="Measure now").click()
    expect(race).to_contain_text("Measured just now: CPU", timeout=20_000)
    assert race.locator("tbody td:nth-child(3)").all_inner_texts()[2] == "× 1"
    assert all(re.fullmatch(r"× [\d.]+", one) for one in race.locator("tbody td:nth-child(3)").all_inner_texts())

    curves = page.locator(".loss-curves")
    page.locator("live-figure[view=loss-curves]").scroll_into_view_if_needed()
    for row, name in enumerate(beside.NAMES):
        last = beside.curves()[name][-1]["valid"]
        expect(curves.locator("tbody tr").nth(row).locator("td").last).to_have_text(f"{last:.3f}")
    assert violations(page) == []
