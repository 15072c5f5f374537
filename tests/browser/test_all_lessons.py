"""Every lesson, once in each language, on a phone's width: its figures come alive, nothing is cut off, axe finds
nothing, and the page complains of nothing. The lessons are found in their folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.axe import violations
from playwright.sync_api import Page

from app.i18n import translate

LESSONS = Path(__file__).resolve().parents[2] / "templates" / "lessons"
SLUGS = sorted(path.name.removesuffix(".en.html") for path in LESSONS.glob("*.en.html"))
LOOKS = {"en": "light", "zh": "dark"}
PHONE = {"width": 390, "height": 844}

SEEN = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (const figure of document.querySelectorAll("live-figure")) {
    figure.scrollIntoView({block: "center"});
    await frame();
    await frame();
  }
  scrollTo(0, 0);
}"""
ALIVE = """(loading) => Array.from(document.querySelectorAll("live-figure")).every((figure) => (
  figure.classList.contains("is-live") && !figure.textContent.includes(loading)
  && !figure.querySelector("[aria-busy=true]")
))"""
WIDER = """() => {
  const sideways = (one) => /auto|scroll|hidden/.test(getComputedStyle(one).overflowX);
  const scrolls = (one) => one && one.tagName !== "MAIN" && (sideways(one) || scrolls(one.parentElement));
  const right = (one) => Math.round(one.getBoundingClientRect().right);
  return Array.from(document.querySelectorAll("main *"))
    .filter((one) => right(one) > innerWidth + 1 && !scrolls(one.parentElement))
    .map((one) => `${one.tagName}.${one.className} ends at ${right(one)}`).slice(0, 5);
}"""  # the column itself is clipped, so that the page never scrolls: what is asked is whether anything is cut off


def test_there_are_lessons() -> None:
    assert "concept-test" in SLUGS and len(SLUGS) > 1


@pytest.mark.parametrize("lang", LOOKS)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_lesson_on_a_phone(page: Page, server: str, watch: object, slug: str, lang: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(reduced_motion="reduce")  # what slides in would be cut off on its way
    page.goto(f"{server}/lessons/{slug}?lang={lang}&theme={LOOKS[lang]}")
    page.wait_for_function("document.querySelector('input, live-figure.is-live, concept-test input')")
    page.evaluate(SEEN)
    page.wait_for_function(ALIVE, arg=translate(lang, "Loading…"))
    assert page.locator("live-figure [role=alert], live-figure .refusal:not(:empty)").all_inner_texts() == []
    assert page.evaluate(WIDER) == []
    assert violations(page) == []
