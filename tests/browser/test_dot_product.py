"""The dot product of a query and a key, feature by feature: every number is Python's."""

from __future__ import annotations

import re

import pytest
import torch
from browser.address import address
from browser.bars import SITE, STRIPS, percent
from browser.bench import ENGLISH, Bench, Cell, agrees, trace
from playwright.sync_api import Page, expect

LINE = """() => document.querySelector(".running .sum").getAttribute("d").slice(1).split("L")
  .map((point) => point.split(" ").map(Number))"""


@pytest.mark.parametrize("order", ["place", "size"])
def test_the_dot_product_is_shown_feature_by_feature(bench: Bench, page: Page, order: str) -> None:
    bench.open(view="qkv", site=SITE, head=2, query=6, key=3, order=order)
    cell = Cell(trace("decoder", ENGLISH), SITE, 2, 6, 3)
    q, k = cell.of("q")[6].tolist(), cell.of("k")[3].tolist()
    products = [a * b for a, b in zip(q, k, strict=True)]
    places = list(range(32)) if order == "place" else sorted(range(32), key=lambda i: (-abs(products[i]), i))
    expect(page.locator(".neuron .strip")).to_have_count(4)
    strips = page.evaluate(STRIPS, ".neuron")
    for name, strip, values in zip(("q", "k", "q × k"), strips, (q, k, products), strict=True):
        for i, title in zip(places, strip, strict=True):
            vector, number = title.split(" = ")
            assert vector == f"{name}[{i}]" and agrees(number, values[i])
    sums = torch.tensor([products[i] for i in places], dtype=torch.float64).cumsum(0).tolist()
    least, most = min(0, *sums), max(0, *sums)
    drawn = page.evaluate(LINE)
    assert [x for x, _ in drawn] == [0, *(i + 0.5 for i in range(32)), 32]
    heights = [96 - 92 * (value - least) / (most - least) for value in [0, *sums, sums[-1]]]
    assert [y for _, y in drawn] == pytest.approx(heights, abs=1e-6)
    shown = bench.shows_cell(cell)
    assert page.locator(".running .end").inner_text() == shown["dot"]
    assert page.locator(".neuron .equation .dot").text_content() == shown["dot"]
    assert page.locator(".neuron .equation .score").text_content() == shown["score"]
    page.locator(".features").focus()
    for at, key in ((0, "Home"), (1, "ArrowRight"), (0, "ArrowLeft"), (31, "End")):
        page.keyboard.press(key)
        i = places[at]
        expect(page.locator(".neuron .told")).to_have_text(re.compile(f"^Feature {i}: "))
        told = page.locator(".neuron .told").inner_text()
        expect(page.locator(".features")).to_have_attribute("aria-valuetext", told)
        product, total = told.split(" = ")[1].split(", ")[0], told.split("so far: ")[1].rstrip(".")
        assert agrees(product, products[i]) and agrees(total, sums[at])
        share = told.split(", ")[1].split(" of ")[0]
        if share.startswith("<"):
            assert abs(products[i] / cell.dot) < percent(share)
        else:
            assert percent(share) == pytest.approx(products[i] / cell.dot, abs=0.00051)
    assert total == shown["dot"]


def test_all_digits_of_the_running_sum_end_at_the_worked_cells(bench: Bench, page: Page) -> None:
    bench.open(view="qkv", site=SITE, head=2, query=6, key=3, order="size")
    page.get_by_role("button", name="all digits").click()
    shown = bench.shows_cell(Cell(trace("decoder", ENGLISH), SITE, 2, 6, 3))
    page.locator(".features").press("End")
    assert page.locator(".neuron .equation .dot").text_content() == shown["dot"]
    expect(page.locator(".neuron .told")).to_have_text(re.compile(rf"Sum so far: {re.escape(shown['dot'])}\.$"))
    assert len(shown["dot"]) > 10


def test_pointing_at_a_row_or_a_feature_asks_nothing_of_the_server(bench: Bench, page: Page) -> None:
    bench.open(view="qkv", site=SITE, head=2, query=6, key=3)
    before = len(bench.watch.runs)
    expected = trace("decoder", ENGLISH)
    page.locator(".matrix.q .cells").press("ArrowDown")
    page.locator(".matrix.k .cells").press("ArrowUp")
    shown = bench.shows_cell(Cell(expected, SITE, 2, 7, 2))
    assert page.locator(".neuron .equation .dot").text_content() == shown["dot"]
    box = page.locator(".neuron .numbers").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 5.5 / 32, box["y"] + 3)
    expect(page.locator(".neuron .told")).to_contain_text("Feature 5:")
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(2, 2)
    expect(page.locator(".neuron .told")).to_contain_text("Feature 5:")
    page.locator(".small-choice").get_by_text("largest first").click()
    expect(page.locator(".neuron .told")).to_contain_text("Feature 5:")
    page.wait_for_url("**order=size**")
    assert address(page)[0]["feature"] == "5"
    assert len(bench.watch.runs) == before
