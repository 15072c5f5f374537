"""The workbench on a real server: a sentence in, and every head, cell and number of it on the screen."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from browser.bench import Bench, Cell, agrees, elided, label, read, trace
from playwright.sync_api import Page, Route, expect

from model import zoo
from model.examples import EXAMPLES
from model.trace import Trace

ENGLISH = "Tom likes music. Mary likes music. Tom likes"  # the first example of the decoder
CHINESE = "我爱吃鱼，你爱吃什么"
FIRST = "decoder.blocks.0.attn"
NAMES = {"encoder": "Encoder", "decoder": "Decoder", "encoder-decoder": "Encoder–decoder"}
COLOURS = """async ([patterns, theme]) => {
  const {weightColour} = await import("/static/js/colour.js");
  const wrong = [];
  for (const [name, rows] of Object.entries(patterns)) {
    const painted = document.querySelector(`.head[aria-label="${name}"] canvas`), {width, height} = painted;
    const copy = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
    copy.drawImage(painted, 0, 0);
    const {data} = copy.getImageData(0, 0, width, height);
    if (height !== rows.length || width !== rows[0].length) { wrong.push(`${name}: ${height} x ${width}`); continue; }
    rows.flat().forEach((weight, i) => {
      const found = Array.from(data.slice(4 * i, 4 * i + 4));
      const due = weight < 0 ? [0, 0, 0, 0] : [...weightColour(weight, theme), 255];
      if (found.some((c, j) => Math.abs(c - due[j]) > 2)) wrong.push(`${name}, cell ${i}: ${found} for ${weight}`);
    });
  }
  return wrong;
}"""
CELLS = """async ([weights, theme]) => {
  const {weightColour} = await import("/static/js/colour.js");
  return weights.map((weight) => weightColour(weight, theme));
}"""
HEATMAP = """async ([row, column, rows, columns]) => {
  const drawn = document.querySelector(".heatmaplayer image"), image = new Image();
  image.src = drawn.getAttribute("href") ?? drawn.getAttribute("xlink:href");
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const x = Math.floor((column + 0.5) * image.width / columns), y = Math.floor((row + 0.5) * image.height / rows);
  return Array.from(context.getImageData(x, y, 1, 1).data);
}"""


def drawn(trace: Trace) -> dict[str, list[list[float]]]:
    """The weights that each head's picture stands for, by its name; -1 where nothing is visible."""
    found = {}
    for site in trace.sites:
        kind = "cross-attention" if "cross" in site.name else f"{site.name.split('.')[0]} self-attention"
        pattern = trace[f"{site.name}.pattern"]
        n_query, n_key = pattern.shape[1:]
        visible = site.mask(torch.arange(n_query)[:, None], torch.arange(n_key)[None, :]).expand(n_query, n_key)
        for head, weights in enumerate(pattern.masked_fill(~visible, -1)):
            found[f"{kind}, block {site.layer} · head {head}"] = weights.tolist()
    return found


def test_a_first_visit_shows_an_example_already_running(bench: Bench, page: Page) -> None:
    bench.open()
    expect(bench.text).to_have_value(ENGLISH)
    expected = trace("decoder", ENGLISH)
    bench.shows_tokens(expected.tokens["target"])
    expect(bench.heads).to_have_count(16)
    pictures = drawn(expected)
    assert page.evaluate(COLOURS, [pictures, "light"]) == []
    assert page.evaluate(COLOURS, [{**pictures, next(iter(pictures)): [[0.5] * 11] * 11}, "light"])  # it could fail
    labels = [elided(label(token), 12) for token in expected.tokens["target"]]
    expect(page.locator(".ytick text")).to_have_text(labels)
    expect(page.locator(".xtick text")).to_have_text(labels)


def test_the_heatmap_has_the_colours_and_numbers_of_the_chosen_head(bench: Bench, page: Page) -> None:
    bench.open(head=3, site="decoder.blocks.2.attn")
    pattern = trace("decoder", ENGLISH)["decoder.blocks.2.attn.pattern"][3]
    n = len(pattern)
    cells = [(query, key) for query in range(n) for key in range(query + 1)]
    written = page.locator(".heatmaplayer .heatmap-label text")
    expect(written).to_have_count(len(cells))
    assert written.all_text_contents() == [f"{pattern[query, key]:.2f}" for query, key in cells]
    for query, key in ((0, 0), (n - 1, 0), (n - 1, n - 1), (5, 3)):
        drawn_there = page.evaluate(HEATMAP, [query, key, n, n])
        due = page.evaluate(CELLS, [[float(pattern[query, key])], "light"])[0]
        assert max(abs(a - b) for a, b in zip(drawn_there, [*due, 255], strict=True)) < 6
    assert page.evaluate(HEATMAP, [0, n - 1, n, n])[3] == 0  # masked: nothing covers the hatch


def test_a_long_text_is_pooled_to_the_largest_weight_of_each_patch(bench: Bench, page: Page) -> None:
    text = " ".join(["我爱吃鱼 and you like tea."] * 9)
    expected = trace("decoder", text)
    n = len(expected.tokens["target"])
    assert 64 < n < 200
    bench.open(text)
    pooled = {}
    patch = torch.cat([torch.full((len(part),), i) for i, part in enumerate(torch.arange(n).tensor_split(64))])
    for name, rows in drawn(expected).items():
        at = patch[:, None] * 64 + patch[None, :]
        largest = torch.full((64 * 64,), -1.0).scatter_reduce(0, at.flatten(), torch.tensor(rows).flatten(), "amax")
        pooled[name] = largest.reshape(64, 64).tolist()
    assert page.evaluate(COLOURS, [pooled, "light"]) == []
    expect(page.get_by_text("Each pixel shows the largest weight of its patch.")).to_be_visible()


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
    before = [request for request in watch.requests if request.url.endswith("/api/trace")]
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
    runs = [request for request in watch.requests if request.url.endswith("/api/trace")]
    assert len(runs) == len(before) + 1 and response.request.post_data_json["text"] == "你好"


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


@pytest.mark.parametrize("model", zoo.ids())
def test_the_worked_cell_has_pythons_numbers(bench: Bench, page: Page, model: str) -> None:
    text = "I want to drink a cup of tea."
    expected = trace(model, text)
    site = expected.sites[-1].name
    bench.open(text, model=model, site=site, head=1, query=3, key=2)
    cell = Cell(expected, site, 1, 3, 2)
    shown = bench.shows_cell(cell)
    assert shown["percent"].endswith("%")
    assert f"weight of {shown['weight']}:" in bench.summary.inner_text()
    rank = 1 + sum(weight > cell.weights[2] for weight in cell.weights)
    assert f"rank {rank} of the {sum(cell.visible)} keys" in bench.summary.inner_text()
    assert agrees(shown["mask"].rpartition(" ")[2], cell.scores[2])


def test_all_digits_give_the_number_itself(bench: Bench, page: Page) -> None:
    cell = Cell(trace("decoder", ENGLISH), FIRST, 2, 8, 5)
    bench.open(head=2, query=8, key=5)
    few = bench.shows_cell(cell)
    page.get_by_role("button", name="all digits").click()
    expect(page.get_by_role("button", name="4 digits")).to_have_attribute("aria-pressed", "true")
    many = bench.shows_cell(cell)
    for name, value in (("dot", cell.dot), ("weight", cell.weights[5]), ("score", cell.scores[5])):
        assert len(many[name]) > len(few[name]) > 3
        assert float(many[name].replace("−", "-")) == pytest.approx(value, rel=1e-12)
    page.get_by_role("button", name="4 digits").click()
    assert bench.shows_cell(cell) == few


def test_a_masked_cell_says_so_and_is_exactly_zero(bench: Bench, page: Page) -> None:
    bench.open(site=FIRST, head=0)
    bench.matrix.click(position=bench.place(2, 7))
    shown = bench.shows_cell(Cell(trace("decoder", ENGLISH), FIRST, 0, 2, 7))
    assert (shown["weight"], shown["percent"]) == ("0", "0 %")
    assert shown["mask"].startswith("hidden:") and shown["mask"].endswith("becomes −∞")
    assert {(row["score"], row["weight"]) for row in shown["rows"][3:]} == {("−∞", "0")}
    expect(bench.summary).to_have_text("The mask hides this key from this query, so its weight is exactly 0.")


def test_a_query_that_may_see_nothing_is_told_in_words(bench: Bench, page: Page) -> None:
    bench.open(mask="window:0", site=FIRST, head=0)
    expected = trace("decoder", ENGLISH, mask={"window": 0})
    expect(bench.summary).to_have_text("This query may see nothing: its weights and what it adds up to are zero.")
    shown = bench.shows_cell(Cell(expected, FIRST, 0, 10, 1))
    assert [row["key"] for row in shown["rows"]] == list(range(11))
    assert {row["weight"] for row in shown["rows"]} == {"0"} and shown["sum"] == "0" and set(shown["z"]) == {"0"}
    expect(bench.worked).to_contain_text("No key is visible: there is nothing to divide by, and the weight is 0.")
    assert "NaN" not in page.locator("body").inner_text()
    expect(page.locator(".ytick text")).to_have_text([label(token) for token in expected.tokens["target"]])
    heights = [box["y"] for box in (tick.bounding_box() for tick in page.locator(".ytick text").all()) if box]
    assert heights == sorted(heights) and len(heights) == 11  # the first token's row is the uppermost
    assert page.evaluate(COLOURS, [drawn(expected), "light"]) == []


@pytest.mark.parametrize("model", zoo.ids())
def test_every_model_can_be_chosen(bench: Bench, page: Page, model: str) -> None:
    bench.open(model="encoder" if model == "decoder" else "decoder")
    response = bench.model(NAMES[model])
    text = response.request.post_data_json["text"]
    expected = trace(model, text)
    for row, side in enumerate(["target", "source"] if model == "encoder-decoder" else list(expected.tokens)):
        bench.shows_tokens(expected.tokens[side], row)
    expect(bench.heads).to_have_count(sum(site.n_heads for site in expected.sites))
    assert page.evaluate(COLOURS, [drawn(expected), "light"]) == []
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


@pytest.mark.parametrize(
    ("chosen", "count", "asked", "called"),
    [
        ("bidirectional", None, "bidirectional", "bidirectional"),
        ("prefix", "5", {"prefix": 5}, "prefix of 5"),
        ("window", "2", {"window": 2}, "window of 2"),
    ],
)
def test_masks_come_from_the_picker(
    bench: Bench, page: Page, chosen: str, count: str | None, asked: Any, called: str
) -> None:
    bench.open(query=4, key=3)
    expect(bench.warning).to_have_count(0)
    bench.after(lambda: bench.mask.select_option(chosen))
    if count:
        bench.count.fill(count)
        bench.after(lambda: bench.count.press("Tab"))
    expect(bench.heading).to_contain_text(called)
    expected = trace("decoder", ENGLISH, mask=asked)
    bench.shows_cell(Cell(expected, FIRST, 0, 4, 3))
    assert page.evaluate(COLOURS, [drawn(expected), "light"]) == []
    expect(bench.warning).to_contain_text("learned with another mask (causal)")
    bench.after(lambda: bench.mask.select_option("native"))
    expect(bench.warning).to_have_count(0)
    bench.shows_cell(Cell(trace("decoder", ENGLISH), FIRST, 0, 4, 3))


def test_the_native_mask_by_its_name_is_no_warning(bench: Bench) -> None:
    bench.open(mask="causal")
    expect(bench.heading).to_contain_text("causal")
    expect(bench.warning).to_have_count(0)


def test_scores_and_vectors_can_be_looked_at(bench: Bench, page: Page) -> None:
    few = "Tom likes music."
    expected = trace("decoder", few)
    bench.open(few, query=3, key=2)
    page.get_by_role("tab", name="Attention weights").press("ArrowRight")
    expect(page.get_by_role("tab", name="Scores")).to_be_focused()
    expect(page.get_by_role("tab", name="Scores")).to_have_attribute("aria-selected", "true")
    written = page.locator(".heatmaplayer .heatmap-label text")
    expect(written.first).to_have_text(re.compile(r"\d"))
    scores = expected[f"{FIRST}.scores"][0]
    shown = [float(read(text)) for text in written.all_text_contents()]
    due = [float(score) for query, row in enumerate(scores) for score in row[: query + 1]]
    assert shown == pytest.approx(due, rel=0.051, abs=1e-4)
    page.get_by_role("tab", name="Q, K, V").click()
    expect(page.locator(".heatmaplayer image")).to_have_count(3)
    page.locator(".matrix.q .cells").focus()
    page.keyboard.press("ArrowDown")
    bench.shows_cell(Cell(expected, FIRST, 0, 4, 2))
    page.locator(".matrix.v .cells").focus()
    page.keyboard.press("ArrowUp")
    bench.shows_cell(Cell(expected, FIRST, 0, 4, 1))


def test_predictions_are_the_models_at_the_chosen_query(bench: Bench, page: Page) -> None:
    bench.open()
    model, expected = zoo.load("decoder", "cpu"), trace("decoder", ENGLISH)
    predictions = model.predictions(expected)
    for query in (10, 4):
        page.locator(".tokens button").nth(query).click()
        bench.at(query, int(page.locator(".worked tr.chosen sub").inner_text()))
        rows = page.locator(".predictions li")
        expect(rows).to_have_count(len(predictions[query]))
        for row, due in zip(rows.all_inner_texts(), predictions[query], strict=True):
            token, percent = row.split("\n")
            assert token == due["text"].replace(" ", "␣").replace("<", "⟨").replace(">", "⟩")
            shown = 0.05 if percent == "< 0.1 %" else float(percent.removesuffix(" %"))
            assert shown == pytest.approx(100 * due["probability"], abs=0.051)


def test_the_theme_changes_ground_ink_and_pictures(bench: Bench, page: Page) -> None:
    bench.open()
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(ground) == "rgb(23, 24, 27)" != light
    pictures = drawn(trace("decoder", ENGLISH))
    assert page.evaluate(COLOURS, [pictures, "dark"]) == []
    assert page.evaluate(COLOURS, [pictures, "light"]) != []
    page.get_by_role("button", name="Light").click()
    assert page.evaluate(COLOURS, [pictures, "light"]) == []


def test_a_dark_system_gets_a_dark_page(bench: Bench, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    bench.open()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_can_be_read_on_their_cells(bench: Bench, page: Page, theme: str) -> None:
    """WCAG 1.4.3: text has at least 4.5 : 1 against its own cell."""
    bench.open(theme=theme, head=3, site="decoder.blocks.1.attn")
    written = page.locator(".heatmaplayer .heatmap-label text")
    expect(written).to_have_count(66)
    pattern = trace("decoder", ENGLISH)["decoder.blocks.1.attn.pattern"][3]
    weights = [float(pattern[query, key]) for query in range(11) for key in range(query + 1)]
    inks = written.evaluate_all("(all) => all.map((one) => one.style.fill.match(/[0-9]+/g).map(Number))")
    cells = page.evaluate(CELLS, [weights, theme])
    assert min(map(contrast, inks, cells)) >= 4.5


def contrast(one: list[float], other: list[float]) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: list[float]) -> float:
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
