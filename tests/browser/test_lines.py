"""The chosen head as lines: what is drawn, what is left out and every written weight are the model's."""

from __future__ import annotations

from typing import Any

import pytest
from browser.address import address
from browser.bench import ENGLISH, elided, label, trace
from browser.lines import CHINESE, SITE, Drawn, Lines
from browser.waiting import eventually
from playwright.sync_api import Page, expect

from model import zoo

CROSS = "decoder.blocks.2.cross_attn"
CASES = [
    ("decoder", ENGLISH, None, "native", SITE), ("decoder", ENGLISH, None, "bidirectional", SITE),
    ("decoder", CHINESE, None, {"window": 3}, SITE), ("decoder", CHINESE, None, {"prefix": 4}, SITE),
    ("encoder", "Mary said that she was tired.", None, "native", "encoder.blocks.1.attn"),
    ("encoder-decoder", "I saw your sister at school.", "我在学校看到你妹妹", "native", CROSS),
    ("encoder-decoder", CHINESE, "Red has a cat", "native", "encoder.blocks.1.attn"),
]  # fmt: skip
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


def painted(page: Page) -> None:
    """The canvas has its size, and lines are on it."""
    page.wait_for_function("""() => {
      const canvas = document.querySelector(".lines-view .strong"), {width, height} = canvas;
      return width && canvas.getContext("2d").getImageData(0, 0, width, height).data.some((byte) => byte > 0);
    }""")


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
    painted(page)
    weights, n = expected[f"{SITE}.pattern"][2][6].tolist(), 11
    places = [(0.97, (key + 0.5 + 0.03 * (6 - key)) / n) for key in range(n)]  # close to the keys, where lines part
    ink, width, height = page.evaluate(INK, places)
    for key in range(1, n):  # the chosen key's line has a mark around it
        slope = (key - 6) * height / n / width
        thickness, opacity = 0.75 + 6.25 * weights[key], 0.1 + 0.9 * weights[key] ** 0.5
        due = thickness * opacity * (1 + slope**2) ** 0.5 if key <= 6 else 0  # a masked pair has no line
        assert ink[key] == pytest.approx(due, rel=0.12, abs=0.02), key
    lines.slide(0.1)
    drawn = [weight >= 0.1 for weight in weights]
    eventually(page, lambda: [amount > 0 for amount in page.evaluate(INK, places)[0]], drawn)


def test_all_heads_of_the_block_are_overlaid_hidden_and_chosen(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=3, threshold=0.01)
    expected = trace("decoder", ENGLISH)
    lines.together.check()
    lines.shows(Drawn(expected, SITE, [0, 1, 3, 2], 0.01))
    assert lines.written("key") == Drawn(expected, SITE, [2], 0.01).written("query", 6)
    swatches = lines.view.locator(".head-switches path").all()
    assert len({swatch.get_attribute("stroke") for swatch in swatches}) == 4
    lines.button("lines of head 1").click()
    lines.shows(Drawn(expected, SITE, [0, 3, 2], 0.01))
    expect(lines.button("lines of head 2")).to_be_disabled()  # it stays
    lines.button("head 1").click()
    expect(lines.bench.heading).to_contain_text("block 1 · head 1")
    lines.shows(Drawn(expected, SITE, [0, 2, 3, 1], 0.01))
    assert lines.written("key") == Drawn(expected, SITE, [1], 0.01).written("query", 6)
    lines.together.uncheck()
    lines.shows(Drawn(expected, SITE, [1], 0.01))


def test_the_address_brings_the_same_lines_back(lines: Lines, page: Page) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=3)
    lines.slide(0.05)
    lines.together.check()
    lines.button("lines of head 0").click()
    lines.button("above and below").click()
    page.wait_for_url("**direction=rows**")
    query, _ = address(page)
    said = {"view": "lines", "threshold": "0.05", "heads": "block", "hidden": "0", "direction": "rows"}
    assert said.items() <= query.items()
    page.reload()
    lines.bench.ready()
    lines.shows(Drawn(trace("decoder", ENGLISH), SITE, [1, 3, 2], 0.05))
    expect(lines.button("above and below")).to_have_attribute("aria-pressed", "true")
    assert address(page)[0] == query


def test_a_checkpoint_has_lines_of_its_own(lines: Lines, page: Page) -> None:
    step = zoo.load("decoder").checkpoints[1]
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=3, threshold=0.01, checkpoint=step)
    drawn = Drawn(zoo.load("decoder").trace(ENGLISH, checkpoint=step), SITE, [2], 0.01)
    lines.shows(drawn)
    assert lines.written("key") == drawn.written("query", 6)


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
