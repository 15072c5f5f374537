"""Models of one's own in the page: what it shows of them is what transformers' eager attention computes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import torch
from browser.bench import ENGLISH, Bench, read
from browser.conftest import loaded, serving, settled
from browser.editing import Editing
from browser.pictures import wrong
from browser.words import own, sentences
from playwright.sync_api import Page, expect
from real_models import FAMILIES, saved

from app import Settings
from app.models import from_files

transformers = pytest.importorskip("transformers")
OWN = {"tiny-gpt": "GPT-2", "tiny-t5": "T5", "tiny-mpnet": "MPNet"}
TEXT, TARGET = "the cat sat, 猫!", "a cat"
READ_TABLE = """(table) => [...table.tBodies[0].rows].map(
  (row) => [...row.cells].slice(1).map((cell) => cell.classList.contains("masked") ? null : cell.textContent))"""
last = Event()  # until it is set the last of the models is being read


def reading(source: str | Path, id: str, device: str) -> Any:
    if id == "tiny-mpnet":
        last.wait(120)
    return from_files(source, id, device)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("models")
    families = {"broken": "BERT"} | OWN
    folders = {id: saved(root / id, family) for id, family in families.items()}
    (folders["broken"] / "model.safetensors").write_bytes(b"cut")
    return folders


@pytest.fixture(scope="module")
def server(folders: dict[str, Path]) -> Iterator[str]:
    settings = Settings(device="cpu", threads=1, models=[str(folder) for folder in folders.values()])
    with serving(settings, reading) as address:
        loaded(address)
        yield address
        last.set()


def there(server: str) -> None:
    last.set()
    settled(server)


def eager(folder: Path, change: Any = None, **asked: Any) -> dict[str, torch.Tensor]:
    """What transformers' own attention gives for the text's bytes. -> site: [head, query, key]"""
    family = next(family for id, family in OWN.items() if id == folder.name)
    model = getattr(transformers, FAMILIES[family][0]).from_pretrained(folder, attn_implementation="eager").eval()
    to_ids = transformers.AutoTokenizer.from_pretrained(folder)
    named = {"input_ids": torch.tensor([to_ids(TEXT).input_ids]), **asked}
    if family == "T5":
        named["decoder_input_ids"] = torch.tensor([[0, *to_ids(TARGET).input_ids]])
    with torch.no_grad():
        if change:
            change(model)
        out = model(**named, output_attentions=True)
    lists = {
        "decoder.blocks.{}.attn": out.get("decoder_attentions") or (out.attentions if family == "GPT-2" else ()),
        "encoder.blocks.{}.attn": out.get("encoder_attentions") or (out.attentions if family == "MPNet" else ()),
        "decoder.blocks.{}.cross_attn": out.get("cross_attentions") or (),
    }
    return {site.format(layer): one[0] for site, every in lists.items() for layer, one in enumerate(every)}


def shows(page: Page, weights: torch.Tensor) -> None:
    """Every cell of the table of weights has the digits of these. weights: [query, key], 0 where the mask hides"""
    table = page.locator(".number-table table")
    expect(table.locator("tbody tr")).to_have_count(len(weights))
    shown = table.evaluate(READ_TABLE)
    assert [len(row) for row in shown] == [weights.shape[1]] * len(weights)
    for row, of_row in zip(shown, weights.double().tolist(), strict=True):
        for cell, weight in zip(row, of_row, strict=True):
            seen = read(cell or "0")
            assert (cell is None) == (weight == 0)
            assert abs(float(seen) - weight) <= 10.0 ** int(seen.as_tuple().exponent) / 2 + 1e-6


def pictured(weights: dict[str, torch.Tensor]) -> dict[str, list[list[float]]]:
    """As pictures.drawn has them: by the name of each head, -1 where the mask hides."""
    found = {}
    for site, heads in weights.items():
        stack, _, layer, which = site.split(".")
        kind = "cross-attention" if which == "cross_attn" else f"{stack} self-attention"
        for head, pattern in enumerate(heads):
            found[f"{kind}, block {layer} · head {head}"] = pattern.masked_fill(pattern == 0, -1).tolist()
    return found


def choose(page: Page, bench: Bench, group: str, block: int, head: int) -> None:
    bench.head(group, block, head).click()
    expect(page.locator(".head-figure h2")).to_contain_text(f"{group}block {block} · head {head}")


def test_the_picker_tells_how_far_each_is_and_why_one_is_not_there(bench: Bench, page: Page) -> None:
    bench.open(TEXT)
    named = page.locator(".choice", has_text=re.compile("tiny|broken"))
    expect(named).to_have_text(["tiny-gpt", "tiny-t5", "broken", "tiny-mpnet"])
    mpnet, broken = (page.get_by_role("radio", name=name, exact=True) for name in ("tiny-mpnet", "broken"))
    not_there = page.locator(".not-there li")
    try:
        expect(not_there.filter(has_text="tiny-mpnet")).to_contain_text("is being loaded")
        expect(mpnet).to_be_disabled()
    finally:
        last.set()
    expect(mpnet).to_be_enabled()
    expect(not_there).to_have_text(
        ["broken Files of this model are damaged or missing. Fetch it again and restart the server."]
    )
    expect(broken).to_be_disabled()
    before = len(bench.watch.runs)
    named.filter(has_text="broken").click(force=True)
    bench.model("tiny-gpt")  # the next that is asked of the server
    assert [run["model"] for run in bench.watch.runs[before:]] == ["tiny-gpt"]
    expect(bench.text).to_have_value(TEXT)
    expect(bench.heads).to_have_count(8)


def test_an_address_of_a_model_that_is_not_there_leaves_the_text_and_says_why(bench: Bench, page: Page) -> None:
    bench.open(TEXT, model="broken")
    expect(page.locator(".sentence-bar .refusal")).to_have_text(
        "broken cannot be shown: Files of this model are damaged or missing. Fetch it again and restart the server."
    )
    expect(bench.text).to_have_value(TEXT)
    expect(bench.heads).to_have_count(16)  # the first model's


def test_a_typed_sentence_has_eager_attentions_weights(bench: Bench, page: Page, folders: dict[str, Path]) -> None:
    bench.open(model="tiny-gpt", **{"as": "table"})
    expect(bench.text).to_have_value(ENGLISH)  # nothing was chosen for this model: another decoder's sentence
    bench.run(TEXT)
    weights = eager(folders["tiny-gpt"])
    for block, head in ((0, 1), (1, 3)):
        choose(page, bench, "decoder self-attention", block, head)
        shows(page, weights[f"decoder.blocks.{block}.attn"][head])
    assert wrong(page, pictured(weights)) == []


def test_an_encoder_decoders_three_attentions_are_eagers(bench: Bench, page: Page, folders: dict[str, Path]) -> None:
    bench.open(TEXT, TARGET, model="tiny-t5", **{"as": "table"})
    weights = eager(folders["tiny-t5"])
    for group, site in (
        ("encoder self-attention", "encoder.blocks.1.attn"), ("decoder self-attention", "decoder.blocks.1.attn"),
        ("cross-attention", "decoder.blocks.1.cross_attn"),
    ):  # fmt: skip
        choose(page, bench, group, 1, 2)
        shows(page, weights[site][2])
    assert wrong(page, pictured(weights)) == []


def test_weights_that_come_alone_are_eagers_and_the_page_says_what_is_missing(
    bench: Bench, page: Page, folders: dict[str, Path]
) -> None:
    there(bench.server)
    bench.open(TEXT, model="tiny-mpnet", **{"as": "table"})
    weights = eager(folders["tiny-mpnet"])
    choose(page, bench, "encoder self-attention", 1, 2)
    shows(page, weights["encoder.blocks.1.attn"][2])
    assert wrong(page, pictured(weights)) == []
    expect(page.locator(".head-figure [role=tab]")).to_have_text(["Attention weights", "Lines"])
    expect(page.locator("main")).to_contain_text("queries, keys, values and scores are not to be had")


def test_a_mask_and_a_head_switched_off_are_what_transformers_makes_of_them(
    bench: Bench, page: Page, folders: dict[str, Path]
) -> None:
    bench.open(TEXT, model="tiny-gpt", **{"as": "table"})
    plain = eager(folders["tiny-gpt"])["decoder.blocks.1.attn"]
    n = plain.shape[-1]
    open_ = eager(folders["tiny-gpt"], attention_mask=torch.zeros(1, 1, n, n))
    bench.after(lambda: bench.mask.select_option("bidirectional"))
    choose(page, bench, "decoder self-attention", 1, 3)
    shows(page, open_["decoder.blocks.1.attn"][3])
    assert wrong(page, pictured(open_)) == []
    bench.after(lambda: bench.mask.select_option("native"))
    choose(page, bench, "decoder self-attention", 0, 1)
    Editing(bench).do("Switch it off")

    def off(model: Any) -> None:
        def hook(_: Any, given: tuple[torch.Tensor]) -> tuple[torch.Tensor]:  # z of all heads side by side
            return (given[0].unflatten(-1, (4, 8)) * torch.tensor([1, 0, 1, 1.0])[:, None]).flatten(-2),

        model.transformer.h[0].attn.c_proj.register_forward_pre_hook(hook)

    without = eager(folders["tiny-gpt"], off)
    assert (without["decoder.blocks.1.attn"] - plain).abs().max() > 1e-4
    choose(page, bench, "decoder self-attention", 1, 3)
    shows(page, without["decoder.blocks.1.attn"][3])


@pytest.mark.parametrize("model", OWN)
def test_every_word_is_of_the_language_that_is_chosen(bench: Bench, page: Page, model: str) -> None:
    there(bench.server)
    bench.watch.expect("status of 422")  # of a drawing of the parts, where there is none
    bench.open("我爱吃鱼", "鱼" if model == "tiny-t5" else None, model=model, lang="zh")
    said = set[str]()
    for act in page.locator(".acts button").all()[:-1]:  # the last is drawn of names and formulas: test_structure.py
        act.click()
        expect(act).to_have_attribute("aria-pressed", "true")
        expect(page.locator("main")).to_have_attribute("aria-busy", "false")
        said |= sentences(page)
    names = [*OWN, "broken", "top-[kp]", r"抽到的是 \S", r"W_\w+", "relative_attention_bias", r"^\w+ = .*"]
    names = re.compile("|".join(names))
    assert len(said) > 30
    assert {one for one in said if re.search("[A-Za-z]", own(names.sub("", one)))} == set()
