"""The step player: every stage of a forward pass, with the model's own numbers; by pointer, keyboard and link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import torch
from browser.bench import Bench, label, read, trace
from browser.test_words import SAID as SAID_BY_ALL
from browser.test_words import own
from playwright.sync_api import Locator, Page, Route, expect

from model import zoo
from model.trace import Trace

ENGLISH = "Tom likes music. Mary likes music. Tom likes"
BLOCK = "decoder.blocks.1"
CROSS = ("I want tea.", "我要茶")
OVERFLOW = "Math.max(0, document.scrollingElement.scrollWidth - innerWidth)"
SAID = SAID_BY_ALL.replace("document.body", "document.querySelector('.figures')").replace(
    'document.querySelectorAll("', 'document.querySelector(".figures").querySelectorAll("'
).replace("add(document.title);", "")
READ_TABLE = """(table) => {
  const titles = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.textContent.trim()));
  return Object.fromEntries(titles.map((title, i) => [title, rows.map((row) => row[i]).filter((text) => text !== "")]));
}"""
ROW = ["scores", "scale", "mask", "softmax", "weighted sum"]
ATTENTION = ["norm", "Q K V", "rotation", *ROW, "concat, W_O", "add"]
MLP = ["norm", "MLP", "add"]

Vectors = dict[str, torch.Tensor]  # of one token, by their titles


class Player:
    def __init__(self, bench: Bench):
        self.bench, self.page = bench, bench.page
        self.strip = self.page.locator(".step-strip")
        self.panel = self.page.locator(".step-player")
        self.stage = self.strip.locator('[aria-current="step"]')
        self.title = self.panel.locator("h2")
        self.figure = self.panel.locator(".stage-figure")
        self.problem = self.panel.get_by_role("alert")

    def open(
        self, step: int | None = None, text: str | None = ENGLISH, target: str | None = None, **query: Any
    ) -> Player:
        fragment = {name: value for name, value in (("text", text), ("target", target)) if value is not None}
        asked = {"lang": "en", **query, **({} if step is None else {"step": step})}
        self.page.goto(f"{self.bench.server}/?{urlencode(asked)}#{urlencode(fragment)}")
        expect(self.page.locator("main")).to_have_attribute("aria-busy", "false")
        expect(self.strip).to_be_visible()
        if step is not None:
            self.ready()
        return self

    def ready(self) -> None:
        expect(self.panel.locator(".stage")).to_have_attribute("aria-busy", "false")

    def at(self, name: str) -> None:
        expect(self.stage).to_have_text(name)
        self.ready()

    def button(self, name: str) -> Locator:
        return self.strip.get_by_role("button", name=name, exact=True)

    def numbers(self) -> dict[str, list[float]]:
        """All numbers of the chosen token, by the title of their column."""
        details = self.panel.locator(".all-numbers")
        details.locator("summary").click()
        table = details.locator("table")
        expect(table).to_be_visible()
        found = table.evaluate(READ_TABLE)
        details.locator("summary").click()
        return {title: [float(read(text)) for text in texts] for title, texts in found.items()}

    def row(self) -> dict[str, list[float]]:
        """The row of the chosen query, by the title of its column."""
        found = self.panel.locator(".stage-row table").evaluate(READ_TABLE)
        return {title: [number(text) for text in texts] for title, texts in found.items()}

    def checked(self) -> list[float]:
        texts = self.panel.locator(".checked b").all_text_contents()
        return [float(read(text.removeprefix("checked: "))) for text in texts]


def number(text: str) -> float:
    return -torch.inf if text == "−∞" else float(read(text))


@pytest.fixture
def player(bench: Bench) -> Player:
    return Player(bench)


def query_of(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def first(model: str, block: int, stack: str = "decoder") -> int:
    """The step with which a block of a model of four blocks begins."""
    layers = zoo.load(model).info()["n_layers"]
    self_only, crossing = len(ATTENTION) + len(MLP), 2 * len(ATTENTION) - 1 + len(MLP)
    if model != "encoder-decoder":
        return 3 + block * self_only
    return 3 + block * self_only if stack == "encoder" else 3 + layers * self_only + 1 + 3 + block * crossing


def vectors(t: Trace, block: str, site: str, head: int, query: int, key: int) -> Iterator[tuple[str, Vectors]]:
    """What every stage of an attention shows at a query and a key, from Python's own trace."""
    crosses = site.endswith("cross_attn")
    norm, out, before, after = (
        ("norm_cross", "cross_out", "resid_mid", "resid_cross") if crosses
        else ("norm_attn", "attn_out", "resid_pre", "resid_mid")
    )
    at = {name: t[f"{site}.{name}"][head] for name in ("q", "k", "v", "z")}
    raw = "" if crosses else "_unrotated"
    yield "norm", {"x": t[f"{block}.{before}"][query], "y": t[f"{block}.{norm}.normalized"][query]}
    yield "Q K V", {
        "q": t[f"{site}.q{raw}"][head, query], "k": t[f"{site}.k{raw}"][head, key], "v": at["v"][key],
    }
    if not crosses:
        yield "rotation", {
            "q_unrotated": t[f"{site}.q_unrotated"][head, query], "q": at["q"][query],
            "k_unrotated": t[f"{site}.k_unrotated"][head, key], "k": at["k"][key],
        }
    for name in ROW[:-1]:
        yield name, {}
    yield "weighted sum", {"v": at["v"][key], "z": at["z"][query]}
    yield "concat, W_O", {"z": t[f"{site}.z"][:, query].flatten(), "W_O(z)": t[f"{block}.{out}"][query]}
    yield "add", added(t, block, before, out, after, query)


def hidden(t: Trace, block: str, query: int) -> Iterator[tuple[str, Vectors]]:
    """The same of the MLP."""
    before = "resid_cross" if f"{block}.resid_cross" in t.tensors else "resid_mid"
    yield "norm", {"x": t[f"{block}.{before}"][query], "y": t[f"{block}.norm_mlp.normalized"][query]}
    names = {"pre": "mlp.pre", "post": "mlp.post", "out": "mlp_out"}
    yield "MLP", {title: t[f"{block}.{name}"][query] for title, name in names.items()}
    yield "add", added(t, block, before, "mlp_out", "resid_post", query)


def added(t: Trace, block: str, before: str, out: str, after: str, query: int) -> Vectors:
    return {title: t[f"{block}.{name}"][query] for title, name in {"x": before, "+": out, "x′": after}.items()}


def shows(player: Player, name: str, due: Vectors) -> None:
    player.at(name)
    if due:
        shown = player.numbers()
        assert list(shown) == list(due)
        for title, values in due.items():
            assert torch.tensor(shown[title]).equal(values), title  # all digits: the same float32
    assert all(difference < 1e-4 for difference in player.checked())


def shows_row(player: Player, t: Trace, name: str, site: str, head: int, query: int) -> None:
    q, k = t[f"{site}.q"][head, query].double(), t[f"{site}.k"][head].double()
    product = k @ q
    score = product * t.site(site).scale
    masked = score.masked_fill(~t.visible(site)[query], -torch.inf)
    columns = {"q · k": product, "× scale": score, "after mask": masked, "weight": masked.softmax(-1)}
    due = list(columns)[: ROW.index(name) + 1][-3:]
    shown = player.row()
    assert list(shown) == due
    for title in due:
        assert torch.tensor(shown[title], dtype=torch.float64).allclose(columns[title], rtol=1e-9, atol=1e-12), title


def walk(player: Player, t: Trace, block: str, sites: list[str], head: int, query: int, keys: list[int]) -> list[str]:
    """From the first stage of a block to its last, with the keyboard."""
    player.panel.get_by_role("button", name="all digits").click()
    player.stage.focus()
    seen = []
    stages = []
    for site, key in zip(sites, keys, strict=True):
        stages += [(site, *one) for one in vectors(t, block, site, head, query, key)]
    stages += [(sites[-1], *one) for one in hidden(t, block, query)]
    for i, (site, name, due) in enumerate(stages):
        shows(player, name, due)
        if name in ROW:
            shows_row(player, t, name, site, head, query)
        seen.append(name)
        if i < len(stages) - 1:
            player.stage.press("ArrowRight")
    return seen


def test_every_stage_of_a_decoders_block_shows_the_models_own_numbers(player: Player) -> None:
    t = trace("decoder", ENGLISH)
    player.open(first("decoder", 1), head=2, query=8, key=3)
    seen = walk(player, t, BLOCK, [f"{BLOCK}.attn"], 2, 8, [3])
    assert seen == ATTENTION + MLP


def test_every_stage_of_an_encoder_decoders_block_shows_the_models_own_numbers(player: Player) -> None:
    t = trace("encoder-decoder", *CROSS)
    player.open(first("encoder-decoder", 1), *CROSS, model="encoder-decoder", head=3, query=2, key=1)
    seen = walk(player, t, BLOCK, [f"{BLOCK}.attn", f"{BLOCK}.cross_attn"], 3, 2, [1, 1])
    assert seen == ATTENTION + [name for name in ATTENTION if name != "rotation"] + MLP


def test_an_encoders_block_reads_the_source(player: Player) -> None:
    t = trace("encoder-decoder", *CROSS)
    player.open(first("encoder-decoder", 0, "encoder"), *CROSS, model="encoder-decoder", head=1, query=2, key=1)
    walk(player, t, "encoder.blocks.0", ["encoder.blocks.0.attn"], 1, 2, [1])


def test_queries_of_the_bridge_are_the_targets_and_its_keys_the_sources(player: Player, page: Page) -> None:
    t = trace("encoder-decoder", *CROSS)
    player.open(first("encoder-decoder", 0) + len(ATTENTION) + 1, *CROSS, model="encoder-decoder")
    player.at("Q K V")
    expect(player.panel.locator("aside > .meaning")).to_contain_text("This is the bridge")
    labels = [figure.locator(".labels bdi").all_text_contents() for figure in player.figure.locator("figure").all()]
    target, source = ([label(token) for token in t.tokens[side]] for side in ("target", "source"))
    assert labels == [target, source, source]


def test_the_beginning_and_the_end(player: Player, page: Page) -> None:
    t, model = trace("decoder", ENGLISH), zoo.load("decoder")
    tokens = t.tokens["target"]
    player.open(0, query=6)
    table = player.figure.locator("tbody tr")
    assert table.locator("td:nth-child(3)").all_text_contents() == [str(token.id) for token in tokens]
    assert table.locator("bdi").all_text_contents() == [label(token) for token in tokens]
    player.panel.page.locator(".step-strip [aria-current]").press("ArrowRight")
    player.at("embedding")
    player.panel.get_by_role("button", name="all digits").click()
    assert torch.tensor(player.numbers()["x"]).equal(t["decoder.embed"][6])
    player.stage.press("ArrowRight")
    player.at("position")
    expect(player.panel.locator("aside > .meaning")).to_contain_text("Nothing is added for the position in this model")
    assert torch.tensor(player.numbers()["q"]).equal(t["decoder.blocks.0.attn.q"][0, 6])
    player.stage.press("End")
    player.at("logits")
    for i, likeliest in enumerate(model.predictions(t)):
        shown = table.nth(i).locator("td.share").inner_text()
        assert abs(float(shown.split()[-2]) - 100 * likeliest[0]["probability"]) <= 0.1
    player.stage.press("ArrowLeft")
    player.at("final norm")
    assert torch.tensor(player.numbers()["y"]).equal(t["decoder.norm.normalized"][6])


def test_the_encoders_output_is_the_memory(player: Player) -> None:
    t = trace("encoder-decoder", *CROSS)
    player.open(first("encoder-decoder", 0) - 4, *CROSS, model="encoder-decoder", query=1)
    player.at("final norm")
    player.panel.get_by_role("button", name="all digits").click()
    assert torch.tensor(player.numbers()["y"]).equal(t["memory"][1])


def runs(player: Player) -> list[dict[str, Any]]:
    return [one.post_data_json for one in player.bench.watch.requests if one.url.endswith("/api/trace")]


def test_tensors_are_asked_for_when_they_are_needed(player: Player, page: Page) -> None:
    """A block's when it is opened, its neighbours' after that, none twice; always of the same run."""
    player.open()
    page.wait_for_load_state("networkidle")
    before = [body for body in runs(player) if body.get("checkpoint") is None]
    assert len(before) == 1 and not any(".blocks." in name for name in before[0]["names"])
    player.strip.get_by_role("button", name="decoder block 2").click()
    player.ready()
    page.wait_for_load_state("networkidle")
    more = [body for body in runs(player) if body.get("checkpoint") is None][1:]
    assert [sorted({name.split(".")[2] for name in body["names"]}) for body in more] == [["2"], ["1", "3"]]
    assert {(body["text"], body["model"], body["mask"]) for body in more} == {(ENGLISH, "decoder", "native")}
    for _ in range(12):
        player.stage.press("ArrowRight")
    player.at("add")
    assert len([body for body in runs(player) if body.get("checkpoint") is None]) == 3
    asked = [name for body in more for name in body["names"]]
    assert len(asked) == len(set(asked)) and not {name for name in asked if name.endswith((".q", ".k", ".v", ".z"))}


def test_what_cannot_be_had_is_told_and_the_earlier_picture_stays(player: Player, page: Page) -> None:
    player.bench.watch.expect("net::ERR_")
    player.open(first("decoder", 0))
    page.wait_for_load_state("networkidle")
    page.route("**/api/trace", lambda route: route.abort())
    player.button("decoder block 3").click()
    expect(player.problem).to_contain_text("The server cannot be reached.")
    expect(player.figure.locator("canvas")).to_have_count(2)  # of block 0's norm
    expect(player.figure).to_have_class(re.compile("stale"))
    page.unroute("**/api/trace")
    player.problem.get_by_role("button", name="Try again").click()
    player.ready()
    expect(player.problem).to_have_count(0)
    expect(player.figure).not_to_have_class(re.compile("stale"))


def test_while_numbers_are_on_their_way_the_page_says_so(player: Player, page: Page) -> None:
    held: list[Route] = []
    player.open(first("decoder", 0))
    page.wait_for_load_state("networkidle")
    page.route("**/api/trace", lambda route: held.append(route))
    player.button("decoder block 3").click()
    expect(player.panel.get_by_role("status")).to_have_text("Loading the numbers of this stage…")
    page.wait_for_timeout(50)
    for route in held:
        route.continue_()
    page.unroute("**/api/trace")
    player.ready()
    expect(player.panel.get_by_role("status")).to_have_count(0)


def test_the_keyboard_goes_through_the_film_strip(player: Player, page: Page) -> None:
    player.open(first("decoder", 1))
    player.stage.focus()
    for key, name, step in (
        ("ArrowRight", "Q K V", 17), ("ArrowLeft", "norm", 16), ("ArrowLeft", "add", 15), ("PageDown", "norm", 16),
        ("PageDown", "norm", 29), ("PageUp", "norm", 16), ("Home", "tokens", 0), ("ArrowLeft", "tokens", 0),
        ("End", "logits", 56), ("ArrowRight", "logits", 56),
    ):
        page.keyboard.press(key)
        player.at(name)
        expect(player.stage).to_be_focused()
        expect(player.title).to_contain_text(f"stage {step + 1} of 57")


def test_arrow_keys_work_on_every_control_of_the_strip_but_the_speed(player: Player, page: Page) -> None:
    player.open(20)
    player.button("Next stage").focus()
    page.keyboard.press("ArrowRight")
    expect(player.title).to_contain_text("stage 22 of 57")
    expect(player.button("Next stage")).to_be_focused()
    player.strip.get_by_role("combobox").focus()
    page.keyboard.press("ArrowRight")
    expect(player.strip.get_by_role("combobox")).to_have_value("fast")
    expect(player.title).to_contain_text("stage 22 of 57")


def test_closed_it_is_one_stop_and_enter_opens_it(player: Player, page: Page) -> None:
    player.open(site=f"{BLOCK}.attn", head=1)
    stops = player.strip.locator(".film button").evaluate_all("(all) => all.filter((one) => one.tabIndex >= 0).length")
    assert stops == 1
    player.button("Step by step").focus()
    page.keyboard.press("Enter")
    player.at("norm")
    expect(player.title).to_contain_text("decoder self-attention · block 1")
    expect(page.locator(".panes")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(player.panel).to_have_count(0)
    expect(page.locator(".panes")).to_be_visible()
    expect(player.bench.heading).to_contain_text("block 1 · head 1")


def test_a_link_opens_the_same_stage_and_closing_leaves_no_trace_of_it(player: Player, page: Page) -> None:
    player.open(first("decoder", 2) + 6, head=3, query=5, key=2)
    player.at("softmax")
    expect(player.title).to_contain_text("Softmax over the row")
    expect(player.panel.get_by_role("button", name="head 3")).to_have_attribute("aria-pressed", "true")
    player.stage.press("ArrowRight")
    page.wait_for_url("**step=36**")
    assert query_of(page)["site"] == "decoder.blocks.2.attn"
    page.reload()
    player.at("weighted sum")
    assert query_of(page) | {"lang": "en"} == query_of(page)
    player.panel.get_by_role("button", name="Close").click()
    page.wait_for_function("() => !location.search.includes('step')")
    expect(player.bench.heading).to_contain_text("block 2 · head 3")


@pytest.mark.parametrize(("step", "name"), [("99999", "logits"), ("-1", None), ("x", None)])
def test_a_step_that_is_not_there(player: Player, page: Page, step: str, name: str | None) -> None:
    page.goto(f"{player.bench.server}/?lang=en&step={step}")
    expect(player.strip).to_be_visible()
    if name:
        player.at(name)
    else:
        expect(page.locator(".panes")).to_be_visible()


def test_head_and_token_are_chosen_where_they_are_shown(player: Player, page: Page) -> None:
    t = trace("decoder", ENGLISH)
    player.open(first("decoder", 1) + 7, head=2, query=8, key=3)
    player.panel.get_by_role("button", name="all digits").click()
    player.panel.get_by_role("button", name="head 0").click()
    expect(player.panel.locator(".head-mark.chosen")).to_have_count(1)
    assert torch.tensor(player.numbers()["z"]).equal(t[f"{BLOCK}.attn.z"][0, 8])
    page.locator(".token-row button").nth(5).click()
    expect(player.panel.locator(".stage-numbers h3 sub").first).to_have_text("5")
    assert torch.tensor(player.numbers()["z"]).equal(t[f"{BLOCK}.attn.z"][0, 5])
    pixels = player.figure.locator(".pixels").last
    box = pixels.bounding_box()
    assert box is not None
    pixels.click(position={"x": 5, "y": box["height"] * 2.5 / len(t.tokens["target"])})
    expect(player.panel.locator(".stage-numbers h3 sub").first).to_have_text("2")
    page.wait_for_url("**query=2**")


def test_single_numbers_of_a_picture_are_read_with_the_arrow_keys(player: Player, page: Page) -> None:
    z = trace("decoder", ENGLISH)[f"{BLOCK}.attn.z"][2]
    player.open(first("decoder", 1) + 7, head=2, query=8)
    figure = player.figure.locator("figure").last
    expect(figure.locator(".pixels")).to_have_accessible_name(re.compile(r"\.z, 11 positions by 32 features"))
    figure.locator(".pixels").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    said = figure.locator(".read")
    expect(said).to_contain_text("7, feature 2: ")
    assert abs(float(read(said.inner_text().split(": ")[1])) - float(z[7, 2])) <= 6e-4 * abs(float(z[7, 2]))
    expect(player.panel.locator(".stage-numbers h3 sub").first).to_have_text("7")


def test_the_whole_model_is_drawn_and_leads_everywhere(player: Player, page: Page) -> None:
    player.open(first("encoder-decoder", 0), *CROSS, model="encoder-decoder")
    drawing = player.panel.locator(".architecture")
    parts = drawing.locator(".part")
    expect(parts).to_have_count(2 * (4 + 2))
    expect(drawing.locator(".bridge")).to_have_count(4)
    here = drawing.get_by_role("button", name="decoder block 0, self-attention · Norm")
    expect(here).to_have_attribute("aria-current", "step")
    drawing.get_by_role("button", name="encoder block 3", exact=True).click()
    player.at("norm")
    expect(player.title).to_contain_text("encoder self-attention · block 3")
    drawing.get_by_role("button", name="decoder block 2", exact=True).focus()
    page.keyboard.press("Enter")
    expect(player.title).to_contain_text("decoder self-attention · block 2")
    drawing.get_by_role("button", name="decoder block 2, cross-attention", exact=True).click()
    player.at("Q K V")
    expect(player.title).to_contain_text("cross-attention · block 2")
    boxes = [box for part in drawing.locator("g[role=button]").all() if (box := part.bounding_box())]
    assert all(box["width"] >= 24 and box["height"] >= 24 for box in boxes)


def test_it_plays_stage_after_stage_to_the_end(player: Player, page: Page) -> None:
    player.open(53)
    player.strip.get_by_role("combobox", name="Speed").select_option("fast")
    player.button("Play").click()
    expect(player.button("Pause")).to_be_visible()
    player.at("logits")
    expect(player.button("Play")).to_be_visible()
    page.wait_for_timeout(1200)
    player.at("logits")
    player.button("Play").click()
    player.at("tokens")
    player.button("Pause").click()
    page.wait_for_timeout(1200)
    player.at("tokens")
    player.button("Next stage").click()
    player.at("embedding")
    player.button("Previous stage").click()
    player.at("tokens")
    expect(player.button("Previous stage")).to_be_disabled()


def test_without_motion_stages_follow_each_other_at_once(player: Player, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    player.open(first("decoder", 0))
    player.stage.focus()
    for name in ATTENTION[1:]:
        page.keyboard.press("ArrowRight")
        player.at(name)
        assert page.evaluate("document.getAnimations().length") == 0


def test_another_sentence_keeps_the_stage(player: Player) -> None:
    player.open(first("decoder", 1) + 7, head=2)
    player.bench.run("We drink tea.")
    player.at("weighted sum")
    t = trace("decoder", "We drink tea.")
    player.panel.get_by_role("button", name="all digits").click()
    assert torch.tensor(player.numbers()["z"]).equal(t[f"{BLOCK}.attn.z"][2, len(t.tokens["target"]) - 1])


def test_a_checkpoint_of_the_training_shows_its_own_numbers(player: Player, page: Page) -> None:
    step = zoo.load("decoder").checkpoints[2]
    player.open(first("decoder", 1) + 11, query=6, checkpoint=step)
    player.at("MLP")
    player.panel.get_by_role("button", name="all digits").click()
    t = zoo.load("decoder").trace(ENGLISH, checkpoint=step)
    assert torch.tensor(player.numbers()["post"]).equal(t[f"{BLOCK}.mlp.post"][6])


def test_another_model_begins_at_its_beginning(player: Player) -> None:
    player.open(first("decoder", 3))
    player.bench.model("Encoder–decoder")
    player.at("tokens")
    expect(player.title).to_contain_text("stage 1 of 149")


@pytest.mark.parametrize("step", [None, 0, first("decoder", 0) + 2, first("decoder", 0) + 6, 56])
def test_a_window_holds_the_strip_and_the_stage(player: Player, page: Page, step: int | None) -> None:
    player.open(step)
    assert page.evaluate("[document.scrollingElement.scrollHeight - innerHeight, scrollY]") == [0, 0]
    expect(player.button("Play")).to_be_in_viewport(ratio=1)
    expect(player.strip.locator(".stage").first).to_be_in_viewport(ratio=1)
    expect(player.bench.text).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_scrolls_in_one_direction_only(player: Player, page: Page, lang: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    start = first("encoder-decoder", 0) + len(ATTENTION)
    for step in (0, start, start + 1, start + 4, start + 6, start + 7, 148):
        player.open(step, *CROSS, model="encoder-decoder", lang=lang)
        assert page.evaluate(OVERFLOW) == 0


def test_a_phone_that_opens_it_sees_the_stage(player: Player, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    player.open()
    player.button("Step by step").click()
    player.at("norm")
    expect(player.title).to_be_in_viewport()
    expect(player.stage).to_be_in_viewport(ratio=0.9)


# Names of tensors and what is written alike in both languages, beside test_words' own.
ALIKE = re.compile(
    r"(?<![A-Za-z])((en|de)coder(\.\w+)+|[a-z]+_\w+|W_O|GELU|logits|memory|embed|normalized|pre|post|out|[A-Za-z])"
    r"(?![A-Za-z])|ᵀ"
)


def words(text: str) -> str:
    return own(ALIKE.sub("", text))


def test_every_stage_is_told_in_both_languages(player: Player, page: Page) -> None:
    """From the encoder's output through the first block of the decoder, then the end: every kind of stage."""
    memory, after = first("encoder-decoder", 0) - 4, first("encoder-decoder", 1)
    player.open(memory, *CROSS, model="encoder-decoder")
    said: dict[str, set[str]] = {"en": set(), "zh": set()}
    for lang, heard in said.items():
        if lang == "zh":
            page.get_by_role("button", name="中文").click()
            player.strip.get_by_role("button", name="编码器输出").click()
        expect(page.locator("html")).to_have_attribute("lang", "en" if lang == "en" else "zh-CN")
        for key in [*["ArrowRight"] * (after - memory), "End", "ArrowLeft"]:
            player.ready()
            heard |= {text for text in page.evaluate(SAID) if words(text)}
            player.stage.press(key)
        heard |= {text for text in page.evaluate(SAID) if words(text)}
    assert len(said["zh"]) > 60
    assert {text for text in said["zh"] if re.search("[A-Za-z]", words(text))} == set()
    assert said["en"] & said["zh"] == set()
