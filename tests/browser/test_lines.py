"""The chosen head as lines: what is drawn, what is left out and every written weight are the model's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from browser.bench import Bench, Cell, close, elided, label, trace
from browser.test_address import address
from browser.test_reach import OVERFLOW, tab_to
from browser.test_words import own, sentences
from playwright.sync_api import Locator, Page, expect

from model import zoo
from model.trace import Trace

ENGLISH = "Tom likes music. Mary likes music. Tom likes"
CHINESE = "小红有一只猫，小明有一只狗。"
SITE = "decoder.blocks.1.attn"
CROSS = "decoder.blocks.2.cross_attn"
INK = """(places) => {  // how much ink a column of pixels has around each place, and the canvas's size
  const canvas = document.querySelector(".lines-view .strong"), {width, height} = canvas;
  const copy = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const {data} = copy.getImageData(0, 0, width, height);
  const ink = places.map(([x, y]) => {
    const column = Math.floor(x * width), row = Math.floor(y * height);
    const rows = [...Array(21).keys()].map((i) => row + i - 10);
    return rows.reduce((sum, at) => sum + (data[4 * (at * width + column) + 3] ?? 0) / 255, 0);
  });
  return [ink, width, height];
}"""


@dataclass(frozen=True)
class Drawn:
    """What a head's lines shall come to, as Python has it."""

    trace: Trace
    site: str
    heads: list[int]
    threshold: float

    @property
    def visible(self) -> torch.Tensor:
        n_query, n_key = self.trace[f"{self.site}.pattern"].shape[1:]
        mask = self.trace.site(self.site).mask(torch.arange(n_query)[:, None], torch.arange(n_key)[None, :])
        return mask.expand(n_query, n_key)

    def tally(self, query: int | None = None, key: int | None = None) -> tuple[range, int, float]:
        """-> how many lines may be drawn, lines that there are, share of the weight"""
        rows = slice(None) if query is None else slice(query, query + 1)
        columns = slice(None) if key is None else slice(key, key + 1)
        pattern = self.trace[f"{self.site}.pattern"][self.heads][:, rows, columns].double()
        visible = self.visible[rows, columns].expand_as(pattern)
        near = close(self.trace, self.site) if self.threshold else 0  # where rounding decides
        least, most = (int((visible & (pattern >= at)).sum()) for at in (self.threshold + near, self.threshold - near))
        assert most - least <= visible.sum() / 5_000
        share = float(pattern[visible & (pattern >= self.threshold)].sum() / pattern.sum())
        return range(least, most + 1), int(visible.sum()), share

    def written(self, axis: str, index: int) -> dict[int, str]:
        """The weights of a token's lines by the position at their other end."""
        pattern = self.trace[f"{self.site}.pattern"][self.heads[-1]]
        weights, visible = (rows[index] if axis == "query" else rows[:, index] for rows in (pattern, self.visible))
        return {
            i: "<0.01" if 0 < weight < 0.005 else f"{weight:.2f}"
            for i, (weight, seen) in enumerate(zip(weights.tolist(), visible.tolist(), strict=True))
            if seen and weight >= self.threshold
        }


class Lines:
    def __init__(self, bench: Bench):
        self.bench, self.page = bench, bench.page
        self.view = self.page.locator(".lines-view")
        self.tally, self.summary = self.view.locator(".tally"), self.view.locator(".row-summary")
        self.slider, self.together = self.view.get_by_role("slider"), self.view.get_by_role("checkbox")

    def open(self, *args: Any, **query: Any) -> Lines:
        self.bench.open(*args, view="lines", **query)
        return self

    def token(self, axis: str, index: int) -> Locator:
        return self.view.locator(f".side.{axis} button").nth(index)

    def labels(self, axis: str) -> Locator:
        return self.view.locator(f".side.{axis} bdi")

    def written(self, axis: str) -> dict[int, str]:
        texts = self.view.locator(f".side.{axis} button b").all_text_contents()
        return {i: text for i, text in enumerate(texts) if text}

    def shows(self, drawn: Drawn, **token: int) -> None:
        counts, of, share = drawn.tally(**token)
        expect(self.tally).to_contain_text(re.compile(rf" ({'|'.join(f'{n:,}' for n in counts)}) of {of:,} lines, "))
        found = re.search(r", (<|>)? ?([0-9.]+) % of the weight$", self.tally.inner_text())
        assert found
        due = {"<": 0.0005, ">": 0.9995}.get(found[1] or "") or float(found[2]) / 100
        assert share == pytest.approx(due, abs=0.00051)

    def slide(self, threshold: float) -> None:
        steps = [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
        self.slider.fill(str(steps.index(threshold)))
        expect(self.view.locator("output")).to_have_text(f"{threshold * 100:g} %")


@pytest.fixture
def lines(bench: Bench) -> Lines:
    return Lines(bench)


CASES = [
    ("decoder", ENGLISH, None, "native", SITE), ("decoder", ENGLISH, None, "bidirectional", SITE),
    ("decoder", CHINESE, None, {"window": 3}, SITE), ("decoder", CHINESE, None, {"prefix": 4}, SITE),
    ("encoder", "Mary said that she was tired.", None, "native", "encoder.blocks.1.attn"),
    ("encoder-decoder", "I saw your sister at school.", "我在学校看到你妹妹", "native", CROSS),
    ("encoder-decoder", CHINESE, "Red has a cat", "native", "encoder.blocks.1.attn"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "text", "target", "mask", "site"), CASES)
def test_the_lines_that_are_drawn_and_their_weights_are_the_models(
    lines: Lines, model: str, text: str, target: str | None, mask: Any, site: str
) -> None:
    word = mask if isinstance(mask, str) else ":".join(str(part) for part in next(iter(mask.items())))
    lines.open(text, target, model=model, mask=word, site=site, head=2, query=3, key=1, threshold=0)
    expected = trace(model, text, target, mask)
    axes = expected.site(site)
    for axis, side in (("query", axes.query), ("key", axes.key)):
        expect(lines.labels(axis)).to_have_text([elided(label(token), 12) for token in expected.tokens[side]])
    for threshold in (0.0, 0.01, 0.1):
        lines.slide(threshold)
        drawn = Drawn(expected, site, [2], threshold)
        lines.shows(drawn)
        assert lines.written("key") == drawn.written("query", 3) and lines.written("query") == {}


def test_a_line_is_as_thick_and_as_opaque_as_its_weight_says(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=0, threshold=0)
    expected = trace("decoder", ENGLISH)
    lines.shows(Drawn(expected, SITE, [2], 0))
    weights, n = expected[f"{SITE}.pattern"][2][6].tolist(), 11
    places = [(0.97, (key + 0.5 + 0.03 * (6 - key)) / n) for key in range(n)]  # close to the keys, where lines part
    ink, width, height = page.evaluate(INK, places)
    for key in range(1, n):  # the chosen key's line has a mark around it
        slope = (key - 6) * height / n / width
        thickness, opacity = 0.75 + 6.25 * weights[key], 0.1 + 0.9 * weights[key] ** 0.5
        due = thickness * opacity * (1 + slope**2) ** 0.5 if key <= 6 else 0  # a masked pair has no line
        assert ink[key] == pytest.approx(due, rel=0.12, abs=0.02), key
    lines.slide(0.1)
    ink, _, _ = page.evaluate(INK, places)
    assert [amount > 0 for amount in ink] == [weight >= 0.1 for weight in weights]


@pytest.mark.parametrize(("axis", "index"), [("query", 9), ("key", 3)])
def test_the_pointer_leaves_only_the_lines_of_its_token(lines: Lines, page: Page, axis: str, index: int) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=1, threshold=0.01)
    drawn = Drawn(trace("decoder", ENGLISH), SITE, [2], 0.01)
    lines.shows(drawn)
    sent = len(lines.bench.watch.requests)
    lines.token(axis, index).hover()
    expect(lines.tally).to_contain_text(f"drawn of {axis}")
    lines.shows(drawn, **{axis: index})
    other = {"query": "key", "key": "query"}[axis]
    assert lines.written(other) == drawn.written(axis, index) and lines.written(axis) == {}
    expect(lines.view.locator("canvas").first).to_be_hidden()  # the others
    chosen = {"query": 6, "key": 1, axis: index}
    lines.bench.shows_cell(Cell(drawn.trace, SITE, 2, chosen["query"], chosen["key"]))
    page.keyboard.press("Tab")
    page.mouse.move(1, 1)
    lines.shows(drawn)
    expect(lines.view.locator("canvas").first).to_be_visible()
    lines.bench.shows_cell(Cell(drawn.trace, SITE, 2, 6, 1))
    assert len(lines.bench.watch.requests) == sent  # nothing here asks the server


def test_a_click_chooses_the_cell_that_everything_shows(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=1)
    lines.token("query", 8).click()
    lines.token("key", 4).click()
    page.mouse.move(1, 1)
    lines.bench.shows_cell(Cell(trace("decoder", ENGLISH), SITE, 2, 8, 4))
    expect(lines.token("query", 8)).to_have_attribute("aria-pressed", "true")
    expect(lines.token("key", 4)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("tab", name="Attention weights").click()
    expect(page.locator(".chart .main-svg").first).to_be_visible()
    lines.bench.at(8, 4)


def test_a_tap_shows_the_lines_of_a_key_until_it_is_taken_back(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=1, threshold=0.01)
    drawn = Drawn(trace("decoder", ENGLISH), SITE, [2], 0.01)
    tap = "(node) => node.dispatchEvent(new PointerEvent('click', {bubbles: true, pointerType: 'touch'}))"
    lines.token("key", 3).evaluate(tap)
    lines.bench.at(6, 3)
    lines.shows(drawn, key=3)
    assert lines.written("query") == drawn.written("key", 3)
    lines.view.locator(".pane").evaluate(tap)
    lines.shows(drawn)


def test_the_keyboard_walks_along_a_side_and_across(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=1, threshold=0.01)
    drawn = Drawn(trace("decoder", ENGLISH), SITE, [2], 0.01)
    tab_to(page, lines.slider)
    page.keyboard.press("ArrowRight")
    expect(lines.view.locator("output")).to_have_text("2 %")
    page.keyboard.press("ArrowLeft")
    tab_to(page, lines.token("query", 6))
    lines.shows(drawn, query=6)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(lines.token("query", 8)).to_be_focused()
    lines.shows(drawn, query=8)
    lines.bench.at(8, 1)
    page.keyboard.press("ArrowRight")
    expect(lines.token("key", 1)).to_be_focused()
    lines.shows(drawn, key=1)
    page.keyboard.press("End")
    expect(lines.token("key", 10)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(lines.token("key", 10)).to_be_focused()
    page.keyboard.press("Home")
    lines.bench.at(8, 0)
    page.keyboard.press("Escape")
    lines.shows(drawn)
    assert lines.view.locator(".side button[tabindex='0']").count() == 2
    page.keyboard.press("Tab")  # no trap
    expect(lines.token("key", 0)).not_to_be_focused()


def test_all_heads_of_the_block_are_overlaid_hidden_and_chosen(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=3, threshold=0.01)
    expected = trace("decoder", ENGLISH)
    lines.together.check()
    lines.shows(Drawn(expected, SITE, [0, 1, 3, 2], 0.01))
    assert lines.written("key") == Drawn(expected, SITE, [2], 0.01).written("query", 6)
    swatches = lines.view.locator(".head-switches path").all()
    assert len({swatch.get_attribute("stroke") for swatch in swatches}) == 4
    lines.view.get_by_role("button", name="lines of head 1", exact=True).click()
    lines.shows(Drawn(expected, SITE, [0, 3, 2], 0.01))
    expect(lines.view.get_by_role("button", name="lines of head 2", exact=True)).to_be_disabled()  # it stays
    lines.view.get_by_role("button", name="head 1", exact=True).click()
    expect(lines.bench.heading).to_contain_text("block 1 · head 1")
    lines.shows(Drawn(expected, SITE, [0, 2, 3, 1], 0.01))
    assert lines.written("key") == Drawn(expected, SITE, [1], 0.01).written("query", 6)
    lines.together.uncheck()
    lines.shows(Drawn(expected, SITE, [1], 0.01))


def test_the_address_brings_the_same_lines_back(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=3)
    lines.slide(0.05)
    lines.together.check()
    lines.view.get_by_role("button", name="lines of head 0", exact=True).click()
    lines.view.get_by_role("button", name="above and below").click()
    page.wait_for_url("**direction=rows**")
    query, _ = address(page)
    said = {"view": "lines", "threshold": "0.05", "heads": "block", "hidden": "0", "direction": "rows"}
    assert said.items() <= query.items()
    page.reload()
    lines.bench.ready()
    lines.shows(Drawn(trace("decoder", ENGLISH), SITE, [1, 3, 2], 0.05))
    expect(lines.view.get_by_role("button", name="above and below")).to_have_attribute("aria-pressed", "true")
    assert address(page)[0] == query


@pytest.mark.parametrize(("text", "direction"), [(CHINESE, "rows"), (ENGLISH, "columns"), (CHINESE * 4, "columns")])
def test_chinese_that_fits_begins_in_rows(lines: Lines, text: str, direction: str) -> None:
    lines.open(text)
    boxes = [lines.token("query", i).bounding_box() for i in (0, 1)]
    assert boxes[0] and boxes[1] and (boxes[1]["x"] > boxes[0]["x"]) == (direction == "rows")


def test_rows_hold_the_same_lines_as_columns(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=3, threshold=0.01)
    lines.view.get_by_role("button", name="above and below").click()
    drawn = Drawn(trace("decoder", ENGLISH), SITE, [2], 0.01)
    lines.shows(drawn)
    assert lines.written("key") == drawn.written("query", 6)
    page.keyboard.press("Tab")
    tab_to(page, lines.token("query", 6))
    page.keyboard.press("ArrowRight")
    lines.bench.at(7, 3)
    page.keyboard.press("ArrowDown")
    expect(lines.token("key", 3)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(lines.token("query", 7)).to_be_focused()


def test_what_a_query_looks_at_is_said_in_a_sentence(lines: Lines) -> None:
    lines.open("Mary said that she was tired.", model="encoder", site="encoder.blocks.1.attn", head=1, query=6, key=4)
    expected = trace("encoder", "Mary said that she was tired.")
    row = expected["encoder.blocks.1.attn.pattern"][1][6]
    said = lines.summary.inner_text()
    names = [label(token) for token in expected.tokens["source"]]
    assert said.startswith(f"{names[6]} looks at {names[int(row.argmax())]} ")
    shares = [float(share) for share in re.findall(r"([0-9.]+) %", said)]
    top = row.sort(descending=True).values[:3].tolist()
    assert shares[:3] == pytest.approx([100 * weight for weight in top], abs=0.051)
    assert sum(shares) == pytest.approx(100, abs=0.21)
    assert f"{len(names) - 3} others" in said
    expect(lines.summary).to_have_attribute("aria-live", "polite")


def test_a_query_that_may_see_nothing_says_so(lines: Lines) -> None:
    lines.open(ENGLISH, mask="window:0", site=SITE, head=2, query=6, key=3)
    expect(lines.tally).to_have_text("drawn: 0 of 0 lines, 0 % of the weight")
    expect(lines.summary).to_contain_text("may see nothing: it has no line.")
    expect(lines.token("query", 6)).to_have_attribute("aria-label", re.compile("may see nothing"))
    assert "NaN" not in lines.view.inner_text()


def test_why_the_chosen_pair_has_no_line_is_told(lines: Lines) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=3, key=9)
    expect(lines.summary).to_contain_text("is masked: no line.")
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=1, threshold=0.5)
    weight = 100 * float(trace("decoder", ENGLISH)[f"{SITE}.pattern"][2, 6, 1])
    expect(lines.summary).to_contain_text(f"has {weight:.1f} %, below the threshold: no line.")


def test_a_checkpoint_has_lines_of_its_own(lines: Lines, page: Page) -> None:
    step = zoo.load("decoder").checkpoints[1]
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=3, threshold=0.01, checkpoint=step)
    drawn = Drawn(zoo.load("decoder").trace(ENGLISH, checkpoint=step), SITE, [2], 0.01)
    lines.shows(drawn)
    assert lines.written("key") == drawn.written("query", 6)


def test_many_tokens_scroll_within_the_figure_with_their_labels(lines: Lines, page: Page) -> None:
    text = " ".join(["我爱吃鱼 and you like tea."] * 24)
    expected = trace("decoder", text)
    n = len(expected.tokens["target"])
    assert 200 < n <= 256
    lines.open(text, site=SITE, head=2, heads="block", query=n - 1, key=3, threshold=0.01)
    lines.shows(Drawn(expected, SITE, [0, 1, 3, 2], 0.01))
    expect(lines.token("query", n - 1)).to_be_in_viewport()  # the chosen one is where it can be seen
    assert page.evaluate("[document.scrollingElement.scrollHeight - innerHeight, scrollY]") == [0, 0]
    boxes = [lines.token(axis, n - 1).bounding_box() for axis in ("query", "key")]
    canvas = lines.view.locator("canvas").last.bounding_box()
    assert boxes[0] and boxes[1] and canvas
    assert boxes[0]["y"] == pytest.approx(boxes[1]["y"], abs=1)
    assert boxes[0]["y"] + boxes[0]["height"] == pytest.approx(canvas["y"] + canvas["height"], abs=1)
    assert boxes[0]["height"] >= 23.9


@pytest.mark.parametrize("direction", ["columns", "rows"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_scrolls_in_one_direction_only(lines: Lines, page: Page, lang: str, direction: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for text in (ENGLISH, CHINESE * 6):
        lines.open(text, lang=lang, direction=direction, heads="block")
        expect(lines.token("query", 0)).to_be_attached()
        assert page.evaluate(OVERFLOW) == [0, []]
    page.set_viewport_size({"width": 320, "height": 844})
    page.wait_for_function(f"() => ({OVERFLOW})()[0] === 0")


def test_every_sentence_of_the_view_is_in_both_languages(lines: Lines, page: Page) -> None:
    said = {}
    for lang in ("en", "zh"):
        lines.open("我爱吃鱼，你爱吃什么", lang=lang, heads="block", query=4, key=7, site=SITE, head=2)
        token = lines.token("query", 5)
        said[lang] = sentences(page)
        token.hover()
        said[lang] |= sentences(page)
        page.mouse.move(1, 1)
    assert {one for one in said["zh"] if re.search("[A-Za-z]", own(one.replace("bos", "")))} == set()
    assert {one for one in said["en"] & said["zh"] if own(one)} <= {"头灯", "中文"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_lines_of_a_query_are_in_its_colour_in_every_theme(lines: Lines, page: Page, theme: str) -> None:
    lines.open(ENGLISH, theme=theme, site=SITE, head=2, query=6, key=1, threshold=0.2)
    lines.shows(Drawn(trace("decoder", ENGLISH), SITE, [2], 0.2))
    blue = {"light": [0, 103, 168], "dark": [108, 184, 240]}[theme]
    found = page.wait_for_function("""() => {  // painted: a pixel that is not see-through
      const canvas = document.querySelectorAll(".lines-view canvas")[1];
      const x = Math.floor(canvas.width / 2), y = Math.floor(canvas.height * 5 / 11);  // halfway from query 6 to key 3
      const [r, g, b, alpha] = canvas.getContext("2d").getImageData(x, y, 1, 1).data;
      return alpha > 0 && [r, g, b];
    }""").json_value()
    assert found == pytest.approx(blue, abs=4)
