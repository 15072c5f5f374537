"""The checkpoints of a training, played one after the other."""

from __future__ import annotations

from typing import Any

from browser.address import address
from browser.bench import Bench
from browser.training import LAST, STEPS, Training
from browser.waiting import eventually, recorded
from playwright.sync_api import Page, expect

from model import zoo


def test_play_shows_every_checkpoint_from_the_first_to_the_last(training: Training, page: Page) -> None:
    training.open()
    seen = recorded(page, ".head-figure .about-figure > .note")
    training.button("Play").click()
    expect(training.button("Pause")).to_be_visible()
    expect(training.button("Play")).to_be_visible(timeout=60_000)
    training.shows(LAST)
    earlier = [f"Weights of step {step:,} of {LAST:,}, not the finished model." for step in STEPS[:-1]]
    assert seen() == ["", *earlier, ""]
    page.go_back()  # what was there before the play
    training.shows(LAST)


def test_a_play_can_be_halted_and_goes_on_from_there(training: Training, page: Page) -> None:
    training.open()
    training.choose(STEPS[0])
    seen = recorded(page, ".head-figure .about-figure > .note")
    training.button("Play").click()
    eventually(page, lambda: len(seen()) > 2, True)
    training.button("Pause").click()
    expect(page.locator("main")).to_have_attribute("aria-busy", "false")  # what was on its way is shown
    halted = seen()
    page.wait_for_timeout(1500)  # more than a checkpoint stays
    assert seen() == halted
    training.button("Play").click()
    eventually(page, lambda: len(seen()) > len(halted), True)
    assert seen()[1:4] == [
        f"Weights of step {step:,} of {LAST:,}, not the finished model." for step in STEPS[1:4]
    ]


def test_another_sentence_ends_the_play_and_is_shown_at_the_same_checkpoint(
    training: Training, bench: Bench, page: Page, watch: Any
) -> None:
    training.open()
    training.button("Play").click()
    expect(training.weights).to_contain_text("not the finished model")
    bench.text.fill("another one")
    bench.text.press("Enter")
    bench.shows_tokens(zoo.load("decoder").tokens("another one")["target"])
    expect(training.button("Play")).to_be_visible()
    texts = [run["text"] for run in watch.runs]
    at = watch.runs[texts.index("another one")]["checkpoint"]
    training.shows(at)
    page.wait_for_timeout(1500)
    training.shows(at)
    assert address(page)[0]["checkpoint"] == str(at)
    assert {run["text"] for run in watch.runs[texts.index("another one") :]} == {"another one"}


def test_the_other_checkpoints_are_fetched_once_and_ahead(training: Training, page: Page, watch: Any) -> None:
    training.open()
    assert [run.get("checkpoint") for run in watch.runs] == [None]
    training.button("Earlier checkpoint").click()
    training.shows(STEPS[-2])
    eventually(page, lambda: len(watch.runs), len(STEPS))
    for step in STEPS:
        training.choose(step)
    assert sorted(run.get("checkpoint", LAST) for run in watch.runs) == STEPS


def test_colours_fade_between_checkpoints_and_the_page_says_so(training: Training, page: Page) -> None:
    faded = "document.querySelector('.former') && getComputedStyle(document.querySelector('.former')).animationName"
    training.open()
    expect(training.panel.get_by_text("Colours fade between checkpoints")).to_be_visible()
    assert page.evaluate(faded) is None
    training.button("Earlier checkpoint").click()
    page.wait_for_function(f"() => ({faded}) === 'fade'")
    page.emulate_media(reduced_motion="reduce")
    expect(training.panel.get_by_text("Colours fade between checkpoints")).to_be_hidden()
    training.button("Earlier checkpoint").click()
    training.shows(STEPS[-3])
    assert page.evaluate(faded) == "none"
    assert page.evaluate("getComputedStyle(document.querySelector('.former')).opacity") == "0"
