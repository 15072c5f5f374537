"""Which tensors the step player asks for, and what it shows while they are on their way or cannot be had."""

from __future__ import annotations

import re
from typing import Any

from browser.bench import ENGLISH
from browser.player import Player, first
from browser.waiting import eventually
from playwright.sync_api import Page, Route, expect


def of_the_finished_model(player: Player) -> list[dict[str, Any]]:
    """What was asked for, but for the checkpoints, which are fetched ahead."""
    return [body for body in player.bench.watch.runs if body.get("checkpoint") is None]


def test_tensors_are_asked_for_when_they_are_needed(player: Player, page: Page) -> None:
    """A block's when it is opened, its neighbours' after that, none twice; always of the same run."""
    player.open()
    page.wait_for_load_state("networkidle")
    before = of_the_finished_model(player)
    assert len(before) == 1 and not any(".blocks." in name for name in before[0]["names"])
    player.strip.get_by_role("button", name="decoder block 2").click()
    player.ready()
    eventually(page, lambda: len(of_the_finished_model(player)), 3)
    more = of_the_finished_model(player)[1:]
    assert [sorted({name.split(".")[2] for name in body["names"]}) for body in more] == [["2"], ["1", "3"]]
    assert {(body["text"], body["model"], body["mask"]) for body in more} == {(ENGLISH, "decoder", "native")}
    for _ in range(12):
        player.stage.press("ArrowRight")
    player.at("add")
    assert len(of_the_finished_model(player)) == 3
    asked = [name for body in more for name in body["names"]]
    assert len(asked) == len(set(asked)) and not {name for name in asked if name.endswith((".q", ".k", ".v", ".z"))}


def test_what_cannot_be_had_is_told_and_the_earlier_picture_stays(player: Player, page: Page) -> None:
    player.bench.watch.expect("net::ERR_")
    player.open(first("decoder", 0))
    page.wait_for_load_state("networkidle")
    page.route("**/api/trace", lambda route: route.abort())
    player.button("decoder block 3").click()
    expect(player.problem).to_contain_text("The server cannot be reached.")
    expect(player.figure.locator("canvas")).to_have_count(2)  # of block 0's norm
    expect(player.figure).to_have_class(re.compile("stale"))
    page.unroute("**/api/trace")
    player.problem.get_by_role("button", name="Try again").click()
    player.ready()
    expect(player.problem).to_have_count(0)
    expect(player.figure).not_to_have_class(re.compile("stale"))


def test_while_numbers_are_on_their_way_the_page_says_so(player: Player, page: Page) -> None:
    held: list[Route] = []
    player.open(first("decoder", 0))
    page.wait_for_load_state("networkidle")
    page.route("**/api/trace", lambda route: held.append(route), times=1)  # what is asked for after it is not held
    player.button("decoder block 3").click()
    expect(player.panel.get_by_role("status")).to_have_text("Loading the numbers of this stage…")
    eventually(page, lambda: len(held), 1)
    held[0].continue_()
    player.ready()
    expect(player.panel.get_by_role("status")).to_have_count(0)
