"""The panel of a training: the curve of the highest head, folded, on a phone, and without the server."""

from __future__ import annotations

import csv
import io
import re
import struct
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from browser.bench import ENGLISH, Bench
from browser.reach import OVERFLOW
from browser.training import LAST, STEPS, Training, births, highest
from playwright.sync_api import Page, expect


def test_a_model_without_checkpoints_has_no_training_to_show(
    training: Training, bench: Bench, page: Page, watch: Any
) -> None:
    training.open()
    training.choose(STEPS[0])
    bench.model("Encoder")
    expect(training.panel).to_have_count(0)
    expect(training.weights).to_have_count(0)
    assert watch.runs[-1]["model"] == "encoder" and "checkpoint" not in watch.runs[-1]
    page.wait_for_function("() => !location.search.includes('checkpoint')")
    bench.model("Decoder")
    training.shows(LAST)
    told = [request.url for request in watch.requests if request.url.endswith("/births")]
    assert told == [f"{bench.server}/api/models/decoder/births"]


def test_the_highest_head_is_named_and_can_be_shown(training: Training, bench: Bench, page: Page) -> None:
    told = births(bench.server)
    site, head = highest(told)
    training.open(site=told["sites"][0], head=0)
    final = told["moments"][-1]["scores"]
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
    training.open()
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


def test_the_panel_folds_to_one_line(training: Training, page: Page) -> None:
    training.open()
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
    assert page.evaluate(OVERFLOW) == [0, []]
    training.title.click()
    expect(training.curve).to_be_visible()
    assert page.evaluate(OVERFLOW) == [0, []]
    bench.matrix.scroll_into_view_if_needed()
    expect(training.slider).to_be_in_viewport(ratio=1)
    training.slider.press("Home")
    warning = {"en": "not the finished model", "zh": "不是训练完的模型"}[lang]
    expect(page.locator(".head-figure .warning")).to_contain_text(warning)
    assert page.evaluate(OVERFLOW) == [0, []]


def test_the_curve_can_be_taken_away(training: Training, bench: Bench, page: Page, tmp_path: Path) -> None:
    told = births(bench.server)
    training.open()
    menu = training.panel.locator(".save")
    found = {}
    for kind in ("csv", "svg", "png"):
        menu.evaluate("(it) => { it.open = true; }")
        with page.expect_download() as download:
            menu.locator(f"[data-save={kind}]").click()
        expect(menu.get_by_role("status")).to_contain_text(download.value.suggested_filename)
        found[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(found[kind])
    head, *rows = csv.reader(io.StringIO(found["csv"].read_text("utf-8-sig")))
    assert head[:3] == ["step", "tokens read", f"{told['sites'][0]} head 0"]
    due = [[one["step"], one["tokens"], *chain(*one["scores"])] for one in told["moments"]]
    assert [[float(cell) for cell in row] for row in rows] == due
    svg, (site, head_) = found["svg"].read_text("utf-8"), highest(told)
    assert svg.count('class="head-line') == sum(map(len, told["moments"][0]["scores"]))
    name = f"block {re.search(r'[0-9]+', told['sites'][site])[0]} · head {head_}"  # type: ignore[index]
    assert f"{name} {told['moments'][-1]['scores'][site][head_]:.2f}" in svg
    png = found["png"].read_bytes()
    assert png.startswith(b"\x89PNG") and struct.unpack(">II", png[16:24]) == (3 * 760, 3 * 400)
