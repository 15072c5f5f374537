"""The figure of a stage: heads and tokens chosen in it, its numbers read, and the whole model drawn beside it."""

from __future__ import annotations

import re

import torch
from browser.bench import ENGLISH, read, trace
from browser.player import BLOCK, CROSS, Player, first
from playwright.sync_api import Page, expect


def test_head_and_token_are_chosen_where_they_are_shown(player: Player, page: Page) -> None:
    t = trace("decoder", ENGLISH)
    player.open(first("decoder", 1) + 7, head=2, query=8, key=3)
    player.panel.get_by_role("button", name="all digits").click()
    player.panel.get_by_role("button", name="head 0").click()
    expect(player.panel.locator(".head-mark.chosen")).to_have_count(1)
    assert torch.tensor(player.numbers()["z"]).equal(t[f"{BLOCK}.attn.z"][0, 8])
    page.locator(".token-row button").nth(5).click()
    expect(player.panel.locator(".stage-numbers h3 sub").first).to_have_text("5")
    assert torch.tensor(player.numbers()["z"]).equal(t[f"{BLOCK}.attn.z"][0, 5])
    pixels = player.figure.locator(".pixels").last
    box = pixels.bounding_box()
    assert box is not None
    pixels.click(position={"x": 5, "y": box["height"] * 2.5 / len(t.tokens["target"])})
    expect(player.panel.locator(".stage-numbers h3 sub").first).to_have_text("2")
    page.wait_for_url("**query=2**")


def test_single_numbers_of_a_picture_are_read_with_the_arrow_keys(player: Player, page: Page) -> None:
    z = trace("decoder", ENGLISH)[f"{BLOCK}.attn.z"][2]
    player.open(first("decoder", 1) + 7, head=2, query=8)
    figure = player.figure.locator("figure").last
    expect(figure.locator(".pixels")).to_have_accessible_name(re.compile(r"\.z, 11 positions by 32 features"))
    figure.locator(".pixels").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    said = figure.locator(".read")
    expect(said).to_contain_text("7, feature 2: ")
    assert abs(float(read(said.inner_text().split(": ")[1])) - float(z[7, 2])) <= 6e-4 * abs(float(z[7, 2]))
    expect(player.panel.locator(".stage-numbers h3 sub").first).to_have_text("7")


def test_the_whole_model_is_drawn_and_leads_everywhere(player: Player, page: Page) -> None:
    player.open(first("encoder-decoder", 0), *CROSS, model="encoder-decoder")
    drawing = player.panel.locator(".architecture")
    parts = drawing.locator(".part")
    expect(parts).to_have_count(2 * (4 + 2))
    expect(drawing.locator(".bridge")).to_have_count(4)
    here = drawing.get_by_role("button", name="decoder block 0, self-attention · Norm")
    expect(here).to_have_attribute("aria-current", "step")
    drawing.get_by_role("button", name="encoder block 3", exact=True).click()
    player.at("norm")
    expect(player.title).to_contain_text("encoder self-attention · block 3")
    drawing.get_by_role("button", name="decoder block 2", exact=True).focus()
    page.keyboard.press("Enter")
    expect(player.title).to_contain_text("decoder self-attention · block 2")
    drawing.get_by_role("button", name="decoder block 2, cross-attention", exact=True).click()
    player.at("Q K V")
    expect(player.title).to_contain_text("cross-attention · block 2")
    boxes = [box for part in drawing.locator("g[role=button]").all() if (box := part.bounding_box())]
    assert all(box["width"] >= 24 and box["height"] >= 24 for box in boxes)
