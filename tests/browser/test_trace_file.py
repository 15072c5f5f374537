"""Traces that the command wrote, opened in the page: their numbers are the file's."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from browser.bench import Bench
from browser.player import Player
from playwright.sync_api import Page, expect
from real_models import saved

from app.cli import main
from model import zoo
from model.trace import Trace

TEXT = "Tom likes music."
DRAWN = "() => Array.from(document.querySelector('.js-plotly-plot')._fullData[0].z, (row) => Array.from(row))"


def written(folder: Path, family: str) -> tuple[Path, Trace]:
    source, more = family, ["--target", "a cat"] if family == "T5" else []
    if family != "decoder":
        pytest.importorskip("transformers")
        source = str(saved(folder / "model", family))
    path = folder / "run.safetensors"
    assert main(["trace", TEXT, "-o", str(path), "--device", "cpu", "--model", source, *more]) == 0
    return path, zoo.load(source).trace(TEXT, *more[1:])


@pytest.mark.parametrize("family", ["decoder", "T5", "MPNet"])
def test_a_trace_shows_the_numbers_of_its_run(bench: Bench, page: Page, tmp_path: Path, family: str) -> None:
    path, trace = written(tmp_path, family)
    bench.open("The cat sat on the mat.")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.locator(".opened-file .file")).to_have_text(path.name)
    bench.ready()
    named = {"attn": "self-attention", "cross_attn": "cross-attention"}
    site = trace.sites[-1]
    stack, which = site.name.partition(".")[0], site.name.rpartition(".")[2]
    bench.head(f"{stack} {named[which]}" if which == "attn" else named[which], site.layer, 1).click()
    pattern, visible = trace.pattern(site.name)[1].double(), trace.visible(site.name, 1)
    page.wait_for_function(f"(held) => Math.abs(({DRAWN})().at(-1).at(-1) - held) < 1e-6", arg=pattern[-1, -1].item())
    shown = page.evaluate(DRAWN)
    assert [[cell is not None for cell in row] for row in shown] == visible.expand(pattern.shape).tolist()
    assert all(
        cell == pytest.approx(pattern[query, key].item(), abs=1e-6)
        for query, row in enumerate(shown)
        for key, cell in enumerate(row)
        if cell is not None
    )
    if family == "MPNet":  # weights alone
        expect(page.locator(".step-strip")).to_have_count(0)
    else:
        steps_are_torchs(Player(bench), trace, site.name)


def steps_are_torchs(player: Player, trace: Trace, site: str) -> None:
    """The stage of the weighted sum: the row of the last query and its z, as torch makes them of the run's q, k, v."""
    player.strip.get_by_role("button", name="Step by step").click()
    player.strip.get_by_role("button", name="weighted sum", exact=True).nth(-1).click()
    player.at("weighted sum")
    player.panel.locator(".stage-row tbody tr").last.click()
    q, k, v = (trace[f"{site}.{name}"][1].double() for name in ("q", "k", "v"))
    bias = trace.tensors.get(f"{site}.bias")
    scores = k @ q[-1] * trace.site(site).scale + (0 if bias is None else bias[1, -1].double())
    weights = torch.softmax(scores, 0)
    assert player.row()["weight"] == pytest.approx(weights.tolist(), rel=1e-3, abs=1e-6)
    assert player.numbers()["z"] == pytest.approx((weights @ v).tolist(), rel=2e-3, abs=1e-6)


def test_a_stage_that_a_file_lacks_says_what_it_lacks(bench: Bench, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "some.safetensors"
    names = ["*.q", "*.k", "*.v", "*.z", "*.log_denominator"]
    assert main(["trace", TEXT, "-o", str(path), "--device", "cpu", "--names", *names]) == 0
    bench.open("The cat sat on the mat.")
    page.locator("input[type=file]").set_input_files(path)
    bench.ready()
    player = Player(bench)
    player.strip.get_by_role("button", name="Step by step").click()
    expect(player.panel.get_by_role("status")).to_contain_text("The file lacks decoder.blocks.0.resid_pre")
    player.strip.get_by_role("button", name="softmax").click()
    player.at("softmax")
    expect(player.panel.get_by_role("status")).to_have_count(0)
    expect(player.panel.locator(".stage-row")).to_be_visible()
    page.locator(".acts").get_by_text("Edit", exact=True).click()
    expect(page.locator(".figures > .warning")).to_contain_text("it can only be looked at")


def test_a_trace_without_what_weights_are_made_of_is_refused(bench: Bench, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "part.safetensors"
    assert main(["trace", TEXT, "-o", str(path), "--device", "cpu", "--names", "*.q"]) == 0
    bench.open("The cat sat on the mat.")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("This trace lacks decoder.blocks.0.attn.k")).to_be_visible()
