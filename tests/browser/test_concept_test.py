"""The test of ten ideas: answered from the keyboard, before the lessons and after, and kept in this browser alone."""

from __future__ import annotations

import json

from browser.watch import Watch
from lessons.ideas import items, options
from playwright.sync_api import Page, expect

RIGHT = [["data-right" in one.attributes for one in options(item)].index(True) for item in items("en")]


def test_before_and_after(page: Page, server: str, watch: Watch) -> None:
    address = f"{server}/lessons/concept-test?lang=en"
    page.goto(address)
    page.evaluate("localStorage.removeItem('headlight:concept-test')")
    page.reload()
    press = page.keyboard.press
    ideas = page.locator("concept-test .items > li")
    expect(ideas).to_have_count(10)

    # all from the keyboard: the right one of the first eight, another one of the ninth, nothing of the tenth
    page.locator(".which-round input").first.focus()
    for right in [*RIGHT[:8], (RIGHT[8] + 1) % 3]:
        press("Tab")
        press("Space")
        for _ in range(right):
            press("ArrowDown")
    expect(page.locator(".finish")).to_contain_text("Still open: 10")
    press("Tab")
    press("Tab")
    press("Enter")
    title = page.locator(".test-result-title")
    expect(title).to_be_focused()
    rows = page.locator(".test-result tbody tr")
    expect(rows.locator("td.right")).to_have_count(8)
    expect(rows.nth(8)).to_contain_text("another idea")
    expect(rows.nth(9)).to_contain_text("left open")
    missed = rows.locator("a", has_text="Go to lesson")
    assert missed.evaluate_all("all => all.map(one => one.getAttribute('href'))") == [
        "/lessons/05-many-heads?lang=en", "/lessons/09-generation?lang=en",
    ]  # fmt: skip
    expect(ideas.first).to_be_hidden()  # no answers yet
    for word in ("score", "points", "%"):
        assert word not in page.locator(".test-outcome").inner_text().lower()

    # it is still there the next time; the second round comes beside it, with the answers
    page.reload()
    expect(rows).to_have_count(10)
    page.get_by_role("button", name="Answer after the lessons").click()
    for i, right in enumerate(RIGHT):
        ideas.nth(i).locator("input").nth(right).check()
    expect(page.locator(".finish")).to_contain_text("All ten are answered.")
    page.get_by_role("button", name="Finish").click()
    expect(rows.nth(8)).to_contain_text("another idea")
    expect(page.locator(".test-result")).to_contain_text("All ten are as the model does it.")
    expect(ideas.first.locator(".model-answer")).to_contain_text("0.5849")
    kept = json.loads(page.evaluate("localStorage.getItem('headlight:concept-test')"))
    assert kept["after"] == {"chosen": {f"M{i + 1}": right for i, right in enumerate(RIGHT)}, "finished": True}
    assert not [request for request in watch.requests if request.method == "POST" and "M1" in (request.post_data or "")]

    page.get_by_role("button", name="Forget all answers").click()
    expect(ideas.locator("input:checked")).to_have_count(0)
    assert '"finished":true' not in page.evaluate("localStorage.getItem('headlight:concept-test')")


def test_without_a_script_it_is_a_list_with_its_answers_folded(page: Page, server: str, watch: Watch) -> None:
    context = page.context.browser.new_context(java_script_enabled=False)
    own = context.new_page()
    own.goto(f"{server}/lessons/concept-test?lang=zh")
    answers = own.locator("concept-test details.answer")
    expect(answers).to_have_count(10)
    expect(answers.first.locator("p")).to_be_hidden()
    answers.first.locator("summary").click()
    expect(answers.first).to_contain_text("0.5849")
    expect(own.locator("concept-test ol.options > li")).to_have_count(30)
    context.close()
