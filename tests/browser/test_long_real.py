"""A real model's 1,024 tokens in the page: every cell is the model's own, and only the tokens in sight are made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from browser.conftest import serving, settled
from browser.watch import Watch
from playwright.sync_api import Page, expect
from real_models import saved, tokenizer

from app import Settings

transformers = pytest.importorskip("transformers")
N = 1024
TEXT = "The tide was low, and 17 gulls stood on the rocks; nobody knew why. ".ljust(N, "o")
LAYER, HEAD = 1, 2
PIXELS = """async ([address, cells]) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const context = new OffscreenCanvas(image.width, image.height).getContext("2d", {willReadFrequently: true});
  context.drawImage(image, 0, 0);
  return cells.map(([query, key]) => Array.from(context.getImageData(key, query, 1, 1).data));
}"""
COLOURS = """async (weights) => {
  const {weightColour} = await import("/static/js/colour.js");
  return weights.map((weight) => weightColour(weight, "light"));
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tmp_path_factory.mktemp("models") / "long", "GPT-2", n_positions=N)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    with serving(Settings(device="cpu", threads=1, models=[str(folder)], deadline=120)) as address:
        settled(address)
        yield address


def eager(folder: Path) -> Any:
    """[query, key], as transformers itself works it out."""
    model = transformers.AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    with torch.no_grad():
        return model(**tokenizer()(TEXT, return_tensors="pt"), output_attentions=True).attentions[LAYER][0, HEAD]


def opened(page: Page, server: str, **query: Any) -> None:
    given = {"model": "long", "lang": "en", "site": f"decoder.blocks.{LAYER}.attn", "head": HEAD, **query}
    page.goto(f"{server}/?{'&'.join(f'{k}={v}' for k, v in given.items())}#text={TEXT}")
    expect(page.locator(".tiled").first).to_have_attribute("aria-busy", "false", timeout=60_000)


def read(page: Page) -> tuple[int, int, float]:
    """The cell whose numbers are told, and its weight."""
    worked = page.locator(".worked")
    query, key = re.findall(r"pattern\[\d+, (\d+), (\d+)\]", worked.inner_text())[0]
    written = (worked.locator("mn.result").first.text_content() or "").strip().replace("−", "-")
    if power := re.fullmatch(r"(.+)·10(.+)", written):
        written = f"{power[1]}e{power[2].translate(str.maketrans('⁰¹²³⁴⁵⁶⁷⁸⁹⁻', '0123456789-'))}"
    return int(query), int(key), float(written)


def test_any_cell_is_the_models_own(page: Page, server: str, folder: Path, watch: Watch) -> None:
    pattern = eager(folder)
    assert pattern.shape == (N, N)
    opened(page, server, query=1000, key=37)
    expect(page.locator(".zoom-bar .note")).to_contain_text("largest of")
    assert read(page) == (1000, 37, pytest.approx(float(pattern[1000, 37]), rel=1e-3))
    sheet, side = (
        page.locator(".tiled .sheet").bounding_box(),
        int(re.findall(r"of (\d+) ×", page.locator(".zoom-bar .note").inner_text())[0]),
    )
    assert sheet is not None
    for at_row, at_column in ((0.93, 0.2), (0.5, 0.45), (0.71, 0.03)):
        page.mouse.move(sheet["x"] + at_column * sheet["width"], sheet["y"] + at_row * sheet["height"])
        expect(page.locator(".worked")).not_to_contain_text("pattern[2, 1000, 37]")
        page.wait_for_timeout(100)
        query, key, weight = read(page)
        assert weight == pytest.approx(float(pattern[query, key]), rel=1e-3)
        rows, columns = (slice(x - x % side, x - x % side + side) for x in (query, key))
        assert weight == pytest.approx(float(pattern[rows, columns].max()), rel=1e-3)  # what its square is drawn from
    page.locator(".tiled .cells").focus()
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile(f"query={query - 1}&"))
    assert read(page) == (query - 1, key, pytest.approx(float(pattern[query - 1, key]), rel=1e-3))
    assert not any("pattern" in name for run in watch.runs for name in run["names"])  # worked out from q and k
    assert page.evaluate("typeof window.Plotly") == "undefined"  # nothing is plotted


def test_a_head_is_saved_as_a_picture_and_the_run_as_a_file_that_opens_again(
    page: Page, server: str, folder: Path, watch: Watch, tmp_path: Path
) -> None:
    pattern = eager(folder)
    opened(page, server, query=1000, key=37)
    page.locator(".save summary").click()
    for kind in ("svg", "safetensors"):
        with page.expect_download(timeout=60_000) as download:
            page.locator(f"[data-save={kind}]").click()
        download.value.save_as(tmp_path / f"saved.{kind}")
    svg = (tmp_path / "saved.svg").read_text("utf-8")
    assert len(re.findall(r'<text x="-4"', svg)) == N  # a label each
    found = page.evaluate(
        PIXELS, [re.findall(r'href="(data:image/png;base64,[^"]+)"', svg)[0], [[1000, 37], [3, 0], [3, 4]]]
    )
    assert found[2] == [0, 0, 0, 0]  # masked
    due = page.evaluate(COLOURS, [float(pattern[1000, 37]), float(pattern[3, 0])])
    assert all(
        abs(a - b) <= 2
        for cell, colour in zip(found[:2], due, strict=True)
        for a, b in zip(cell[:3], colour, strict=True)
    )
    runs = len(watch.runs)
    page.locator("input[type=file]").first.set_input_files(tmp_path / "saved.safetensors")
    expect(page.locator(".opened-file")).to_contain_text("saved.safetensors")
    page.get_by_role("gridcell", name=f"decoder self-attention, block {LAYER} · head {HEAD}", exact=True).click()
    page.locator(".find-token input").fill("900")
    page.keyboard.press("Enter")
    expect(page.locator(".worked")).to_contain_text(f"pattern[{HEAD}, 900,")
    query, key, weight = read(page)
    assert weight == pytest.approx(float(pattern[query, key]), rel=1e-3)
    assert len(watch.runs) == runs


def test_a_token_far_away_is_found_and_reached_by_the_keyboard(page: Page, server: str) -> None:
    opened(page, server, query=1000, key=37)
    buttons, here = page.locator(".tokens button"), page.locator(".tokens .is-query sub")
    assert buttons.count() < N / 2
    page.locator(".find-token input").fill("17 gulls")
    page.keyboard.press("Enter")
    expect(here).to_have_text(str(TEXT.index("17 gulls")))
    page.locator(".find-token input").fill("512")
    page.keyboard.press("Enter")
    expect(here).to_have_text("512")
    page.locator(".tokens button[tabindex='0']").focus()
    page.keyboard.press("End")
    expect(here).to_have_text(str(N - 1))
    expect(page.locator(".tokens :focus sub")).to_have_text(str(N - 1))
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".tokens :focus sub")).to_have_text(str(N - 2))
