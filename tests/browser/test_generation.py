"""Lesson 9: its figures show what the models do, and follow what is done with them."""

from __future__ import annotations

import re

from browser.waiting import eventually
from browser.watch import Watch
from playwright.sync_api import Page, expect

from model import facts, zoo


def test_the_figures_of_lesson_9(page: Page, server: str, watch: Watch) -> None:
    page.goto(f"{server}/lessons/09-generation?lang=en")
    figures = page.locator("live-figure")

    # the next-token loop, until the full stop; each step is a run
    following = figures.nth(0)
    following.scroll_into_view_if_needed()
    read = following.locator(".read-so-far .token")
    for words in (["I", "love", "eating"], ["I", "love", "eating", "fish"], ["I", "love", "eating", "fish", "."]):
        eventually(page, read.all_inner_texts, words)
        following.get_by_role("button", name="Write the likeliest").click()
    asked = [run.get("written") for run in watch.runs]
    assert [3] in asked and [3, 5] in asked
    for _ in range(3):
        following.get_by_role("button", name="Take back").click()
    eventually(page, read.all_inner_texts, ["I", "love", "eating"])

    # a temperature on the same logits, from the keyboard
    slider = following.get_by_role("slider")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(following.locator("output")).to_have_text("T = 0.5")
    rows = following.locator("tbody tr")
    shares = [text.replace("\N{NO-BREAK SPACE}", " ") for text in rows.locator("td.share span").all_inner_texts()[:3]]
    hand = {"model": "hand", "text": "I love eating", "temperature": "0.5"}
    assert shares == [f"{100 * facts.value('next_probability', word=word, **hand):.1f} %" for word in "342"]
    expect(following.locator(".told")).to_contain_text("7.389 times as likely")

    # the drawer: as many dot products as are counted, and what was measured
    drawer = figures.nth(1)
    drawer.scroll_into_view_if_needed()
    for _ in range(3):
        drawer.get_by_role("button", name="Next token").click()
    kept, anew = drawer.locator(".drawer").all()
    expect(kept.locator(".count")).to_contain_text("4 now, 10 so far")
    expect(anew.locator(".count")).to_contain_text("16 now, 30 so far")
    assert (kept.locator("tr.kept").count(), anew.locator("tr.made").count()) == (3, 4)
    expect(drawer.locator(".checked")).to_contain_text("differ by at most 0,")

    # one more word: no row moves, or all do
    new = figures.nth(2)
    new.scroll_into_view_if_needed()
    expect(new.locator(".pane").first.locator("tr.same")).to_have_count(3)
    expect(new.locator(".pane").last.locator("tr.changed")).to_have_count(3)
    new.get_by_role("button", name="rice").click()
    expect(new.locator(".pane").first.locator("tr.new th")).to_have_text("rice")
    expect(new.locator(".pane").first.locator("tr.same")).to_have_count(3)

    # a story: what stands before the question decides, and every token that is written is one more pass
    story = figures.nth(3)
    story.scroll_into_view_if_needed()
    likeliest = story.locator("tbody tr").first.locator("th")
    model = zoo.load("decoder")
    for words, said in (("a true sentence", "kitchen"), ("a false sentence", "garden")):
        story.get_by_text(words, exact=True).click()
        expect(likeliest).to_contain_text(said)
        text = " ".join(story.locator(".prompt").inner_text().split())
        assert model.tokenizer.piece(int(model.trace(text)["logits"][-1].argmax())).strip() == said
    for passes in ("= 8", "= 12"):
        story.get_by_role("button", name="Write the likeliest").click()
        expect(story.locator(".passes")).to_have_text(re.compile(f"{passes}$"))
    expect(story.locator(".ladder .column")).to_have_count(3)
