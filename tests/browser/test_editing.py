"""Edits from the page: what is shown is what Python computes with the same edits; chips, undoing, the address."""

from __future__ import annotations

from typing import Any

import pytest
from browser.address import address
from browser.bench import ENGLISH, READ_WORKED_CELL, Bench, Cell, agrees
from browser.editing import Editing
from browser.waiting import eventually
from playwright.sync_api import Page, expect

from model import zoo
from model.trace import Trace

SITE = "decoder.blocks.1.attn"
LATER = "decoder.blocks.2.attn"
OFF = {"zero": SITE, "head": 2}


def edited(*edits: dict[str, Any], model: str = "decoder", text: str = ENGLISH, **asked: Any) -> Trace:
    return zoo.load(model, "cpu").trace(text, edits=list(edits), **asked)


def shares(trace: Trace, position: int) -> dict[str, float]:
    """text -> probability"""
    return {one["text"]: one["probability"] for one in zoo.load(trace.model["id"], "cpu").predictions(trace)[position]}


def tells(shown: str, probability: float) -> bool:
    """A probability as the page writes it."""
    if shown.startswith(("<", ">")):
        return probability < 0.001 if shown[0] == "<" else probability > 0.999
    return agrees(shown.removesuffix(" %"), 100 * probability)


@pytest.fixture
def editing(bench: Bench) -> Editing:
    return Editing(bench)


@pytest.mark.parametrize(
    ("act", "edit", "chip"),
    [
        ("Switch it off", OFF, "block 1 · head 2: off"),
        ("Put its mean", {"mean": SITE, "head": 2}, "block 1 · head 2: its mean"),
        ("Look evenly", {"uniform": SITE, "head": 2}, "block 1 · head 2: looks evenly"),
        ("Look only at itself", {"diagonal": SITE, "head": 2}, "block 1 · head 2: looks at itself"),
        ("Switch the whole attention off", {"zero": SITE}, "block 1, all heads: off"),
    ],
)
def test_what_is_done_to_a_head_reaches_everything_after_it(
    bench: Bench, page: Page, editing: Editing, act: str, edit: dict[str, Any], chip: str
) -> None:
    bench.open(site=SITE, head=2, query=10, key=3)
    editing.do(act)
    editing.has(chip)
    assert editing.asked() == [edit]
    after, before = edited(edit), edited()
    expect(page.locator(".head-figure .edited")).to_contain_text("edited")
    named = f"decoder self-attention, block 1 · head 2, edited: {chip.partition(': ')[2]}"
    expect(bench.chosen_head).to_have_accessible_name(named)
    expect(editing.told).to_contain_text("After ␣likes:")
    (first, *_) = editing.told.locator(".moved").all_inner_texts()
    token, was, is_ = first.replace(" →", "").split(" ", 1)[0], *first.split(" ", 1)[1].split(" → ")
    assert tells(was, shares(before, 10)[token.replace("␣", " ")])
    assert tells(is_, shares(after, 10)[token.replace("␣", " ")])
    bench.head("decoder self-attention", 2, 1).click()
    bench.shows_cell(Cell(after, LATER, 1, 10, 3))
    assert (after[f"{LATER}.pattern"] - before[f"{LATER}.pattern"]).abs().max() > 1e-3


def test_a_head_of_cross_attention_cannot_look_at_itself(bench: Bench, editing: Editing) -> None:
    site = "decoder.blocks.1.cross_attn"
    bench.open("I want tea.", "我要茶", model="encoder-decoder", site=site, head=1, query=2, key=1)
    editing.menu.locator("summary").click()
    expect(editing.menu.get_by_role("button", name="Look only at itself")).to_have_count(0)
    editing.do("Look evenly")
    editing.has("cross-attention, block 1 · head 1: looks evenly")
    edit = {"uniform": site, "head": 1}
    after = edited(edit, model="encoder-decoder", text="I want tea.", target="我要茶")
    bench.shows_cell(Cell(after, site, 1, 2, 1))


def test_edits_are_taken_off_one_by_one_and_all_at_once(bench: Bench, editing: Editing) -> None:
    bench.open(site=SITE, head=2, query=10, key=3)
    editing.do("Switch it off")
    editing.do("Look evenly")
    editing.has("block 1 · head 2: off", "block 1 · head 2: looks evenly")
    editing.do("Put its mean")  # in place of off
    editing.has("block 1 · head 2: looks evenly", "block 1 · head 2: its mean")
    editing.press("Take off: block 1 · head 2: looks evenly")
    editing.has("block 1 · head 2: its mean")
    editing.do("Put its mean")
    expect(editing.chips).to_have_count(0)
    editing.do("Switch it off")
    editing.do("Look evenly")
    editing.press("Clear all")
    expect(editing.chips).to_have_count(0)
    bench.shows_cell(Cell(edited(), SITE, 2, 10, 3))


def test_undo_and_redo_by_buttons_keys_and_the_browser(bench: Bench, page: Page, editing: Editing) -> None:
    bench.open(site=SITE, head=2, query=10, key=3)
    editing.do("Switch it off")
    editing.do("Look evenly")
    off, both = ["block 1 · head 2: off"], ["block 1 · head 2: off", "block 1 · head 2: looks evenly"]
    page.wait_for_url("**uniform**")
    editing.press("Undo")
    editing.has(*off)
    editing.press("Redo")
    editing.has(*both)
    page.locator("body").press("Escape")
    bench.after(lambda: page.keyboard.press("Control+z"))
    editing.has(*off)
    bench.after(lambda: page.keyboard.press("Control+z"))
    expect(editing.chips).to_have_count(0)
    bench.after(lambda: page.keyboard.press("Control+Shift+Z"))
    editing.has(*off)
    expect(editing.button("Redo")).to_be_enabled()
    page.wait_for_url("**zero**")
    bench.after(lambda: page.go_back())
    expect(editing.chips).to_have_count(0)
    bench.text.focus()
    runs = len(bench.watch.runs)
    page.keyboard.press("Control+Shift+Z")  # in a text box it is the box's own
    page.wait_for_timeout(300)
    assert len(bench.watch.runs) == runs


def test_a_link_opens_the_edited_run(bench: Bench, page: Page, editing: Editing) -> None:
    bench.open(site=SITE, head=2, query=10, key=3)
    editing.do("Switch it off")
    page.wait_for_url("**edits**")
    query, fragment = address(page)
    assert fragment["edits"] == f"zero:{SITE}:2" and "edits" not in query
    page.reload()
    bench.ready()
    editing.has("block 1 · head 2: off")
    bench.head("decoder self-attention", 2, 1).click()
    bench.shows_cell(Cell(edited(OFF), LATER, 1, 10, 3))


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("zero:decoder.blocks.9.attn", "does not have"),
        (f"zero:{SITE}:9", "numbered from 0 to 3"),
        ("swap:target:99:5", "numbered from 0 to 10"),
        ("nonsense", "cannot be read"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused_in_words(
    bench: Bench, page: Page, editing: Editing, watch: Any, word: str, says: str
) -> None:
    watch.expect("status of 422")
    page.goto(f"{bench.server}/?lang=en&site={SITE}&head=2&query=10&key=3#edits={word}")
    bench.ready()
    expect(bench.refusal).to_contain_text(says)
    expect(bench.refusal).to_contain_text("shown without")
    bench.shows_cell(Cell(edited(), SITE, 2, 10, 3))
    editing.do("Switch it off")
    editing.has("block 1 · head 2: off")
    expect(bench.refusal).to_have_text("")


def test_the_run_without_the_edits_is_shown_without_another_run(bench: Bench, page: Page, editing: Editing) -> None:
    bench.open(site=LATER, head=1, query=10, key=3, view="weights")
    bench.head("decoder self-attention", 1, 2).click()
    editing.do("Switch it off")
    bench.head("decoder self-attention", 2, 1).click()
    with_, plain = (Cell(edited(*edits), LATER, 1, 10, 3) for edits in ([OFF], []))
    bench.shows_cell(with_)
    runs = len(bench.watch.runs)

    def comes(cell: Cell) -> None:
        eventually(page, lambda: agrees(page.evaluate(READ_WORKED_CELL)["dot"], cell.dot), True)
        bench.shows_cell(cell)

    without = editing.button("Without the edits")
    without.press("Enter")
    expect(without).to_have_attribute("aria-pressed", "true")
    comes(plain)
    editing.has("block 1 · head 2: off")
    without.press("Enter")
    expect(without).to_have_attribute("aria-pressed", "false")
    comes(with_)
    box = without.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    comes(plain)
    page.wait_for_timeout(500)
    page.mouse.up()
    comes(with_)
    assert len(bench.watch.runs) == runs


def test_edits_of_heads_stay_with_another_sentence(bench: Bench, editing: Editing) -> None:
    bench.open(site=SITE, head=2)
    editing.do("Switch it off")
    bench.run("Mary likes tea. Mary likes")
    editing.has("block 1 · head 2: off")
    expect(editing.button("Undo")).to_be_disabled()
    edit = bench.watch.runs[-1]
    assert edit["text"] == "Mary likes tea. Mary likes"


def test_what_was_refused_leaves_the_figure_and_the_edits(
    bench: Bench, page: Page, editing: Editing, watch: Any
) -> None:
    bench.open(site=SITE, head=2, query=10, key=3)
    editing.do("Switch it off")
    watch.expect("503")
    page.route("**/api/trace", lambda route: route.fulfill(
        status=503, content_type="application/problem+json", body='{"detail": "Too many runs are waiting."}'))
    editing.do("Look evenly")
    expect(bench.refusal).to_have_text("Too many runs are waiting.")
    editing.has("block 1 · head 2: off")
    eventually(page, lambda: address(page)[1].get("edits"), f"zero:{SITE}:2")
    page.unroute("**/api/trace")
    editing.do("Look evenly")
    editing.has("block 1 · head 2: off", "block 1 · head 2: looks evenly")
