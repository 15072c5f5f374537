"""Queries, keys, values and matrices of stages beyond 256 tokens: tiles, and every number of them the model's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import torch
from browser.bench import Bench, agrees, label
from browser.tiles import HEAD, SITE, TEXT, expected, long_server
from playwright.sync_api import Locator, Page, expect

COLOURS = """async ([canvas, numbers, end, theme]) => {
  const {signedColour} = await import("/static/js/colour.js"), frame = canvas.getBoundingClientRect();
  const sheet = canvas.parentElement.querySelector(".sheet").getBoundingClientRect(), context = canvas.getContext("2d");
  return numbers.filter(([row, column, number]) => {
    const x = sheet.x - frame.x + sheet.width * column, y = sheet.y - frame.y + sheet.height * row;
    const {data} = context.getImageData(Math.floor(x), Math.floor(y), 1, 1), due = signedColour(number / end, theme);
    return due.some((c, i) => Math.abs(c - data[i]) > 3);
  });
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with long_server() as address:
        yield address


@pytest.fixture
def opened(bench: Bench, page: Page):
    """opened(**query): the page on a text of 600 tokens, whose matrix of a name is found by what it says it is."""
    bench.watch.expect("willReadFrequently")

    def get(**query: str | int) -> None:
        bench.go(TEXT, site=SITE, head=HEAD, query=400, key=30, **query)
        expect(page.locator("main")).to_have_attribute("aria-busy", "false")

    return get


def cells(page: Page, name: str) -> Locator:
    return page.get_by_role("application", name=re.compile(rf"^{re.escape(name)}, \d+ positions"))


def read(page: Page, name: str) -> str:
    """What is said of the number under the pointer or the keys."""
    return page.locator(".matrix-figure", has=cells(page, name)).locator(".read").inner_text()


def whole(tensor: torch.Tensor, side: int) -> list[tuple[float, float, float]]:
    """Of some patches of rows: where their middles are, and the number of the largest magnitude."""
    rows, columns = tensor.shape
    found = []
    for start in range(0, rows - side, 17 * side):
        patch = tensor[start : start + side]
        for column in range(0, columns, 5):
            number = patch[patch[:, column].abs().argmax(), column]
            found.append(((start + side / 2) / rows, (column + 0.5) / columns, float(number)))
    return found


@pytest.mark.parametrize(("theme", "part"), [("light", "q"), ("dark", "k"), ("light", "v")])
def test_every_patch_has_the_colour_of_its_largest_number(opened, page: Page, theme: str, part: str) -> None:
    opened(view="qkv", theme=theme)
    expect(page.locator(".matrices .tiled > canvas")).to_have_count(3)
    expect(page.locator(".matrices .chart")).to_have_count(0)
    tensor = expected()[f"{SITE}.{part}"][HEAD]
    figure = page.locator(f".matrix.{part}")
    figure.scroll_into_view_if_needed()
    told = re.search(r"(\d+) × 1 numbers", figure.locator(".zoom-bar .note").inner_text())
    assert told
    end = float(figure.locator(".scale small").last.inner_text().removeprefix("≥ "))
    largest = float(tensor.abs().max())
    assert end == pytest.approx(largest, rel=0.05)
    canvas = figure.locator(".tiled > canvas").element_handle()
    assert page.evaluate(COLOURS, [canvas, whole(tensor, int(told[1])), largest, theme]) == []


def test_any_number_is_read_by_pointer_and_keys(opened, page: Page) -> None:
    opened(view="qkv")
    k = expected()[f"{SITE}.k"][HEAD]
    box = cells(page, f"{SITE}.k")
    box.focus()
    for key in ["+"] * 10 + ["ArrowRight"] * 7 + ["ArrowDown"] * 3:
        page.keyboard.press(key)
    token = label(expected().tokens["target"][33])
    expect(page.locator(".matrix.k .read")).to_contain_text(f"{token} 33, feature 7: ")
    assert agrees(read(page, f"{SITE}.k").rpartition(": ")[2], float(k[33, 7]))
    expect(page).to_have_url(re.compile("key=33"))
    mark = page.locator(".matrix.k .mark-cell").bounding_box()
    assert mark and mark["width"] > 6 and mark["height"] > 6
    page.mouse.move(mark["x"] + 1.5 * mark["width"], mark["y"] + 0.5 * mark["height"])
    expect(page.locator(".matrix.k .read")).to_contain_text("33, feature 8: ")
    assert agrees(read(page, f"{SITE}.k").rpartition(": ")[2], float(k[33, 8]))
    page.keyboard.press("0")
    expect(page.locator(".matrix.k").get_by_role("button", name="Whole matrix")).to_be_disabled()


def test_the_scores_of_a_stage_are_tiles_with_pythons_numbers(opened, page: Page) -> None:
    opened()
    page.get_by_role("button", name="Step by step").click()
    strip = page.locator(".step-strip")
    strip.get_by_role("button", name="decoder block 1").click()
    for stage, name in (("scale", "scores"), ("softmax", "pattern")):
        strip.locator(".stage").filter(has_text=re.compile(f"^{stage}$")).click()
        expect(page.locator("div.stage")).to_have_attribute("aria-busy", "false")
        expect(page.locator(".stage-figure .tiled > canvas")).to_be_visible()
        expect(page.locator(".stage-figure .chart")).to_have_count(0)
        page.locator(".stage-figure .cells").focus()
        page.keyboard.press("ArrowLeft")
        row = page.locator(".stage-row tr.chosen")
        key = int(row.locator("sub").inner_text())
        due = float(expected()[f"{SITE}.{name}"][HEAD, 400, key])
        shown = row.locator("td").last.inner_text()
        assert agrees(shown, due) or abs(float(shown) - due) < 1e-4
        assert 100 < page.locator(".stage-row tbody tr").count() <= 128


def test_the_matrices_of_a_stage_are_tiles(opened, page: Page) -> None:
    opened()
    page.get_by_role("button", name="Step by step").click()
    page.locator(".step-strip").get_by_role("button", name="decoder block 1").click()
    name = "decoder.blocks.1.norm_attn.normalized"
    expect(page.locator(".stage-figure .tiled > canvas")).to_have_count(2)
    cells(page, name).focus()
    page.keyboard.press("End")
    width = expected()[name].shape[1]
    assert agrees(read(page, name).rpartition(": ")[2], float(expected()[name][400, width - 1]))
