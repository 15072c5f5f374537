"""What can be taken away from the page, read again by other programs."""

from __future__ import annotations

import csv
import io
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from browser.bench import Bench, trace
from browser.saving import saved_from
from playwright.sync_api import Browser, Page, Route, expect
from safetensors.torch import load_file

TEXT = "我爱吃鱼，你爱吃什么"
DRAWN = "() => Array.from(document.querySelector('.js-plotly-plot')._fullData[0].z, (row) => Array.from(row))"
SITE, HEAD = "decoder.blocks.1.attn", 2


@pytest.fixture
def saved(bench: Bench, tmp_path: Path):
    """saved(kind): the file that the visitor gets."""
    return lambda kind, **query: saved_from(bench, tmp_path, kind, TEXT, site=SITE, head=HEAD, **query)


def test_the_csv_has_the_weights_in_full(saved) -> None:
    rows = list(csv.reader(io.StringIO(saved("csv").read_text("utf-8-sig"))))
    expected = trace("decoder", TEXT)[f"{SITE}.pattern"][HEAD]
    n = len(expected)
    assert rows[0][0] == "pattern" and len(rows) == n + 1
    assert [int(row[0].split(":")[0]) for row in rows[1:]] == list(range(n))
    shown = torch.tensor([[float(cell or 0) for cell in row[1:]] for row in rows[1:]])
    assert torch.allclose(shown, expected, atol=1e-6)
    assert all((cell == "") == (key > query) for query, row in enumerate(rows[1:]) for key, cell in enumerate(row[1:]))


def test_the_safetensors_are_every_tensor_of_the_run(saved) -> None:
    tensors = load_file(saved("safetensors"))
    expected = trace("decoder", TEXT)
    assert set(tensors) == set(expected)
    assert torch.allclose(tensors["logits"], expected["logits"], atol=1e-4)


def test_the_python_makes_the_same_run(saved, server: str) -> None:
    script = saved("python", mask="bidirectional")
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=60)
    shown = [float(number) for number in re.findall(r"\d\.\d{4}(?:e-\d+)?", ran.stdout)]
    expected = trace("decoder", TEXT, mask="bidirectional")[f"{SITE}.pattern"][HEAD]
    assert torch.allclose(torch.tensor(shown), expected.flatten(), atol=1e-4)


def test_a_png_is_of_print_size_and_an_svg_holds_every_label(saved) -> None:
    png = saved("png").read_bytes()
    width, height = struct.unpack(">II", png[16:24])
    assert png.startswith(b"\x89PNG") and min(width, height) > 1000
    svg = saved("svg", view="scores").read_text("utf-8")
    for position, token in enumerate(trace("decoder", TEXT).tokens["target"][1:], 1):
        assert svg.count(f">{position}: {token.text}<") == 2


def test_the_html_works_without_a_network(saved, browser: Browser) -> None:
    path = saved("html")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    expect(page.locator(".heatmaplayer image")).to_have_count(1)
    expect(page.locator("h1")).to_contain_text(f"{SITE}, head {HEAD}")
    drawn = page.evaluate(DRAWN)
    context.close()
    expected = trace("decoder", TEXT)[f"{SITE}.pattern"][HEAD]
    shown = torch.tensor([[0.0 if cell is None else cell for cell in row] for row in drawn]).nan_to_num()
    assert torch.allclose(shown, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("view", "query", "asked"),
    [
        (
            "lines",
            {"threshold": "0.05", "heads": "block", "hidden": "0", "direction": "columns"},
            {"threshold": 0.05, "beside": [1, 3], "direction": "columns"},
        ),
        (
            "values",
            {"measure": "weights", "sink": "hidden", "query": 5},
            {"measure": "weights", "sink": "hidden", "query": 5},
        ),
        ("weights", {"sink": "hidden"}, {"sink": "hidden"}),
    ],
)
def test_the_html_is_of_the_view_as_it_is_drawn(bench: Bench, saved, view: str, query: dict, asked: dict) -> None:
    path = saved("html", view=view, **query)
    assert view in path.name
    [body] = [one.post_data_json for one in bench.watch.requests if one.url.endswith("/api/figure")]
    assert {name: body[name] for name in ("view", *asked)} == {"view": view, **asked}
    heading = re.search("<h1[^>]*>(.*?)</h1>", path.read_text("utf-8"))
    title = {"lines": "Lines", "values": "Values", "weights": "Attention weights"}[view]
    assert heading and heading[1].startswith(f"{title}: {SITE}, head {HEAD}")


def test_so_many_lines_are_refused_in_words(bench: Bench, page: Page) -> None:
    bench.open("爱" * 120, site=SITE, head=HEAD, view="lines", threshold="0", heads="block")
    page.locator(".save summary").click()
    page.locator("[data-save=html]").click()
    expect(page.locator(".save [role=status]")).to_contain_text("So many lines make no picture")


def test_a_link_is_copied(bench: Bench, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bench.open(TEXT, site=SITE, head=HEAD)
    page.locator(".save summary").click()
    page.locator("[data-save=link]").click()
    expect(page.locator(".save [role=status]")).to_have_text("The link is copied.")
    assert page.evaluate("() => navigator.clipboard.readText()") == page.url


def test_a_refusal_is_told_where_one_asked(bench: Bench, page: Page) -> None:
    bench.open(TEXT)
    bench.watch.expect("ERR_FAILED")
    page.route("**/api/figure", lambda route: route.abort())
    page.locator(".save summary").click()
    page.locator("[data-save=html]").click()
    expect(page.locator(".save [role=status]")).to_contain_text("The server cannot be reached.")


PLOTLY = "**/plotly-cartesian.min.js"


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_that_is_asked_for_before_plotly_is_here_waits_for_it(bench: Bench, page: Page, kind: str) -> None:
    held: list[Route] = []
    page.route(PLOTLY, lambda route: held.append(route))
    bench.go(TEXT, site=SITE, head=HEAD)
    page.locator(".save summary").click()
    page.locator(f"[data-save={kind}]").click()
    expect(page.locator(".save [role=status]")).to_have_text("Saving…")
    assert len(held) == 1
    with page.expect_download() as download:
        held[0].continue_()
    expect(page.locator(".save [role=status]")).to_have_text(f"Saved as {download.value.suggested_filename}.")
    expect(bench.numbers.first).to_be_attached()  # the heatmap has waited, too


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", "The picture is drawn by plotly, a part of this page that could not be loaded"),
        ("zh", "图由 plotly 绘制，而页面的这一部分没能加载"),
    ],
)
def test_without_plotly_a_picture_is_refused_until_the_page_is_loaded_again(
    bench: Bench, page: Page, lang: str, says: str
) -> None:
    bench.watch.expect("ERR_FAILED")
    bench.watch.expect("plotly-cartesian.min.js")
    page.route(PLOTLY, lambda route: route.abort())
    bench.go(TEXT, site=SITE, head=HEAD, lang=lang)
    page.locator(".save summary").click()
    page.locator("[data-save=svg]").click()
    expect(page.locator(".save [role=status]")).to_contain_text(says)
    page.unroute(PLOTLY)
    page.reload()
    page.locator(".save summary").click()
    with page.expect_download():
        page.locator("[data-save=svg]").click()


def test_the_menu_closes_by_escape_and_when_one_turns_elsewhere(bench: Bench, page: Page) -> None:
    bench.open(TEXT, site=SITE, head=HEAD)
    menu, opener = page.locator("details.save"), page.locator(".save summary")
    opener.click()
    page.locator(".save small").first.click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(opener).to_be_focused()
    opener.click()
    expect(menu).to_have_attribute("open", "")
    page.get_by_role("textbox").first.click()
    expect(menu).not_to_have_attribute("open", "")
