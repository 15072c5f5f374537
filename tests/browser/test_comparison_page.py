"""Who can use a comparison: in both languages, on a phone, by a screen reader, in front of a class."""

from __future__ import annotations

import re

import pytest
from browser.axe import violations
from browser.bench import ENGLISH, Bench
from browser.comparing import Comparing
from browser.reach import OVERFLOW, tab_to
from browser.waiting import still
from browser.words import own, sentences
from playwright.sync_api import Page, expect

AT = {"site": "decoder.blocks.1.attn", "head": 2, "query": 6, "key": 3}
BESIDE = ("mask=prefix%3A3", "model=encoder&mask=native")
EMPTY: tuple[str, ...] = ()


@pytest.fixture
def comparing(bench: Bench) -> Comparing:
    return Comparing(bench)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("lang", "beside", "shown"),
    [
        ("en", EMPTY, {}),
        ("zh", BESIDE, {"differ": "size"}),
        ("en", BESIDE, {"as": "table"}),
        ("en", BESIDE, {"present": "on"}),
    ],
)
def test_axe_finds_nothing(
    comparing: Comparing, page: Page, theme: str, lang: str, beside: tuple[str, ...], shown: dict[str, str]
) -> None:
    comparing.open(ENGLISH, *beside, **AT, theme=theme, lang=lang, **shown)
    expect(comparing.cell).to_have_count(1 if beside else 0)
    still(page)
    assert violations(page) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_scrolls_in_one_direction_only(comparing: Comparing, page: Page, lang: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for beside in (EMPTY, BESIDE, ("text=Tom+likes+tea.+Mary+likes+tea.+Tom+likes",)):
        comparing.open(ENGLISH, *beside, **AT, lang=lang, differ="place")
        page.wait_for_function(f"() => ({OVERFLOW})()[0] === 0")
        assert page.evaluate(OVERFLOW) == [0, []]
    top = [comparing.pane(letter).bounding_box() for letter in "AB"] if lang == "en" else []
    assert all(box is not None and box["width"] > 300 for box in top)


def test_the_language_switch_changes_every_sentence(comparing: Comparing, page: Page) -> None:
    said: dict[str, set[str]] = {}
    for lang in ("en", "zh"):
        said[lang] = set()
        for beside, shown in (
            (EMPTY, {}),
            (BESIDE, {}),
            (("mask=bidirectional", "checkpoint=0"), {"differ": "place", "between": "A-C"}),
        ):
            comparing.open(
                "我爱吃鱼。", *beside, lang=lang, query=2, key=1, site="decoder.blocks.1.attn", head=0, **shown
            )
            expect(comparing.cell).to_have_count(1 if beside else 0)
            said[lang] |= sentences(page, ".comparison")
    assert len(said["en"]) > 60 and len(said["zh"]) > 60
    assert {text for text in said["zh"] if re.search("[A-Za-z]", own(text))} == set()
    assert {text for text in said["en"] & said["zh"] if own(text)} == set()


def test_the_keyboard_leads_into_every_pane(comparing: Comparing, page: Page) -> None:
    comparing.open(ENGLISH, "mask=prefix%3A3", **AT)
    for wanted in (
        page.locator(".compared-heads [aria-selected=true]"), comparing.pane("A").locator(".cells"),
        comparing.pane("B").get_by_role("button", name="Remove pane B"), comparing.pane("B").locator(".masks select"),
        comparing.pane("B").locator(".cells"), comparing.pane("B").get_by_role("slider"),
        comparing.difference.locator(".cells"),
        comparing.preset("bidirectional mask"),
    ):  # fmt: skip
        tab_to(page, wanted)
    page.keyboard.press("Enter")
    comparing.ready(2)
    expect(comparing.pane("C").locator("h3")).to_contain_text("bidirectional")


def test_a_class_sees_panes_and_cell_at_once(comparing: Comparing, page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    comparing.open(ENGLISH, "mask=bidirectional", **AT, present="on")
    for part in (
        comparing.pane("A").locator(".cells"),
        comparing.pane("B").locator(".cells"),
        comparing.cell.locator("h2"),
    ):
        expect(part).to_be_in_viewport(ratio=0.5)
    assert page.evaluate(OVERFLOW) == [0, []]
