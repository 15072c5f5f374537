"""The workbench on a real server: a sentence in, and every head, cell and number of it on the screen."""

from __future__ import annotations

from typing import Any

import pytest
from browser.bench import ENGLISH, Bench, Cell, elided, label, trace
from browser.pictures import drawn, wrong
from playwright.sync_api import Page, Route, expect

from model import zoo
from model.examples import EXAMPLES

FIRST = "decoder.blocks.0.attn"
NAMES = {
    "encoder": "Encoder", "decoder": "Decoder", "encoder-decoder": "Encoder–decoder", "hand": "By hand",
    "hand-one": "By hand, one head",
}  # fmt: skip


def test_a_first_visit_shows_an_example_already_running(bench: Bench, page: Page) -> None:
    bench.open()
    expect(bench.text).to_have_value(ENGLISH)
    expected = trace("decoder", ENGLISH)
    bench.shows_tokens(expected.tokens["target"])
    expect(bench.heads).to_have_count(16)
    pictures = drawn(expected)
    assert wrong(page, pictures) == []
    assert wrong(page, {**pictures, next(iter(pictures)): [[0.5] * 11] * 11})  # it could fail
    labels = [elided(label(token), 12) for token in expected.tokens["target"]]
    expect(page.locator(".ytick text")).to_have_text(labels)
    expect(page.locator(".xtick text")).to_have_text(labels)


@pytest.mark.parametrize("text", ["The cat sat on the mat.", "今天天气很好，我们去公园", "😀 naïve Ünïcödé"])
def test_enter_runs_the_sentence_and_shows_the_models_tokens(bench: Bench, text: str) -> None:
    bench.open(site=FIRST, head=0)
    response = bench.run(text)
    assert response.status == 200 and response.request.post_data_json["text"] == text
    expected = trace("decoder", text)
    bench.shows_tokens(expected.tokens["target"])
    last = len(expected.tokens["target"]) - 1
    shown = bench.page.locator(".token-row .is-key sub").inner_text()
    bench.shows_cell(Cell(expected, FIRST, 0, last, int(shown)))


def test_shift_enter_is_a_new_line_and_the_button_runs(bench: Bench, page: Page) -> None:
    bench.open()
    bench.text.fill("one")
    bench.text.press("Shift+Enter")
    bench.text.press_sequentially("two")
    expect(bench.text).to_have_value("one\ntwo")
    bench.after(lambda: page.get_by_role("button", name="Run", exact=True).click())
    bench.shows_tokens(trace("decoder", "one\ntwo").tokens["target"])


def test_the_enter_that_ends_a_composition_does_not_run(bench: Bench, page: Page, watch: Any) -> None:
    bench.open()
    before = len(watch.runs)
    page.evaluate("addEventListener('keydown', (e) => { window.composing = e.isComposing; }, true)")
    bench.text.fill("")
    bench.text.focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    assert page.evaluate("window.composing") is True
    keyboard.send("Input.insertText", {"text": "你好"})
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    expect(bench.text).to_have_value("你好")
    response = bench.after(lambda: bench.text.press("Enter"))
    assert len(watch.runs) == before + 1 and response.request.post_data_json["text"] == "你好"


def test_an_earlier_run_that_comes_late_changes_nothing(bench: Bench, page: Page) -> None:
    bench.open()
    held: list[Route] = []
    page.route("**/api/trace", lambda route: held.append(route))
    for text in ("first", "second"):
        bench.text.fill(text)
        with page.expect_request("**/api/trace"):
            bench.text.press("Enter")
    page.evaluate("new Promise((done) => setTimeout(done))")  # what the end of the first run sets off has run
    expect(page.locator("main")).to_have_attribute("aria-busy", "true")
    bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])  # the old figure stays meanwhile
    bench.after(held[1].continue_)
    expected = trace("decoder", "second").tokens["target"]
    bench.shows_tokens(expected)
    held[0].abort()
    page.evaluate("new Promise((done) => setTimeout(done))")
    expect(bench.text).to_have_value("second")
    expect(bench.refusal).to_have_text("")
    bench.shows_tokens(expected)


@pytest.mark.parametrize("model", zoo.ids())
def test_every_model_can_be_chosen(bench: Bench, page: Page, model: str) -> None:
    bench.open(model={"decoder": "encoder", "hand-one": "hand"}.get(model, "decoder"))  # one stands behind the other
    response = bench.model(NAMES[model])
    text = response.request.post_data_json["text"]
    expected = trace(model, text)
    for row, side in enumerate(["target", "source"] if model == "encoder-decoder" else list(expected.tokens)):
        bench.shows_tokens(expected.tokens[side], row)
    expect(bench.heads).to_have_count(sum(site.n_heads for site in expected.sites))
    assert wrong(page, drawn(expected)) == []
    first = next(one for one in EXAMPLES if (one.model, one.lang) == (model, "en"))
    bench.shows_cell(Cell(expected, first.site, first.head, first.query, first.key))


def test_a_sentence_of_ones_own_stays_when_the_model_changes(bench: Bench) -> None:
    bench.open()
    bench.run("my own words")
    bench.model("Encoder")
    expect(bench.text).to_have_value("my own words")
    bench.shows_tokens(trace("encoder", "my own words").tokens["source"])


def test_an_encoder_decoder_takes_a_target_or_writes_one(bench: Bench) -> None:
    bench.open("I want tea.", model="encoder-decoder")
    bench.shows_tokens(trace("encoder-decoder", "I want tea.").tokens["target"])
    bench.target.fill("我要茶")
    bench.after(lambda: bench.target.press("Enter"))
    expected = trace("encoder-decoder", "I want tea.", target="我要茶")
    bench.shows_tokens(expected.tokens["target"])
    bench.shows_tokens(expected.tokens["source"], 1)
    assert "".join(token.text for token in expected.tokens["target"][1:]) == "我要茶"
