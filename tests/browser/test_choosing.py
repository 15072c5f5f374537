"""A head, a cell and a token are chosen by pointer and keyboard."""

from __future__ import annotations

from browser.bench import ENGLISH, Bench, Cell, trace
from playwright.sync_api import Page, expect

FIRST = "decoder.blocks.0.attn"


def test_a_head_is_chosen_by_a_click(bench: Bench) -> None:
    bench.open(query=9, key=3)
    bench.head("decoder self-attention", 2, 1).click()
    expect(bench.heading).to_contain_text("block 2 · head 1")
    expect(bench.chosen_head).to_have_count(1)
    bench.shows_cell(Cell(trace("decoder", ENGLISH), "decoder.blocks.2.attn", 1, 9, 3))


def test_arrow_keys_walk_the_heads_and_the_focus_goes_along(bench: Bench, page: Page) -> None:
    bench.open(head=1)
    bench.chosen_head.focus()
    steps = {
        "ArrowRight": "block 0 · head 2", "ArrowDown": "block 1 · head 2", "ArrowLeft": "block 1 · head 1",
        "End": "block 1 · head 3", "Home": "block 1 · head 0", "ArrowUp": "block 0 · head 0",
    }
    for key, name in steps.items():
        page.keyboard.press(key)
        expect(bench.heading).to_contain_text(name)
        expect(bench.chosen_head).to_have_accessible_name(f"decoder self-attention, {name}")
        expect(bench.chosen_head).to_be_focused()
        expect(page.locator(".head-grid [tabindex='0']")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    expect(bench.heading).to_contain_text("block 0 · head 0")


def test_the_pointer_shows_a_cell_and_a_click_keeps_it(bench: Bench, page: Page) -> None:
    expected = trace("decoder", ENGLISH)
    bench.open(head=2, query=8, key=8)
    bench.matrix.hover(position=bench.place(6, 2))
    bench.shows_cell(Cell(expected, FIRST, 2, 6, 2))
    page.mouse.move(5, 5)
    bench.shows_cell(Cell(expected, FIRST, 2, 8, 8))
    bench.matrix.click(position=bench.place(7, 0))
    page.mouse.move(5, 5)
    bench.shows_cell(Cell(expected, FIRST, 2, 7, 0))
    bench.page.locator(".tokens button").nth(3).click()
    bench.at(3, 0)


def test_the_pointer_may_rest_on_a_cell_that_the_next_attention_lacks(bench: Bench, page: Page) -> None:
    text, target = "Tom likes music. Mary likes music. Tom likes music.", "我"
    expected = trace("encoder-decoder", text, target)
    bench.open(text, target, model="encoder-decoder", site="encoder.blocks.3.attn", head=0, query=3, key=3)
    n = len(expected.tokens["source"])
    assert n > len(expected.tokens["target"])
    bench.matrix.hover(position=bench.place(n - 1, n - 1))
    bench.at(n - 1, n - 1)
    bench.chosen_head.focus()
    page.keyboard.press("ArrowDown")
    expect(bench.chosen_head).to_have_accessible_name("decoder self-attention, block 0 · head 0")
    expect(bench.worked).to_be_visible()
    expect(page.locator(".token-row .is-query")).to_have_count(1)


def test_arrow_keys_walk_the_cells(bench: Bench, page: Page) -> None:
    expected = trace("decoder", ENGLISH)
    bench.open(query=4, key=2)
    bench.matrix.focus()
    steps = {
        "ArrowDown": (5, 2), "ArrowLeft": (5, 1), "ArrowUp": (4, 1), "ArrowRight": (4, 2), "Home": (4, 0),
        "Control+End": (10, 10), "Control+Home": (0, 0),
    }
    for key, (query, at) in steps.items():
        page.keyboard.press(key)
        bench.shows_cell(Cell(expected, FIRST, 0, query, at))
    page.keyboard.press("ArrowUp")
    bench.at(0, 0)


def test_arrow_keys_walk_the_tokens(bench: Bench, page: Page) -> None:
    bench.open(query=4, key=2)
    tokens = page.locator(".tokens button")
    tokens.nth(4).focus()
    for key, query in {"ArrowLeft": 3, "ArrowRight": 4, "End": 10, "Home": 0}.items():
        page.keyboard.press(key)
        bench.at(query, 2)
        expect(tokens.nth(query)).to_be_focused()
        expect(tokens.nth(query)).to_have_attribute("tabindex", "0")
    page.keyboard.press("ArrowLeft")
    bench.at(0, 2)
