"""The step player as a part of the page: in a window, on a phone, in both languages."""

from __future__ import annotations

import re

import pytest
from browser.player import ATTENTION, CROSS, Player, first
from browser.reach import OVERFLOW
from browser.words import own, sentences
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("step", [None, 0, first("decoder", 0) + 2, first("decoder", 0) + 6, 56])
def test_a_window_holds_the_strip_and_the_stage(player: Player, page: Page, step: int | None) -> None:
    player.open(step)
    assert page.evaluate("[document.scrollingElement.scrollHeight - innerHeight, scrollY]") == [0, 0]
    expect(player.button("Play")).to_be_in_viewport(ratio=1)
    expect(player.strip.locator(".stage").first).to_be_in_viewport(ratio=1)
    expect(player.bench.text).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_scrolls_in_one_direction_only(player: Player, page: Page, lang: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    start = first("encoder-decoder", 0) + len(ATTENTION)
    for step in (0, start, start + 1, start + 4, start + 6, start + 7, 148):
        player.open(step, *CROSS, model="encoder-decoder", lang=lang)
        assert page.evaluate(OVERFLOW) == [0, []]


def test_a_phone_that_opens_it_sees_the_stage(player: Player, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    player.open()
    player.button("Step by step").click()
    player.at("norm")
    expect(player.title).to_be_in_viewport()
    expect(player.stage).to_be_in_viewport(ratio=0.9)


# Names of tensors and what is written alike in both languages, beside those of every page.
ALIKE = re.compile(
    r"(?<![A-Za-z])((en|de)coder(\.\w+)+|[a-z]+_\w+|W_O|GELU|logits|memory|embed|normalized|pre|post|out|[A-Za-z])"
    r"(?![A-Za-z])|ᵀ"
)


def words(text: str) -> str:
    return own(ALIKE.sub("", text))


def test_every_stage_is_told_in_both_languages(player: Player, page: Page) -> None:
    """From the encoder's output through the first block of the decoder, then the end: every kind of stage."""
    memory, after = first("encoder-decoder", 0) - 4, first("encoder-decoder", 1)
    player.open(memory, *CROSS, model="encoder-decoder")
    said: dict[str, set[str]] = {"en": set(), "zh": set()}
    for lang, heard in said.items():
        if lang == "zh":
            page.get_by_role("button", name="中文").click()
            player.strip.get_by_role("button", name="编码器输出").click()
        expect(page.locator("html")).to_have_attribute("lang", "en" if lang == "en" else "zh-CN")
        for key in [*["ArrowRight"] * (after - memory), "End", "ArrowLeft"]:
            player.ready()
            heard |= {text for text in sentences(page, ".figures") if words(text)}
            player.stage.press(key)
        heard |= {text for text in sentences(page, ".figures") if words(text)}
    assert len(said["zh"]) > 60
    assert {text for text in said["zh"] if re.search("[A-Za-z]", words(text))} == set()
    assert said["en"] & said["zh"] == set()
