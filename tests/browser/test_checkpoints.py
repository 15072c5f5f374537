"""The birth of a head: the same sentence with the weights of every checkpoint of a training."""

from __future__ import annotations

from typing import Any

import pytest
from browser.address import address
from browser.bench import ENGLISH, Bench, Cell
from browser.training import HEAD, LAST, SITE, STEPS, Training, births, highest, pattern, written
from playwright.sync_api import Page, expect

from model import zoo


def test_every_checkpoint_shows_the_numbers_of_its_own_weights(training: Training, bench: Bench, page: Page) -> None:
    training.open()
    training.shows(LAST)
    seen, predicted = set(), set()
    for step in (STEPS[0], STEPS[len(STEPS) // 2], STEPS[-2], LAST):
        training.choose(step)
        due = written(pattern(bench.server, step))
        expect(bench.numbers).to_have_text(due)
        seen.add(tuple(due))
        expected = zoo.load("decoder").trace(ENGLISH, checkpoint=step)
        bench.shows_cell(Cell(expected, SITE, HEAD, 8, 3))  # the head and the cell stay
        likeliest = zoo.load("decoder").predictions(expected)[8]
        shown = [due["text"].replace(" ", "␣").replace("<", "⟨").replace(">", "⟩") for due in likeliest]
        expect(page.locator(".predictions li bdi")).to_have_text(shown)
        predicted.add(tuple(shown))
        expect(page.locator(".predictions")).to_contain_text("" if step == LAST else f"weights of step {step:,}")
    assert len(seen) == len(predicted) == 4
    expect(page.locator(".warning")).to_have_count(0)


def test_the_slider_is_moved_with_the_keyboard_and_says_where_it_is(training: Training, bench: Bench) -> None:
    training.open()
    told = births(bench.server)
    moments = {moment["step"]: moment for moment in told["moments"]}
    site, head = highest(told)
    expect(training.slider).to_have_accessible_name("Checkpoint of the training")
    for key, step in {"Home": STEPS[0], "ArrowRight": STEPS[1], "ArrowUp": STEPS[2], "ArrowLeft": STEPS[1]}.items():
        training.slider.press(key)
        training.shows(step)
        moment = moments[step]
        says = f"step {step:,}, {moment['tokens']:,} tokens read, score {moment['scores'][site][head]:.2f}"
        expect(training.slider).to_have_attribute("aria-valuetext", says)
        expect(training.reading).to_contain_text(f"step {step:,} of {LAST:,}")
    training.slider.press("End")
    training.shows(LAST)


def test_buttons_lead_to_the_neighbouring_checkpoints(training: Training) -> None:
    training.open()
    expect(training.button("Later checkpoint")).to_be_disabled()
    training.button("Earlier checkpoint").click()
    training.shows(STEPS[-2])
    training.choose(STEPS[0])
    expect(training.button("Earlier checkpoint")).to_be_disabled()
    training.button("Later checkpoint").click()
    training.shows(STEPS[1])


def test_a_place_on_the_curve_leads_to_the_nearest_checkpoint(training: Training, page: Page) -> None:
    training.open()
    box = training.curve.bounding_box()
    assert box
    page.mouse.click(box["x"] + 2, box["y"] + box["height"] / 2)
    training.shows(STEPS[0])
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    training.shows(LAST)


def test_the_checkpoint_is_in_the_address_and_a_reload_restores_it(
    training: Training, bench: Bench, page: Page
) -> None:
    training.open()
    training.choose(STEPS[1])
    page.wait_for_url(f"**checkpoint={STEPS[1]}&**")
    due = written(pattern(bench.server, STEPS[1]))
    expect(bench.numbers).to_have_text(due)
    page.reload()
    bench.ready()
    training.shows(STEPS[1])
    expect(bench.numbers).to_have_text(due)
    assert address(page)[0]["checkpoint"] == str(STEPS[1])
    training.choose(LAST)
    page.wait_for_function("() => !location.search.includes('checkpoint')")


def test_back_returns_to_the_checkpoint_before(training: Training, page: Page) -> None:
    training.open()
    training.button("Earlier checkpoint").click()
    training.shows(STEPS[-2])
    training.button("Earlier checkpoint").click()
    training.shows(STEPS[-3])
    page.go_back()
    training.shows(STEPS[-2])
    page.go_back()
    training.shows(LAST)
    page.go_forward()
    training.shows(STEPS[-2])


def test_a_drag_is_one_step_back(training: Training, page: Page) -> None:
    training.open()
    box = training.slider.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 6, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 2, y, steps=20)
    page.mouse.up()
    training.shows(STEPS[0])
    page.go_back()
    training.shows(LAST)


def test_the_last_step_in_an_address_is_the_finished_model(training: Training, page: Page) -> None:
    training.open(checkpoint=LAST)
    training.shows(LAST)
    page.wait_for_function("() => !location.search.includes('checkpoint')")


@pytest.mark.parametrize("model", ["decoder", "encoder"])
def test_a_checkpoint_that_there_is_not_opens_the_finished_model_and_says_so(
    training: Training, bench: Bench, page: Page, model: str
) -> None:
    bench.open(ENGLISH, model=model, checkpoint=7)
    expect(bench.refusal).to_have_text("This model has no checkpoint at step 7: the finished model is shown.")
    expect(page.locator(".warning")).to_have_count(0)
    bench.run("and it goes on")
    expect(bench.refusal).to_have_text("")


def test_an_encoder_decoder_reads_the_same_target_at_every_checkpoint(bench: Bench, page: Page, watch: Any) -> None:
    steps = zoo.load("encoder-decoder").checkpoints
    if len(steps) < 2:
        pytest.skip("the shipped encoder-decoder has no checkpoints")
    text = "I want to drink a cup of tea."
    page.set_viewport_size({"width": 1440, "height": 1000})
    bench.open(text, model="encoder-decoder", checkpoint=steps[0])
    first, second = watch.runs[:2]
    assert "checkpoint" not in first and "target" not in first
    tokens = zoo.load("encoder-decoder").trace(text).tokens["target"]
    assert second["checkpoint"] == steps[0] and second["target"] == "".join(token.text for token in tokens)
    bench.shows_tokens(tokens)
    expect(page.locator(".training")).to_contain_text("All checkpoints read the target that the finished model wrote.")
    expect(bench.target).to_have_value("")
    page.locator(".training").get_by_role("slider").press("End")
    expect(page.locator(".warning")).to_have_count(0)
    bench.shows_tokens(tokens)
