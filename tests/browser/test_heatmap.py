"""The heatmap and the heads' pictures: their colours and numbers, in either theme."""

from __future__ import annotations

import pytest
import torch
from browser.bench import ENGLISH, Bench, Cell, read, trace
from browser.pictures import colours, drawn, pixel, wrong
from browser.waiting import eventually
from playwright.sync_api import Page, expect

FIRST = "decoder.blocks.0.attn"


def test_the_heatmap_has_the_colours_and_numbers_of_the_chosen_head(bench: Bench, page: Page) -> None:
    bench.open(head=3, site="decoder.blocks.2.attn")
    pattern = trace("decoder", ENGLISH)["decoder.blocks.2.attn.pattern"][3]
    n = len(pattern)
    cells = [(query, key) for query in range(n) for key in range(query + 1)]
    expect(bench.numbers).to_have_text([f"{pattern[query, key]:.2f}" for query, key in cells])
    for query, key in ((0, 0), (n - 1, 0), (n - 1, n - 1), (5, 3)):
        due = colours(page, [float(pattern[query, key])])[0]
        assert max(abs(a - b) for a, b in zip(pixel(page, query, key, n), [*due, 255], strict=True)) < 6
    assert pixel(page, 0, n - 1, n)[3] == 0  # masked: nothing covers the hatch


@pytest.mark.parametrize(("theme", "view"), [("light", "weights"), ("dark", "weights"), ("light", "scores")])
def test_the_colours_are_there_before_plotly(bench: Bench, page: Page, theme: str, view: str) -> None:
    page.route("**/plotly*.js", lambda route: None)  # it never comes
    bench.go(ENGLISH, head=3, site="decoder.blocks.2.attn", theme=theme, view=view)
    ready = page.locator(".heatmap .ready")
    expect(ready).to_be_visible()
    shown = ready.evaluate("""(canvas) => {
      const {width, height} = canvas, {data} = canvas.getContext("2d").getImageData(0, 0, width, height);
      return [width, height, Array.from(data)];
    }""")
    found = trace("decoder", ENGLISH)
    values = found[f"decoder.blocks.2.attn.{'pattern' if view == 'weights' else 'scores'}"][3]
    n = len(values)
    assert shown[:2] == [n, n]
    largest = 1.0 if view == "weights" else float(values[torch.ones_like(values).tril().bool()].abs().max())
    due = page.evaluate(
        """async ([values, signed, theme]) => {
          const {signedColour, weightColour} = await import("/static/js/colour.js");
          return values.map((x) => (signed ? signedColour : weightColour)(x, theme));
        }""",
        [(values / largest).flatten().tolist(), view == "scores", theme],
    )
    for query in range(n):
        for key in range(n):
            pixel = shown[2][4 * (query * n + key) :][:4]
            if key > query:
                assert pixel[3] == 0
            else:
                assert max(abs(a - b) for a, b in zip(pixel, [*due[query * n + key], 255], strict=True)) < 4


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
    assert wrong(page, pooled) == []
    expect(page.get_by_text("Each pixel shows the largest weight of its patch.")).to_be_visible()


def test_scores_and_vectors_can_be_looked_at(bench: Bench, page: Page) -> None:
    few = "Tom likes music."
    expected = trace("decoder", few)
    bench.open(few, query=3, key=2)
    page.get_by_role("tab", name="Attention weights").press("ArrowRight")
    expect(page.get_by_role("tab", name="Scores")).to_be_focused()
    expect(page.get_by_role("tab", name="Scores")).to_have_attribute("aria-selected", "true")
    scores = expected[f"{FIRST}.scores"][0]
    due = [float(score) for query, row in enumerate(scores) for score in row[: query + 1]]
    shown = bench.numbers.all_text_contents
    eventually(page, lambda: [float(read(text)) for text in shown()], pytest.approx(due, rel=0.051, abs=1e-4))
    page.get_by_role("tab", name="Q, K, V").click()
    expect(page.locator(".heatmaplayer image")).to_have_count(3)
    page.locator(".matrix.q .cells").focus()
    page.keyboard.press("ArrowDown")
    bench.shows_cell(Cell(expected, FIRST, 0, 4, 2))
    page.locator(".matrix.v .cells").focus()
    page.keyboard.press("ArrowUp")
    bench.shows_cell(Cell(expected, FIRST, 0, 4, 1))


def test_the_theme_changes_ground_ink_and_pictures(bench: Bench, page: Page) -> None:
    bench.open()
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(ground) == "rgb(23, 24, 27)" != light
    pictures = drawn(trace("decoder", ENGLISH))
    assert wrong(page, pictures, "dark") == []
    assert wrong(page, pictures) != []
    page.get_by_role("button", name="Light").click()
    assert wrong(page, pictures) == []


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
    pattern = trace("decoder", ENGLISH)["decoder.blocks.1.attn.pattern"][3]
    weights = [float(pattern[query, key]) for query in range(11) for key in range(query + 1)]
    expect(bench.numbers).to_have_text([f"{weight:.2f}" for weight in weights])
    inked = "(all) => all.map((one) => one.style.fill.match(/[0-9]+/g).map(Number))"
    cells = colours(page, weights, theme)
    eventually(page, lambda: min(map(contrast, bench.numbers.evaluate_all(inked), cells)) >= 4.5, True)


def contrast(one: list[float], other: list[float]) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: list[float]) -> float:
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_on_a_low_window_the_figure_can_be_read_and_keeps_its_size_under_the_pointer(bench: Bench, page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    bench.open(ENGLISH)
    heights = set()
    for query in range(bench.tokens().count()):
        page.locator(".cells").hover(position=bench.place(query, 1))
        expect(page.locator(".token-row .is-query sub").first).to_have_text(str(query))
        heights.add(page.locator(".cells").bounding_box()["height"])  # type: ignore[index]
    assert len(heights) == 1 and heights.pop() > 150
