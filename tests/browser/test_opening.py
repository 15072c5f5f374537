"""A file that is opened while something else goes on: it is shown, or its sentence is, whatever comes first."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from browser.bench import ENGLISH, Bench, trace
from browser.training import Training
from playwright.sync_api import Page, Route, expect

TOKENS = ["one", "two", "three"]
BAD = "“attentions” has the shape [3]; needed are four axes, [layer, head, query, key], of one sentence."
SLOWLY = """() => {
  const own = Blob.prototype.arrayBuffer;
  Blob.prototype.arrayBuffer = async function () {
    await new Promise((done) => { window.readOn = done; });
    return own.call(this);
  };
}"""


def saved(weights: np.ndarray) -> dict[str, Any]:
    buffer = io.BytesIO()
    np.savez(buffer, attentions=weights, tokens=np.array(TOKENS))
    return {"name": "mine.npz", "mimeType": "", "buffer": buffer.getvalue()}


GOOD, DAMAGED = saved(np.full((2, 5, 3, 3), 1 / 3)), saved(np.ones(3))


class Opening:
    """Opens a file, which is read when one says so."""

    def __init__(self, bench: Bench, page: Page):
        self.bench, self.page = bench, page
        self.name = page.locator(".opened-file .file")

    def choose(self, file: dict[str, Any]) -> None:
        self.page.locator("input[type=file]").set_input_files(file)

    def choose_slowly(self, file: dict[str, Any]) -> None:
        self.page.evaluate(SLOWLY)
        self.choose(file)
        self.page.wait_for_function("() => Boolean(window.readOn)")
        expect(self.page.get_by_role("button", name="Reading…")).to_be_visible()
        expect(self.page.locator("main")).to_have_attribute("aria-busy", "true")

    def read_on(self) -> None:
        self.page.evaluate("readOn()")

    def is_shown(self) -> None:
        """The file, and it stays."""
        expect(self.name).to_have_text("mine.npz")
        expect(self.page.locator("main")).to_have_attribute("aria-busy", "false")
        self.page.wait_for_timeout(300)
        expect(self.name).to_have_text("mine.npz")
        assert self.bench.tokens().all_inner_texts() == TOKENS
        expect(self.bench.heads).to_have_count(10)
        expect(self.bench.refusal).to_have_text("")


@pytest.fixture
def opening(bench: Bench, page: Page) -> Opening:
    return Opening(bench, page)


@pytest.fixture
def held(page: Page) -> Callable[[str], list[Route]]:
    """held(address): the requests there, none of which is answered before one says so."""

    def hold(address: str) -> list[Route]:
        routes: list[Route] = []
        page.route(address, lambda route: routes.append(route))
        return routes

    return hold


def test_a_mask_that_is_chosen_while_a_file_is_read_leaves_it_the_last_word(opening: Opening, bench: Bench) -> None:
    bench.open(ENGLISH)
    opening.choose_slowly(GOOD)
    with bench.page.expect_response("**/api/trace"):
        bench.mask.select_option("bidirectional")
    expect(bench.page.locator(".warning")).to_contain_text("learned with another mask")
    opening.read_on()
    opening.is_shown()
    bench.after(lambda: bench.page.get_by_role("button", name="Close the file").click())
    assert bench.watch.runs[-1]["mask"] == "bidirectional"


def test_a_run_that_takes_longer_than_the_file_does_not_replace_it(opening: Opening, bench: Bench, held: Any) -> None:
    bench.open(ENGLISH)
    opening.choose_slowly(GOOD)
    runs = held("**/api/trace")
    with bench.page.expect_request("**/api/trace"):
        bench.mask.select_option("bidirectional")
    opening.read_on()
    opening.is_shown()
    assert len(runs) == 1


def test_so_does_a_checkpoint(opening: Opening, training: Training, bench: Bench) -> None:
    training.open()
    opening.choose_slowly(GOOD)
    with bench.page.expect_response("**/api/trace"):
        training.slider.press("Home")
    opening.read_on()
    opening.is_shown()
    bench.after(lambda: bench.page.get_by_role("button", name="Close the file").click())
    bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])


def test_a_file_opened_during_a_long_run_is_shown(opening: Opening, bench: Bench, held: Any) -> None:
    bench.open(ENGLISH)
    runs = held("**/api/trace")
    bench.text.fill("A girl went to her ball.")
    with bench.page.expect_request("**/api/trace"):
        bench.text.press("Enter")
    opening.choose(GOOD)
    opening.is_shown()
    assert len(runs) == 1


def test_a_bad_file_opened_during_a_long_run_gets_its_sentence_and_the_run_goes_on(
    opening: Opening, bench: Bench, held: Any
) -> None:
    text = "A girl went to her ball."
    bench.open(ENGLISH)
    runs = held("**/api/trace")
    bench.text.fill(text)
    with bench.page.expect_request("**/api/trace"):
        bench.text.press("Enter")
    opening.choose(DAMAGED)
    expect(bench.refusal).to_have_text(BAD)
    runs[0].continue_()
    bench.shows_tokens(trace("decoder", text).tokens["target"])
    expect(bench.refusal).to_have_text(BAD)
    bench.page.unroute("**/api/trace")
    bench.run(ENGLISH)
    expect(bench.refusal).to_have_text("")


@pytest.mark.parametrize("slowly", [False, True])
def test_a_file_opened_before_the_models_are_here_is_shown(
    opening: Opening, bench: Bench, held: Any, slowly: bool
) -> None:
    models = held("**/api/models")
    bench.go()
    expect(bench.page.get_by_role("button", name="Open a file…")).to_be_visible()
    (opening.choose_slowly if slowly else opening.choose)(GOOD)
    if not slowly:
        expect(opening.name).to_have_text("mine.npz")
    models[0].continue_()
    expect(bench.text).to_have_value(ENGLISH)
    if slowly:
        bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])
        opening.read_on()
    opening.is_shown()
    bench.after(lambda: bench.page.get_by_role("button", name="Close the file").click())
    bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])


def test_a_bad_file_opened_before_the_models_are_here_gets_its_sentence(
    opening: Opening, bench: Bench, held: Any
) -> None:
    models = held("**/api/models")
    bench.go()
    expect(bench.page.get_by_role("button", name="Open a file…")).to_be_visible()
    opening.choose(DAMAGED)
    expect(bench.refusal).to_have_text(BAD)
    models[0].continue_()
    bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])
    expect(bench.refusal).to_have_text(BAD)


def test_of_two_files_the_later_is_shown(opening: Opening, bench: Bench, page: Page) -> None:
    bench.open(ENGLISH)
    opening.choose_slowly({**GOOD, "name": "first.npz"})
    page.evaluate("() => { window.first = window.readOn; window.readOn = null; }")
    opening.choose(GOOD)
    page.wait_for_function("() => Boolean(window.readOn)")
    opening.read_on()
    expect(opening.name).to_have_text("mine.npz")
    page.evaluate("first()")
    opening.is_shown()
