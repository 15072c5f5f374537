"""What a stage of the forward pass draws can be taken away: its numbers, a picture of each kind, the link."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import torch
from browser.bench import Bench, trace
from browser.player import Player
from playwright.sync_api import Page, expect

from model.trace import Trace

TEXT = "Tom likes music. Mary likes music. Tom likes"
SITE = "decoder.blocks.1.attn"


@pytest.fixture
def saved(bench: Bench, page: Page, tmp_path: Path):
    """saved(stage, kind): the file that the visitor gets of a stage, by its name on the film strip."""

    def get(stage: str, kind: str, nth: int = 0) -> Path:
        player = Player(bench).open(step=3, text=TEXT, site=SITE, head=2)
        player.strip.get_by_role("button", name="decoder block 1", exact=True).click()
        player.strip.locator(".stage").filter(has_text=re.compile(f"^{re.escape(stage)}$")).nth(nth).click()
        player.at(stage)
        page.locator(".stage .save summary").click()
        with page.expect_download() as download:
            page.locator(f".stage [data-save={kind}]").click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    return get


def blocks(path: Path) -> dict[str, list[list[str]]]:
    """The matrices of a CSV by their names."""
    found = {}
    for block in (
        path.read_text("utf-8-sig").strip().split("\n\n" if "\r" not in path.read_text("utf-8-sig") else "\r\n\r\n")
    ):
        rows = list(csv.reader(block.splitlines()))
        found[rows[0][0]] = [row[1:] for row in rows[1:]]
    return found


def numbers(rows: list[list[str]]) -> torch.Tensor:
    return torch.tensor([[float(cell) if cell else torch.nan for cell in row] for row in rows])


def expected(found: Trace, name: str) -> torch.Tensor:
    return found[name][2] if found[name].ndim == 3 else found[name]


@pytest.mark.parametrize(
    ("stage", "nth", "names"),
    [
        ("norm", 0, {"x (resid_pre)": "resid_pre", "y (normalized)": "norm_attn.normalized"}),
        ("add", 0, {"x (resid_pre)": "resid_pre", "+ (attn_out)": "attn_out", "x′ (resid_mid)": "resid_mid"}),
        ("weighted sum", 0, {"v (v)": "attn.v", "z (z)": "attn.z"}),
        ("MLP", 0, {"pre (pre)": "mlp.pre", "post (post)": "mlp.post", "out (mlp_out)": "mlp_out"}),
        ("scale", 0, {"scale": "attn.scores"}),
    ],
)
def test_the_csv_of_a_stage_is_its_tensors(saved, stage: str, nth: int, names: dict[str, str]) -> None:
    found, shown = trace("decoder", TEXT), blocks(saved(stage, "csv", nth))
    assert list(shown) == list(names)
    for title, name in names.items():
        torch.testing.assert_close(
            numbers(shown[title]), expected(found, f"decoder.blocks.1.{name}"), atol=2e-4, rtol=1e-4
        )


def test_the_csv_of_the_softmax_leaves_out_what_is_masked(saved) -> None:
    [rows] = blocks(saved("softmax", "csv")).values()
    pattern = trace("decoder", TEXT)[f"{SITE}.pattern"][2]
    masked = torch.ones_like(pattern).triu(1).bool()
    assert numbers(rows).isnan().equal(masked)
    torch.testing.assert_close(numbers(rows)[~masked], pattern[~masked], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("stage", "pictures"), [("add", 3), ("softmax", 1), ("MLP", 3)])
def test_the_svg_of_a_stage_has_every_matrix_and_token(saved, stage: str, pictures: int) -> None:
    svg = saved(stage, "svg").read_text("utf-8")
    assert svg.count("<image") == pictures
    tokens = trace("decoder", TEXT).tokens["target"]
    times = 2 if stage == "softmax" else pictures
    assert len(re.findall(r">\d+: ", svg)) == times * len(tokens)


def test_the_png_is_one(saved) -> None:
    assert saved("Q K V", "png").read_bytes().startswith(b"\x89PNG")


def test_what_is_read_in_words_offers_its_link_alone(bench: Bench, page: Page) -> None:
    Player(bench).open(step=0, text=TEXT)
    page.locator(".stage .save summary").click()
    assert page.locator(".stage [data-save]").evaluate_all("(all) => all.map((one) => one.dataset.save)") == ["link"]
    page.locator(".stage [data-save=link]").click()
    expect(page.locator(".stage .save [role=status]")).to_have_text(re.compile("link"))
