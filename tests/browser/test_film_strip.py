"""The step player's film strip: walked with the keyboard, played, and found again by its link."""

from __future__ import annotations

import pytest
from browser.address import address
from browser.player import ATTENTION, BLOCK, Player, first
from playwright.sync_api import Page, expect


def test_the_keyboard_goes_through_the_film_strip(player: Player, page: Page) -> None:
    player.open(first("decoder", 1))
    player.stage.focus()
    for key, name, step in (
        ("ArrowRight", "Q K V", 17), ("ArrowLeft", "norm", 16), ("ArrowLeft", "add", 15), ("PageDown", "norm", 16),
        ("PageDown", "norm", 29), ("PageUp", "norm", 16), ("Home", "tokens", 0), ("ArrowLeft", "tokens", 0),
        ("End", "logits", 56), ("ArrowRight", "logits", 56),
    ):
        page.keyboard.press(key)
        player.at(name)
        expect(player.stage).to_be_focused()
        expect(player.title).to_contain_text(f"stage {step + 1} of 57")


def test_arrow_keys_work_on_every_control_of_the_strip_but_the_speed(player: Player, page: Page) -> None:
    player.open(20)
    player.button("Next stage").focus()
    page.keyboard.press("ArrowRight")
    expect(player.title).to_contain_text("stage 22 of 57")
    expect(player.button("Next stage")).to_be_focused()
    player.strip.get_by_role("combobox").focus()
    page.keyboard.press("ArrowRight")
    expect(player.strip.get_by_role("combobox")).to_have_value("fast")
    expect(player.title).to_contain_text("stage 22 of 57")


def test_closed_it_is_one_stop_and_enter_opens_it(player: Player, page: Page) -> None:
    player.open(site=f"{BLOCK}.attn", head=1)
    stops = player.strip.locator(".film button").evaluate_all("(all) => all.filter((one) => one.tabIndex >= 0).length")
    assert stops == 1
    player.button("Step by step").focus()
    page.keyboard.press("Enter")
    player.at("norm")
    expect(player.title).to_contain_text("decoder self-attention · block 1")
    expect(page.locator(".panes")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(player.panel).to_have_count(0)
    expect(page.locator(".panes")).to_be_visible()
    expect(player.bench.heading).to_contain_text("block 1 · head 1")


def test_it_plays_stage_after_stage_to_the_end(player: Player, page: Page) -> None:
    player.open(53)
    speed = player.strip.get_by_role("combobox", name="Speed")
    speed.select_option("fast")
    player.button("Play").click()
    expect(player.button("Pause")).to_be_visible()
    player.at("logits")
    expect(player.button("Play")).to_be_visible()
    page.wait_for_timeout(1200)
    player.at("logits")
    speed.select_option("slow")  # there is time to see the first
    player.button("Play").click()
    player.at("tokens")
    speed.select_option("fast")
    player.button("Pause").click()
    halted = player.title.inner_text()
    page.wait_for_timeout(1200)
    assert player.title.inner_text() == halted
    player.stage.press("Home")
    player.at("tokens")
    player.button("Next stage").click()
    player.at("embedding")
    player.button("Previous stage").click()
    player.at("tokens")
    expect(player.button("Previous stage")).to_be_disabled()


def test_without_motion_stages_follow_each_other_at_once(player: Player, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    player.open(first("decoder", 0))
    player.stage.focus()
    for name in ATTENTION[1:]:
        page.keyboard.press("ArrowRight")
        player.at(name)
        assert page.evaluate("document.getAnimations().length") == 0


def test_a_link_opens_the_same_stage_and_closing_leaves_no_trace_of_it(player: Player, page: Page) -> None:
    player.open(first("decoder", 2) + 6, head=3, query=5, key=2)
    player.at("softmax")
    expect(player.title).to_contain_text("Softmax over the row")
    expect(player.panel.get_by_role("button", name="head 3")).to_have_attribute("aria-pressed", "true")
    player.stage.press("ArrowRight")
    page.wait_for_url("**step=36**")
    assert address(page)[0]["site"] == "decoder.blocks.2.attn"
    page.reload()
    player.at("weighted sum")
    assert address(page)[0]["lang"] == "en"
    player.panel.get_by_role("button", name="Close").click()
    page.wait_for_function("() => !location.search.includes('step')")
    expect(player.bench.heading).to_contain_text("block 2 · head 3")


@pytest.mark.parametrize(("step", "name"), [("99999", "logits"), ("-1", None), ("x", None)])
def test_a_step_that_is_not_there(player: Player, page: Page, step: str, name: str | None) -> None:
    page.goto(f"{player.bench.server}/?lang=en&step={step}")
    expect(player.strip).to_be_visible()
    if name:
        player.at(name)
    else:
        expect(page.locator(".panes")).to_be_visible()


def test_another_model_begins_at_its_beginning(player: Player) -> None:
    player.open(first("decoder", 3))
    player.bench.model("Encoder–decoder")
    player.at("tokens")
    expect(player.title).to_contain_text("stage 1 of 149")
