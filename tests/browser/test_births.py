"""The birth of a head: the same sentence with the weights of every checkpoint of a training."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from browser.bench import Bench, Cell
from playwright.sync_api import Locator, Page, expect

from model import zoo

ENGLISH = "Tom likes music. Mary likes music. Tom likes"
SITE, HEAD = "decoder.blocks.1.attn", 2
STEPS: list[int] = zoo.load("decoder").checkpoints
LAST = STEPS[-1]
OVERFLOW = "Math.max(0, document.scrollingElement.scrollWidth - innerWidth)"
WATCH_WEIGHTS = """() => {
  const of = () => document.querySelector(".about-figure > .note")?.textContent ?? "finished";
  const note = () => of().replace(/\\s+/g, " ").trim();
  window.seen = [note()];
  const heard = {subtree: true, childList: true, characterData: true};
  new MutationObserver(() => { if (note() !== seen.at(-1)) seen.push(note()); })
    .observe(document.querySelector(".head-figure"), heard);
}"""


class Training:
    """The panel of a model's training."""

    def __init__(self, bench: Bench):
        self.bench, self.page = bench, bench.page
        self.panel = self.page.locator(".training")
        self.slider = self.panel.get_by_role("slider")
        self.reading = self.panel.locator(".reading")
        self.curve = self.panel.locator("svg.birth-curve")
        self.title = self.panel.locator("h2 button")
        self.weights = self.page.locator(".head-figure .about-figure > .note")  # whose weights are shown

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name, exact=True)

    def choose(self, step: int) -> None:
        """With the keyboard, as a range is moved."""
        self.slider.press("Home")
        for _ in range(STEPS.index(step)):
            self.slider.press("ArrowRight")
        self.shows(step)

    def shows(self, step: int) -> None:
        """The figure is of this step, and the slider stands there."""
        earlier = f"Weights of step {step:,} of {LAST:,}, not the finished model."
        expect(self.weights).to_have_text([] if step == LAST else [earlier])
        expect(self.slider).to_have_value(str(STEPS.index(step)))
        expect(self.page.locator("main")).to_have_attribute("aria-busy", "false")


@pytest.fixture
def training(bench: Bench) -> Training:
    bench.page.set_viewport_size({"width": 1440, "height": 1000})  # where the panel begins unfolded
    return Training(bench)


def asked(server: str, **body: Any) -> dict[str, Any]:
    """What the API answers, as JSON."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    with urlopen(Request(f"{server}/api/trace", json.dumps(body).encode(), headers), timeout=60) as answer:
        return json.load(answer)


def births(server: str, model: str = "decoder") -> dict[str, Any]:
    with urlopen(f"{server}/api/models/{model}/births", timeout=60) as answer:
        return json.load(answer)


def pattern(server: str, step: int | None, head: int = HEAD, site: str = SITE) -> list[list[float]]:
    body = {"model": "decoder", "text": ENGLISH, "checkpoint": step, "names": [f"{site}.pattern"], "heads": [head]}
    return asked(server, **body)["tensors"][f"{site}.pattern"]["data"][0]


def written(weights: list[list[float]]) -> list[str]:
    """The numbers of a causal heatmap."""
    return [f"{weight:.2f}" for query, row in enumerate(weights) for weight in row[: query + 1]]


def heatmap(page: Page) -> Locator:
    return page.locator(".heatmaplayer .heatmap-label text")


def runs(watch: Any) -> list[dict[str, Any]]:
    return [request.post_data_json for request in watch.requests if request.url.endswith("/api/trace")]


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def opened(training: Training, **given: Any) -> Training:
    training.bench.open(ENGLISH, **{"site": SITE, "head": HEAD, "query": 8, "key": 3, **given})
    expect(training.curve).to_be_visible()
    return training


def test_every_checkpoint_shows_the_numbers_of_its_own_weights(training: Training, bench: Bench, page: Page) -> None:
    opened(training)
    training.shows(LAST)
    seen, predicted = set(), set()
    for step in (STEPS[0], STEPS[len(STEPS) // 2], STEPS[-2], LAST):
        training.choose(step)
        due = written(pattern(bench.server, step))
        expect(heatmap(page)).to_have_text(due)
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
    opened(training)
    told = births(bench.server)
    moments = {moment["step"]: moment for moment in told["moments"]}
    final = told["moments"][-1]["scores"]
    _, site, head = max((score, i, j) for i, scores in enumerate(final) for j, score in enumerate(scores))
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
    opened(training)
    expect(training.button("Later checkpoint")).to_be_disabled()
    training.button("Earlier checkpoint").click()
    training.shows(STEPS[-2])
    training.choose(STEPS[0])
    expect(training.button("Earlier checkpoint")).to_be_disabled()
    training.button("Later checkpoint").click()
    training.shows(STEPS[1])


def test_a_place_on_the_curve_leads_to_the_nearest_checkpoint(training: Training, page: Page) -> None:
    opened(training)
    box = training.curve.bounding_box()
    assert box
    page.mouse.click(box["x"] + 2, box["y"] + box["height"] / 2)
    training.shows(STEPS[0])
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    training.shows(LAST)


def test_the_checkpoint_is_in_the_address_and_a_reload_restores_it(
    training: Training, bench: Bench, page: Page
) -> None:
    opened(training)
    training.choose(STEPS[1])
    page.wait_for_url(f"**checkpoint={STEPS[1]}&**")
    due = heatmap(page).all_text_contents()
    page.reload()
    bench.ready()
    training.shows(STEPS[1])
    expect(heatmap(page)).to_have_text(due)
    assert query(page)["checkpoint"] == str(STEPS[1])
    training.choose(LAST)
    page.wait_for_function("() => !location.search.includes('checkpoint')")


def test_back_returns_to_the_checkpoint_before(training: Training, page: Page) -> None:
    opened(training)
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
    opened(training)
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
    opened(training, checkpoint=LAST)
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


def test_play_shows_every_checkpoint_from_the_first_to_the_last(training: Training, page: Page) -> None:
    opened(training)
    page.evaluate(WATCH_WEIGHTS)
    training.button("Play").click()
    expect(training.button("Pause")).to_be_visible()
    expect(training.button("Play")).to_be_visible(timeout=60_000)
    training.shows(LAST)
    earlier = [f"Weights of step {step:,} of {LAST:,}, not the finished model." for step in STEPS[:-1]]
    assert page.evaluate("window.seen") == ["finished", *earlier, "finished"]
    page.go_back()  # what was there before the play
    training.shows(LAST)


def test_a_play_can_be_halted_and_goes_on_from_there(training: Training, page: Page) -> None:
    opened(training)
    training.choose(STEPS[0])
    page.evaluate(WATCH_WEIGHTS)
    training.button("Play").click()
    page.wait_for_function("() => window.seen.length > 2")
    training.button("Pause").click()
    halted = page.evaluate("window.seen")
    page.wait_for_timeout(1500)  # more than a checkpoint stays
    assert page.evaluate("window.seen") == halted
    training.button("Play").click()
    page.wait_for_function(f"() => window.seen.length > {len(halted)}")
    assert page.evaluate("window.seen")[1:4] == [
        f"Weights of step {step:,} of {LAST:,}, not the finished model." for step in STEPS[1:4]
    ]


def test_another_sentence_ends_the_play_and_is_shown_at_the_same_checkpoint(
    training: Training, bench: Bench, page: Page, watch: Any
) -> None:
    opened(training)
    training.button("Play").click()
    expect(training.weights).to_contain_text(f"Weights of step {STEPS[1]:,}")
    before = len(runs(watch))
    bench.text.fill("another one")
    bench.text.press("Enter")
    bench.shows_tokens(zoo.load("decoder").tokens("another one")["target"])
    expect(training.button("Play")).to_be_visible()
    at = int(query(page)["checkpoint"])
    training.shows(at)
    page.wait_for_timeout(1500)
    training.shows(at)
    later = runs(watch)[before:]
    assert later[0]["checkpoint"] == at and {run["text"] for run in later} == {"another one"}


def test_the_other_checkpoints_are_fetched_once_and_ahead(training: Training, page: Page, watch: Any) -> None:
    opened(training)
    assert [run.get("checkpoint") for run in runs(watch)] == [None]
    training.button("Earlier checkpoint").click()
    training.shows(STEPS[-2])
    for _ in range(100):
        if len(runs(watch)) == len(STEPS):
            break
        page.wait_for_timeout(100)
    for step in STEPS:
        training.choose(step)
    assert sorted(run.get("checkpoint", LAST) for run in runs(watch)) == STEPS


def test_a_model_without_checkpoints_has_no_training_to_show(
    training: Training, bench: Bench, page: Page, watch: Any
) -> None:
    opened(training)
    training.choose(STEPS[0])
    bench.model("Encoder")
    expect(training.panel).to_have_count(0)
    expect(training.weights).to_have_count(0)
    assert runs(watch)[-1]["model"] == "encoder" and "checkpoint" not in runs(watch)[-1]
    page.wait_for_function("() => !location.search.includes('checkpoint')")
    bench.model("Decoder")
    training.shows(LAST)
    told = [request.url for request in watch.requests if request.url.endswith("/births")]
    assert told == [f"{bench.server}/api/models/decoder/births"]


def test_the_highest_head_is_named_and_can_be_shown(training: Training, bench: Bench, page: Page) -> None:
    told = births(bench.server)
    final = told["moments"][-1]["scores"]
    _, site, head = max((score, i, j) for i, scores in enumerate(final) for j, score in enumerate(scores))
    opened(training, site=told["sites"][0], head=0)
    lines = training.panel.locator(".lines li")
    name = f"block {re.search(r'[0-9]+', told['sites'][site])[0]} · head {head}"  # type: ignore[index]
    expect(lines.nth(1)).to_contain_text(f"{name} highest")
    expect(lines.nth(1).locator("b")).to_have_text(f"{final[site][head]:.2f}")
    expect(lines.nth(2)).to_contain_text("block 0 · head 0 chosen")
    expect(lines.nth(2).locator("b")).to_have_text(f"{final[0][0]:.2f}")
    expect(lines.nth(3).locator("b")).to_have_text(f"{told['chance']:.2f}")
    training.button("Show this head").click()
    expect(bench.heading).to_contain_text(name)
    expect(lines).to_have_count(3)
    expect(training.curve.locator(".head-line")).to_have_count(len(final) * len(final[0]))
    expect(training.curve.locator(".kept")).to_have_count(len(STEPS))


def test_without_the_server_the_shown_checkpoint_stays(training: Training, bench: Bench, page: Page) -> None:
    bench.watch.expect("net::ERR_")
    opened(training)
    page.route("**/api/trace", lambda route: route.abort())
    training.button("Earlier checkpoint").click()
    expect(bench.refusal).to_contain_text("The server cannot be reached.")
    training.shows(LAST)
    page.unroute("**/api/trace")
    training.button("Earlier checkpoint").click()
    training.shows(STEPS[-2])
    expect(bench.refusal).to_have_text("")


def test_without_the_curve_the_checkpoints_can_still_be_chosen(training: Training, bench: Bench, page: Page) -> None:
    bench.watch.expect("net::ERR_")
    page.route("**/births", lambda route: route.abort())
    bench.open(ENGLISH)
    expect(training.panel).to_contain_text("The server cannot be reached.")
    training.button("Earlier checkpoint").click()
    training.shows(STEPS[-2])
    expect(training.slider).to_have_attribute("aria-valuetext", f"step {STEPS[-2]:,}")
    page.unroute("**/births")
    training.button("Try again").click()
    expect(training.curve).to_be_visible()


def test_colours_fade_between_checkpoints_and_the_page_says_so(training: Training, page: Page) -> None:
    faded = "document.querySelector('.former') && getComputedStyle(document.querySelector('.former')).animationName"
    opened(training)
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


def test_the_panel_folds_to_one_line(training: Training, page: Page) -> None:
    opened(training)
    tall = training.panel.bounding_box()
    training.title.click()
    expect(training.title).to_have_attribute("aria-expanded", "false")
    expect(training.curve).to_have_count(0)
    low = training.panel.bounding_box()
    assert tall and low and low["height"] < 45 < tall["height"] < 110
    training.button("Earlier checkpoint").click()
    training.shows(STEPS[-2])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone_the_checkpoints_stay_at_hand(training: Training, bench: Bench, page: Page, lang: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    bench.open(lang=lang)
    expect(training.title).to_have_attribute("aria-expanded", "false")
    assert page.evaluate(OVERFLOW) == 0
    training.title.click()
    expect(training.curve).to_be_visible()
    assert page.evaluate(OVERFLOW) == 0
    bench.matrix.scroll_into_view_if_needed()
    expect(training.slider).to_be_in_viewport(ratio=1)
    training.slider.press("Home")
    warning = {"en": "not the finished model", "zh": "不是训练完的模型"}[lang]
    expect(page.locator(".head-figure .warning")).to_contain_text(warning)
    assert page.evaluate(OVERFLOW) == 0


def test_an_encoder_decoder_reads_the_same_target_at_every_checkpoint(bench: Bench, page: Page, watch: Any) -> None:
    steps = zoo.load("encoder-decoder").checkpoints
    if len(steps) < 2:
        pytest.skip("the shipped encoder-decoder has no checkpoints")
    text = "I want to drink a cup of tea."
    page.set_viewport_size({"width": 1440, "height": 1000})
    bench.open(text, model="encoder-decoder", checkpoint=steps[0])
    first, second = runs(watch)[:2]
    assert "checkpoint" not in first and "target" not in first
    tokens = zoo.load("encoder-decoder").trace(text).tokens["target"]
    assert second["checkpoint"] == steps[0] and second["target"] == "".join(token.text for token in tokens)
    bench.shows_tokens(tokens)
    expect(page.locator(".training")).to_contain_text("All checkpoints read the target that the finished model wrote.")
    expect(bench.target).to_have_value("")
    page.locator(".training").get_by_role("slider").press("End")
    expect(page.locator(".warning")).to_have_count(0)
    bench.shows_tokens(tokens)
