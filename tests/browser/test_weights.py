"""Weights that are edited: in the workbench and in a lesson, everything after them is computed again."""

from __future__ import annotations

from browser.address import address
from browser.bench import Bench
from playwright.sync_api import Locator, Page, expect

from model import zoo

W_Q, SITE = "decoder.blocks.0.attn.W_q", "decoder.blocks.0.attn"


def cell(grid: Locator, row: int, column: int) -> Locator:
    return grid.locator(f'[data-at="{row}.{column}"]')


def test_an_entry_is_typed_moved_by_one_undone_and_put_back(bench: Bench, page: Page) -> None:
    bench.open("I love eating fish", model="hand", query=2)
    page.get_by_role("button", name="Edit", exact=True).click()
    grid = page.get_by_role("grid", name="W_Q,")
    verb = cell(grid, 1, 0)
    verb.click()
    page.keyboard.type("30")
    bench.after(lambda: page.keyboard.press("Enter"))
    expect(verb).to_have_text("30")
    expect(verb).to_contain_class("is-changed")
    expect(cell(grid, 2, 0)).to_be_focused()  # Enter goes on below
    expect(page.locator(".chip")).to_have_text("W_Q [1, 0]: 30×")
    assert address(page)[1]["edits"] == f"weight:{W_Q}:1.0:30"
    edited = zoo.load("hand").trace("I love eating fish", edits=[{"weight": W_Q, "row": 1, "column": 0, "value": 30}])
    likeliest = max(zoo.load("hand").predictions(edited)[2], key=lambda one: one["probability"])["text"]
    expect(page.locator(".both-predictions tbody th").first).to_have_text(likeliest)
    page.keyboard.press("ArrowUp")
    bench.after(lambda: page.keyboard.press("Alt+ArrowDown"))
    expect(verb).to_have_text("29")
    page.keyboard.press("ArrowRight")
    expect(cell(grid, 1, 1)).to_be_focused()
    page.keyboard.type("x")  # no number
    expect(cell(grid, 1, 1)).to_have_text("1")
    page.keyboard.type("-5")
    page.keyboard.press("Escape")
    expect(cell(grid, 1, 1)).to_have_text("1")
    bench.after(lambda: page.keyboard.press("Control+z"))
    expect(verb).to_have_text("30")
    page.locator(".entry input").fill("−2")
    bench.after(lambda: page.locator(".entry input").press("Enter"))
    expect(page.locator(".entry-bar .changes")).to_have_text("2 entries are changed.")
    expect(cell(grid, 1, 1)).to_have_text("−2")
    bench.after(lambda: page.get_by_role("button", name="Put all back").click())
    expect(grid.locator(".is-changed")).to_have_count(0)
    expect(page.locator(".chip")).to_have_count(0)
    assert "edits" not in address(page)[1]


def test_a_lens_tells_its_products_and_an_edit_moves_the_lesson(page: Page, server: str) -> None:
    page.goto(f"{server}/lessons/03-queries-keys-values?lang=zh")
    figure = page.locator("live-figure[view=lenses]")
    figure.scroll_into_view_if_needed()
    x, w_q, q = (figure.get_by_role("grid", name=name) for name in ("X：", "W_Q。", "Q："))
    expect(figure.locator(".lens-terms tfoot")).to_have_text("合计2")  # what the lesson begins with: Q [吃, 0]
    expect(x.locator(".lit")).to_have_text(["0", "2", "0", "−1"])
    expect(w_q.locator(".lit")).to_have_text(["0", "1", "0", "0"])
    cell(q, 2, 0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    terms = figure.locator(".lens-terms tbody tr")
    assert [row.split() for row in terms.all_inner_texts()][3] == ["余弦", "−1", "×", "2", "=", "−2"]
    query = page.locator('#numbers live-vector[of="decoder.blocks.0.attn.q"]').first
    expect(query).to_have_text("[2 2 0 −2]")
    cell(w_q, 1, 0).click()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(query).to_have_text("[6 2 0 −2]")
    expect(q.locator(".moved")).to_have_text(["3", "6"])
    expect(figure.get_by_role("grid", name="K：").locator(".moved")).to_have_count(0)
    figure.get_by_role("button", name="全部改回去").click()
    expect(query).to_have_text("[2 2 0 −2]")
    expect(query).not_to_contain_class("changed-value")
