"""What a PNG or SVG of a view holds: the numbers of that view, readable on paper."""

from __future__ import annotations

import csv
import re
import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
from browser.bench import Bench, trace
from browser.saving import saved_from
from playwright.sync_api import Page, expect

TEXT = "小红有一只猫，小明有一只狗。"
SITE, HEAD = "decoder.blocks.1.attn", 2
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def saved(bench: Bench, tmp_path: Path):
    """saved(kind): the file that the visitor gets."""
    return lambda kind, **query: saved_from(bench, tmp_path, kind, TEXT, site=SITE, head=HEAD, **query)


def lines_of(path: Path) -> list[ElementTree.Element]:
    groups = ElementTree.parse(path).getroot().findall(f".//{SVG}g[@class='lines']/{SVG}g/{SVG}g")
    return [line for group in groups for line in group]


@pytest.mark.parametrize("threshold", [0.01, 0.2])
def test_the_svg_of_the_lines_has_a_line_for_every_weight_from_the_threshold_on(saved, threshold: float) -> None:
    pattern = trace("decoder", TEXT)[f"{SITE}.pattern"][HEAD]
    visible = torch.ones_like(pattern).tril().bool()
    lines = lines_of(saved("svg", view="lines", threshold=threshold))
    weights = sorted(pattern[visible & (pattern >= threshold)].tolist())
    assert len(lines) == len(weights)
    drawn = sorted(float(line.attrib["stroke-width"]) for line in lines)
    assert drawn == pytest.approx([0.75 + 6.25 * weight for weight in weights], abs=0.006)


def test_a_line_leads_from_its_query_to_its_key(saved) -> None:
    pattern = trace("decoder", TEXT)[f"{SITE}.pattern"][HEAD]
    lines = lines_of(saved("svg", view="lines", threshold=0.2, direction="columns"))
    ends = [[float(x) for x in re.findall(r"[-\d.]+", line.attrib["d"])] for line in lines]
    pairs = sorted((query, key) for query, key in (pattern >= 0.2).nonzero().tolist())
    step = 2 * min(y for _, y, _, _ in ends if y > 0) / (2 * min(query for query, _ in pairs) + 1)
    assert sorted((round(y1 / step - 0.5), round(y2 / step - 0.5)) for _, y1, _, y2 in ends) == pairs


def test_all_heads_are_drawn_each_in_its_colour_with_a_legend(saved) -> None:
    root = ElementTree.parse(saved("svg", view="lines", heads="block")).getroot()
    colours = [group.attrib["stroke"] for group in root.findall(f".//{SVG}g[@class='lines']/{SVG}g/{SVG}g")]
    legend = {path.attrib["stroke"] for path in root.findall(f"./{SVG}g/{SVG}path")}
    texts = [text.text for text in root.findall(f"./{SVG}g/{SVG}path/../{SVG}text")]
    assert len(colours) == len(set(colours)) == 4 and set(colours) == legend
    assert texts == ["head 0", "head 1", "head 2", "head 3"]


@pytest.mark.parametrize("direction", ["rows", "columns"])
def test_the_png_of_the_lines_has_three_pixels_for_one(saved, direction: str) -> None:
    png = saved("png", view="lines", direction=direction).read_bytes()
    width, height = struct.unpack(">II", png[16:24])
    assert png.startswith(b"\x89PNG") and width > 2000 and height > 1000


def test_the_svg_of_q_k_and_v_has_all_three(saved) -> None:
    svg = saved("svg", view="qkv").read_text("utf-8")
    assert svg.count("<image") == 3
    for position, token in enumerate(trace("decoder", TEXT).tokens["target"][1:], 1):
        assert svg.count(f">{position}: {token.text}<") == 3
    assert all(f">{name}<" in svg for name in "QKV")


@pytest.mark.parametrize("sink", ["shown", "hidden"])
def test_the_csv_of_the_values_is_weight_times_norm_as_it_is_drawn(saved, sink: str) -> None:
    found = trace("decoder", TEXT)
    expected = found[f"{SITE}.pattern"][HEAD] * found[f"{SITE}.v"][HEAD].norm(dim=-1)
    rows = list(csv.reader(saved("csv", view="values", sink=sink).read_text("utf-8-sig").splitlines()))
    assert rows[0][0] == "pattern times norm of v"
    for query, row in enumerate(rows[1:]):
        for key, cell in enumerate(row[1:]):
            if key > query or (sink == "hidden" and key == 0):
                assert cell == ""
            else:
                assert float(cell) == pytest.approx(float(expected[query, key]), abs=1e-5)


def test_the_picture_says_what_is_hidden(saved) -> None:
    assert "the first position is hidden" in saved("svg", view="weights", sink="hidden").read_text("utf-8")
    assert "the first position is hidden" not in saved("svg", view="scores", sink="hidden").read_text("utf-8")


def test_too_many_lines_get_a_sentence(bench: Bench, page: Page) -> None:
    bench.open("the cat and " * 80, mask="bidirectional", site=SITE, head=HEAD, view="lines", threshold=0)
    page.locator(".save summary").click()
    page.locator("[data-save=svg]").click()
    expect(page.locator(".save [role=status]")).to_have_text(
        "So many lines make no picture: draw fewer by a higher weight."
    )
