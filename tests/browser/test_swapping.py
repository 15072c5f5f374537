"""Another token in place of one of the sentence's."""

from __future__ import annotations

import pytest
from browser.bench import ENGLISH, Bench, Cell
from browser.editing import Editing
from browser.test_editing import edited, shares, tells
from playwright.sync_api import Page, expect

from model import zoo

SITE = "decoder.blocks.1.attn"


@pytest.fixture
def editing(bench: Bench) -> Editing:
    return Editing(bench)


def test_a_token_is_swapped_for_one_of_the_vocabulary(bench: Bench, page: Page, editing: Editing) -> None:
    bench.open(site=SITE, head=2, query=7, key=3)
    editing.swap.locator("summary").click()
    box = editing.swap.locator("input")
    expect(box).to_be_enabled()
    typed = len(bench.watch.requests)
    box.press_sequentially("tea")
    found = editing.swap.get_by_role("status").get_by_role("button")
    expect(found.filter(has_text="␣tea").first).to_be_visible()
    assert [request.url for request in bench.watch.requests[typed:]] == []  # what is typed stays here
    bench.after(lambda: found.get_by_text("␣tea", exact=True).click())
    tea = zoo.load("decoder").tokenizer.id(" tea")
    edit = {"swap": 7, "side": "target", "token": tea}
    assert editing.asked() == [edit]
    editing.has("token 7: ␣music → ␣tea")
    after = edited(edit)
    bench.shows_tokens(after.tokens["target"])
    bench.shows_cell(Cell(after, SITE, 2, 7, 3))
    expect(bench.text).to_have_value(ENGLISH)
    editing.swap.locator("summary").click()
    bench.after(lambda: editing.swap.get_by_role("button", name="put back").click())
    expect(editing.chips).to_have_count(0)
    bench.shows_tokens(edited().tokens["target"])


def test_the_models_own_candidates_stand_first(bench: Bench, editing: Editing) -> None:
    bench.open(site=SITE, head=2, query=7, key=3)
    editing.swap.locator("summary").click()
    first = editing.swap.locator(".choices-of-tokens").nth(1).get_by_role("button").first
    token, share = first.locator("bdi").inner_text(), first.locator("small").inner_text()
    expected = {text: p for text, p in shares(edited(), 6).items() if text != " music"}
    assert tells(share, expected[token.replace("␣", " ")])
    assert token.replace("␣", " ") == next(iter(expected))


def test_a_word_is_hidden_from_an_encoder(bench: Bench, editing: Editing) -> None:
    bench.open("Tom lost his key.", model="encoder", query=2)
    editing.swap.locator("summary").click()
    bench.after(lambda: editing.swap.get_by_role("button", name="hide this word").click())
    mask = zoo.load("encoder").tokenizer.id("<mask>")
    assert editing.asked() == [{"swap": 2, "side": "source", "token": mask}]
    after = edited({"swap": 2, "side": "source", "token": mask}, model="encoder", text="Tom lost his key.")
    bench.shows_tokens(after.tokens["source"])
    expect(editing.told).to_contain_text("At ⟨mask⟩:")


def test_special_tokens_stay(bench: Bench, editing: Editing) -> None:
    bench.open(site=SITE, head=2, query=0, key=0)
    editing.swap.locator("summary").click()
    expect(editing.swap).to_contain_text("Special tokens stay where they are.")
    expect(editing.swap.locator("input")).to_have_count(0)


def test_a_source_token_of_a_translation_is_swapped(bench: Bench, page: Page) -> None:
    site = "decoder.blocks.2.cross_attn"
    bench.open("I want tea.", "我要茶", model="encoder-decoder", site=site, head=1, query=2, key=2)
    swap = page.locator(".swap-menu").nth(1)
    swap.locator("summary").click()
    swap.locator("input").fill("water")
    bench.after(lambda: swap.get_by_role("status").get_by_text("␣water", exact=True).click())
    water = zoo.load("encoder-decoder").tokenizer.id(" water")
    edit = {"swap": 2, "side": "source", "token": water}
    bench.shows_cell(Cell(edited(edit, model="encoder-decoder", text="I want tea.", target="我要茶"), site, 1, 2, 2))


def test_another_sentence_has_none_of_the_swaps(bench: Bench, editing: Editing, page: Page) -> None:
    page.goto(f"{bench.server}/?lang=en#text=Tom+likes&edits=swap:target:1:900;zero:{SITE}:2")
    bench.ready()
    expect(editing.chips).to_have_count(2)
    bench.run("Mary likes")
    editing.has("block 1 · head 2: off")


def test_the_menu_stands_whole_on_a_phone(bench: Bench, page: Page, editing: Editing) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    bench.open(site=SITE, head=2, query=7, key=3)
    editing.swap.locator("summary").click()
    box = editing.swap.locator(".panel").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["width"] > 300
