"""A visitor's own file of attentions: what it holds is what is shown, and a bad one gets a sentence."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from browser.bench import Bench, agrees, label, trace
from browser.reach import OVERFLOW
from playwright.sync_api import Page, expect
from safetensors.torch import save_file

from model.heads import KINDS, scores
from model.trace import Trace

ENGLISH = "Tom likes music. Mary likes music. Tom likes"
CHINESE = "小红有一只猫，小明有一只狗。"
DRAWN = "() => Array.from(document.querySelector('.js-plotly-plot')._fullData[0].z, (row) => Array.from(row))"


def stacked(found: Trace, sites: str = "attn") -> torch.Tensor:
    """[layer, head, query, key] of all sites of one sort"""
    return torch.stack([found.pattern(site.name) for site in found.sites if site.name.endswith(f".{sites}")])


def texts(found: Trace, side: str) -> list[str]:
    return [token.text for token in found.tokens[side]]


def npz(path: Path, compressed: bool = False, **arrays: Any) -> Path:
    (np.savez_compressed if compressed else np.savez)(path, **arrays)
    return path


def safetensors(path: Path, weights: torch.Tensor, **metadata: list[str]) -> Path:
    save_file({"attentions": weights.contiguous()}, path, {name: json.dumps(value) for name, value in metadata.items()})
    return path


FORMATS: dict[str, Callable[[Path, torch.Tensor, list[str]], Path]] = {
    "safetensors": lambda folder, a, tokens: safetensors(folder / "a.safetensors", a, tokens=tokens),
    "safetensors-f64": lambda folder, a, tokens: safetensors(folder / "a.safetensors", a.double(), tokens=tokens),
    "safetensors-f16": lambda folder, a, tokens: safetensors(folder / "a.safetensors", a.half(), tokens=tokens),
    "safetensors-bf16": lambda folder, a, tokens: safetensors(folder / "a.safetensors", a.bfloat16(), tokens=tokens),
    "npz": lambda folder, a, tokens: npz(folder / "a.npz", attentions=a.numpy(), tokens=np.array(tokens)),
    "npz-compressed": lambda folder, a, tokens: npz(folder / "a.npz", True, attentions=a.numpy(), tokens=tokens),
    "npz-f16": lambda folder, a, tokens: npz(folder / "a.npz", attentions=a.half().numpy(), tokens=np.array(tokens)),
    "npz-capitals": lambda folder, a, tokens: (
        npz(folder / "a.npz", attentions=a.numpy(), tokens=tokens).rename(folder / "A.NPZ")
    ),
    "npz-batch": lambda folder, a, tokens: npz(folder / "a.npz", weights=a[:, None].numpy(), tokens=np.array(tokens)),
}  # fmt: skip
PRECISION = {"safetensors-f16": torch.float16, "npz-f16": torch.float16, "safetensors-bf16": torch.bfloat16}


@pytest.fixture
def opened(bench: Bench, page: Page):
    """opened(file): the page with this file in place of a sentence."""

    def open_(file: Path, **query: Any) -> Bench:
        bench.open(ENGLISH, **query)
        page.locator("input[type=file]").set_input_files(file)
        expect(page.locator(".opened-file .file")).to_have_text(file.name)
        return bench.ready()

    return open_


@pytest.mark.parametrize("kind", FORMATS)
def test_the_heatmap_is_what_the_file_holds(opened, page: Page, tmp_path: Path, kind: str) -> None:
    found = trace("decoder", CHINESE)
    weights, tokens = stacked(found), texts(found, "target")
    opened(FORMATS[kind](tmp_path, weights, tokens)).head("self-attention", 2, 3).click()
    held = weights[2, 3].to(PRECISION.get(kind, torch.float32)).double()
    page.wait_for_function(f"(held) => Math.abs(({DRAWN})().at(-1).at(-1) - held) < 1e-9", arg=held[-1, -1].item())
    shown = page.evaluate(DRAWN)
    for query, row in enumerate(shown):
        assert row[: query + 1] == held[query, : query + 1].tolist()
        assert row[query + 1 :] == [None] * (len(tokens) - query - 1)


CASES = [
    ("decoder", ENGLISH, "decoder", "attn"),
    ("decoder", CHINESE, "decoder", "attn"),
    ("encoder", "Mary said that Mary was tired.", "encoder", "attn"),
]


@pytest.mark.parametrize(("model", "text", "side", "sites"), CASES)
def test_every_head_has_the_kinds_that_python_finds(
    opened, page: Page, tmp_path: Path, model: str, text: str, side: str, sites: str
) -> None:
    found = trace(model, text)
    side = "target" if model == "decoder" else "source"
    bench = opened(FORMATS["safetensors"](tmp_path, stacked(found, sites), texts(found, side)))
    titles = {kind.title_en: i for i, kind in enumerate(KINDS.values())}
    for layer, site in enumerate(found.sites):
        expected = scores(found, site.name)
        for head in range(site.n_heads):
            bench.head("self-attention", layer, head).click()
            expect(bench.heading).to_contain_text(f"block {layer} · head {head} ")
            buttons = page.locator(".head-kinds button").all_inner_texts()
            assert len(buttons) == 3
            for button in buttons:
                name, score, chance = re.fullmatch(
                    r"(\w+) ([\d.]+)(?:\s*chance ([\d.]+))?", button.replace("\n", " ").strip()
                ).groups()
                kind = titles[name]
                assert agrees(score, float(expected.heads[head, kind]))
                assert chance is None or agrees(chance, float(expected.chance[0, kind]))


def test_cross_attention_has_queries_and_keys_of_its_own(opened, page: Page, tmp_path: Path) -> None:
    found = trace("encoder-decoder", ENGLISH)
    weights = stacked(found, "cross_attn")
    file = safetensors(
        tmp_path / "cross.safetensors", weights, query_tokens=texts(found, "target"), key_tokens=texts(found, "source")
    )
    bench = opened(file)
    bench.shows_tokens(found.tokens["target"], row=0)
    bench.shows_tokens(found.tokens["source"], row=1)
    bench.head("cross-attention", 1, 2).click()
    bench.matrix.click(position=bench.place(3, 2))
    expect(page.locator(".worked tr.chosen sub")).to_have_text("2")
    shown = page.locator(".worked tr.chosen td").last.inner_text()
    assert agrees(shown, float(weights[1, 2, 3, 2]))
    assert agrees(page.locator(".worked tfoot td").last.inner_text(), float(weights[1, 2, 3].double().sum()))


def test_lines_are_drawn_from_the_file_and_what_it_lacks_is_not_offered(opened, page: Page, tmp_path: Path) -> None:
    found = trace("decoder", ENGLISH)
    opened(FORMATS["npz"](tmp_path, stacked(found), texts(found, "target")), view="values")
    assert page.get_by_role("tab").all_inner_texts() == ["Attention weights", "Lines"]
    expect(page.get_by_role("tab", name="Attention weights")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Lines").click()
    visible = len(found.tokens["target"]) * (len(found.tokens["target"]) + 1) // 2
    expect(page.locator(".tally")).to_contain_text(f"of {visible} lines")
    expect(page.locator(".step-strip")).to_have_count(0)
    assert page.locator("[data-save]").evaluate_all("(all) => all.map((one) => one.dataset.save)") == [
        "png",
        "svg",
        "csv",
        "python",
    ]


BESIDE: dict[str, np.ndarray] = {
    "attention_mask": np.ones(11, bool),
    "token_type_ids": np.zeros(11, np.int16),
    "labels": np.array(["a", None], object),
    "hidden_states": np.asfortranarray(np.ones((11, 4))),
    "records": np.zeros(2, [("loss", "f4")]),
    "words": np.array([b"Tom"]),
    "big_endian": np.ones(3, ">f8"),
}


def test_what_else_a_file_holds_is_left_alone(opened, page: Page, tmp_path: Path) -> None:
    found = trace("decoder", ENGLISH)
    weights, tokens = stacked(found), texts(found, "target")
    opened(npz(tmp_path / "a.npz", attentions=weights.numpy(), tokens=np.array(tokens), **BESIDE))
    file = tmp_path / "b.safetensors"
    held = {"attentions": weights.contiguous(), "attention_mask": torch.ones(11, dtype=torch.bool)}
    save_file(
        {**held, "ids": torch.arange(11, dtype=torch.int16)}, file, {"tokens": json.dumps(tokens), "format": "pt"}
    )
    opened(file)


@pytest.mark.parametrize("kind", ["npz-batch", "npz-capitals", "safetensors"])
def test_the_python_reads_the_same_head(opened, page: Page, tmp_path: Path, kind: str) -> None:
    found = trace("decoder", CHINESE)
    opened(FORMATS[kind](tmp_path, stacked(found), texts(found, "target"))).head("self-attention", 1, 2).click()
    page.locator(".save summary").click()
    with page.expect_download() as download:
        page.locator("[data-save=python]").click()
    script = tmp_path / "read.py"
    download.value.save_as(script)
    script.write_text(script.read_text().replace("print(pattern)", "print(pattern.tolist())"))
    ran = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    np.testing.assert_allclose(json.loads(ran.stdout), found["decoder.blocks.1.attn.pattern"][2], atol=1e-7)


def test_a_file_with_a_models_name_is_not_taken_for_its_run(opened, page: Page, tmp_path: Path) -> None:
    causal = torch.full((2, 3, 4, 4), 0.25).tril()
    opened(safetensors(tmp_path / "encoder.safetensors", causal, tokens=list("abcd")))
    expect(page.locator(".opened-file")).to_contain_text("drawn as masked")
    expect(page.get_by_text("This model learned with another mask")).to_have_count(0)
    cross = torch.full((2, 3, 4, 5), 0.2)
    opened(safetensors(tmp_path / "decoder.safetensors", cross, query_tokens=list("abcd"), key_tokens=list("vwxyz")))
    expect(page.locator(".head-figure h2")).to_contain_text("cross-attention")


def test_nothing_of_the_file_is_sent_anywhere(opened, page: Page, tmp_path: Path) -> None:
    found = trace("decoder", ENGLISH)
    file = FORMATS["npz-compressed"](tmp_path, stacked(found), texts(found, "target"))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    opened(file)
    page.get_by_role("tab", name="Lines").click()
    started = next(
        i for i, line in enumerate(sent) if line.endswith("/fflate.js")
    )  # what opening the file asks for first
    assert not [line for line in sent[started:] if not line.startswith("GET ") or "/static/" not in line]


def test_a_file_that_is_dropped_is_opened_and_can_be_closed_again(bench: Bench, page: Page, tmp_path: Path) -> None:
    found = trace("decoder", CHINESE)
    content = FORMATS["safetensors"](tmp_path, stacked(found), texts(found, "target")).read_bytes()
    bench.open(ENGLISH)
    drag = """([bytes, type]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(bytes)], "dropped.safetensors"));
      document.body.dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
    }"""
    page.evaluate(drag, [list(content), "dragenter"])
    expect(page.locator(".drop-zone")).to_be_visible()
    page.evaluate(drag, [list(content), "drop"])
    expect(page.locator(".opened-file .file")).to_have_text("dropped.safetensors")
    expect(page.locator(".drop-zone")).to_have_count(0)
    bench.shows_tokens(found.tokens["target"])
    bench.after(lambda: page.get_by_role("button", name="Close the file").click())
    bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])
    expect(page.locator(".opened-file")).to_have_count(0)


def test_back_leads_to_the_sentence(opened, bench: Bench, page: Page, tmp_path: Path) -> None:
    found = trace("decoder", CHINESE)
    opened(FORMATS["npz"](tmp_path, stacked(found), texts(found, "target")))
    bench.after(page.go_back)
    bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])


def test_the_keyboard_opens_the_chooser(bench: Bench, page: Page) -> None:
    bench.open(ENGLISH)
    page.locator("input[type=file]").evaluate(
        "(input) => input.addEventListener('click', () => { window.asked = true; })"
    )
    page.get_by_role("button", name="Open a file…").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("window.asked")


def test_rows_that_do_not_add_up_are_shown_and_counted(opened, page: Page, tmp_path: Path) -> None:
    found = trace("encoder", "Mary said that Mary was tired.")
    weights = stacked(found).clone()
    weights[0, 0, 2] *= 0.5
    weights[1, 1, 0] = 0
    opened(FORMATS["npz"](tmp_path, weights, texts(found, "source")))
    rows = weights.shape[0] * weights.shape[1] * weights.shape[2]
    expect(page.locator(".opened-file .warning")).to_have_text(
        f"1 of {rows} rows do not add up to 1. They are shown as they are."
    )
    expect(page.locator(".opened-file")).not_to_contain_text("masked")


def test_tokens_of_any_kind_are_shown_as_text(opened, page: Page, tmp_path: Path) -> None:
    tokens = ["[CLS]", "<img src=x onerror=alert(1)>", "Ġthe", "猫", "\n", "<|endoftext|>", "👩‍👩‍👧", ""]
    weights = torch.full((1, 1, 8, 8), 1 / 8)
    opened(safetensors(tmp_path / "odd.safetensors", weights, tokens=tokens))
    shown = page.locator(".token-row bdi").all_inner_texts()
    assert [shown[i] for i in (0, 2, 3, 5)] == ["⟨CLS⟩", "Ġthe", "猫", "⟨endoftext⟩"]
    assert shown[1].startswith("<img")
    assert page.locator(".figures img").count() == 0


def test_a_file_fits_a_phone_in_chinese(bench: Bench, page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    found = trace("decoder", CHINESE)
    bench.open(ENGLISH, lang="zh")
    file = FORMATS["safetensors"](tmp_path, stacked(found).repeat(3, 3, 1, 1), texts(found, "target"))
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator(".opened-file")).to_contain_text("12 块，每块 12 个头")
    assert page.evaluate(OVERFLOW)[0] == 0
    expect(page.locator(".token-row bdi").nth(1)).to_have_text(label(found.tokens["target"][1]))
