"""The act of editing: what changed downstream, and which heads matter."""

from __future__ import annotations

import math

import pytest
import torch
from browser.bench import Bench, agrees
from browser.editing import Editing
from browser.test_editing import OFF, SITE, edited, shares, tells
from browser.waiting import eventually
from playwright.sync_api import Page, expect

from model import zoo

EDIT = f"zero:{SITE}:2"


@pytest.fixture
def editing(bench: Bench, page: Page) -> Editing:
    page.goto(f"{bench.server}/?lang=en&act=edit&site={SITE}&head=2&query=10&key=3#edits={EDIT}")
    expect(page.locator(".downstream .both-predictions")).to_be_visible()
    return Editing(bench)


def test_both_distributions_stand_side_by_side(page: Page, editing: Editing) -> None:
    was, is_ = shares(edited(), 10), shares(edited(OFF), 10)
    rows = page.locator(".both-predictions tbody tr")
    expect(rows).to_have_count(8)
    for row in rows.all():
        text = row.locator("bdi").inner_text().replace("␣", " ")
        for side, known in ((".was", was), (".is", is_)):
            shown = row.locator(side).inner_text().strip()
            if text in known:
                assert tells(shown, known[text])
            else:
                assert shown.startswith("≤ ")
    expect(rows.first.locator("bdi")).to_have_text("␣music")


def test_the_stream_is_told_after_each_block_and_position(page: Page, editing: Editing) -> None:
    before, after = edited(), edited(OFF)
    stream = page.locator(".stream-map")
    read, pixels = stream.locator(".read"), stream.locator(".pixels")
    pixels.focus()
    pixels.press("ArrowDown")  # from block 0 at the chosen position
    for layer in (1, 2, 3):
        a, b = (trace[f"decoder.blocks.{layer}.resid_post"][10].double() for trace in (before, after))
        expect(read).to_contain_text(f"after block {layer}, ␣likes 10")
        cosine, lengths = read.inner_text().split("cosine ")[1].split(", length ")
        assert agrees(cosine, float(torch.cosine_similarity(a, b, dim=0)))
        assert all(agrees(shown, float(x.norm())) for shown, x in zip(lengths.split(" → "), (a, b), strict=True))
        pixels.press("ArrowDown")
    pixels.press("Home")
    pixels.press("Enter")
    expect(page.locator(".token-row .is-query sub")).to_have_text("0")


def test_the_patterns_that_changed_most_are_python_s(bench: Bench, page: Page, editing: Editing) -> None:
    before, after = edited(), edited(OFF)
    moved = []
    for site in after.sites:
        apart = (after[f"{site.name}.pattern"] - before[f"{site.name}.pattern"]).abs().amax((1, 2))
        moved += [(float(size), f"block {site.layer} · head {head}") for head, size in enumerate(apart)]
    expected = [name for size, name in sorted(moved, reverse=True)[:8] if size > 0]
    shown = page.locator(".changed-patterns li .who")
    expect(shown).to_have_text(expected)
    first = page.locator(".changed-patterns button").first
    was, is_ = first.locator(".what").inner_text().split(": ")[1].split(" → ")
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    layer, head = (int(word) for word in expected[0].replace("block ", "").split(" · head "))
    query, key = (int(page.locator(f".token-row .{role} sub").inner_text()) for role in ("is-query", "is-key"))
    assert agrees(was, float(before[f"decoder.blocks.{layer}.attn.pattern"][head, query, key]))
    assert agrees(is_, float(after[f"decoder.blocks.{layer}.attn.pattern"][head, query, key]))
    caption = page.locator('.head-grid [aria-selected="true"] .caption')
    assert agrees(caption.inner_text().removeprefix("Δ "), sorted(moved, reverse=True)[0][0])


def test_which_heads_matter_is_as_single_runs_tell(bench: Bench, page: Page, editing: Editing) -> None:
    editing.importance.get_by_role("button", name="Find out").click()
    expect(editing.ranked()).to_have_count(16)
    tokenizer = zoo.load("decoder").tokenizer
    music = tokenizer.id(" music")
    expect(editing.importance.locator(".of-what")).to_contain_text("Position 10 · ␣music")

    def probability(*edits: dict) -> float:
        return float(edited(OFF, *edits)["logits"][10].double().softmax(-1)[music])

    base = probability()
    alone = {
        f"block {layer} · head {head}": probability({"zero": f"decoder.blocks.{layer}.attn", "head": head})
        for layer in range(4) for head in range(4)
    }  # fmt: skip
    changes = {}
    for row in editing.ranked().all():
        name = row.locator(".who").inner_text()
        changes[name] = float(row.locator(".change").get_attribute("title") or "nan")
        assert abs(changes[name] - (alone[name] - base)) < 1e-5
    sizes = [abs(change) for change in changes.values()]
    assert changes.keys() == alone.keys() and sizes == sorted(sizes, reverse=True)
    editing.importance.get_by_text("log probability").click()
    largest = editing.ranked().first.locator(".change")
    eventually(page, lambda: float(largest.get_attribute("title") or "nan") < -1, True)
    for row in editing.ranked().all():
        shown = float(row.locator(".change").get_attribute("title") or "nan")
        assert abs(shown - math.log(alone[row.locator(".who").inner_text()] / base)) < 1e-3


def test_a_head_of_the_list_is_looked_at_and_switched_off(bench: Bench, page: Page, editing: Editing) -> None:
    editing.importance.get_by_role("button", name="Find out").click()
    expect(editing.ranked()).to_have_count(16)
    name = editing.ranked().first.locator(".who").inner_text()
    editing.importance.get_by_role("button", name=f"Look at {name}", exact=True).click()
    expect(page.locator(".about-head h2")).to_contain_text(name)
    bench.after(lambda: editing.importance.get_by_role("button", name=f"Switch {name} off", exact=True).click())
    editing.has("block 1 · head 2: off", f"{name}: off")
    expect(editing.importance).to_contain_text("These are of an earlier run")


def test_another_token_and_the_mean_can_be_asked_about(bench: Bench, page: Page, editing: Editing) -> None:
    second = list(shares(edited(OFF), 10))[1]
    editing.importance.locator("select").select_option(index=1)
    editing.importance.get_by_text("its mean", exact=True).click()
    with page.expect_request("**/api/importance") as asked:
        editing.importance.get_by_role("button", name="Find out").click()
    body = asked.value.post_data_json
    assert (body["position"], body["by"]) == (10, "mean")
    assert body["token"] == zoo.load("decoder").tokenizer.id(second)
    expect(editing.ranked()).to_have_count(16)


def test_asking_can_be_stopped(bench: Bench, page: Page, editing: Editing) -> None:
    page.route("**/api/importance", lambda route: None)  # never answered
    editing.importance.get_by_role("button", name="Find out").click()
    editing.importance.get_by_role("button", name="Stop").click()
    expect(editing.importance.get_by_role("button", name="Find out")).to_be_visible()


def test_painting_the_mask_of_a_head_is_an_edit(bench: Bench, page: Page, editing: Editing) -> None:
    page.get_by_role("button", name="Paint its mask…").click()
    painter = page.locator(".mask-painter")
    expect(painter).to_be_visible()
    cells = painter.locator(".mask-cells")
    cells.focus()
    bench.after(lambda: cells.press("Space"))  # the chosen cell: 10, 3
    editing.has("block 1 · head 2: off", "block 1 · head 2: mask painted (1)")
    paint = {"paint": SITE, "head": 2, "cells": [[10, 3, False]]}
    assert editing.asked() == [OFF, paint]
    after = edited(OFF, paint)
    assert float(after[f"{SITE}.pattern"][2, 10, 3]) == 0
    page.locator("[data-act=look]").click()
    bench.ready()
    expect(bench.worked.locator(".lead strong")).to_have_text("0 %")
