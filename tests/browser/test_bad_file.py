"""A file that cannot be shown gets one sentence on what is wrong; the text and the last figure stay."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
import torch
from browser.bench import Bench, trace
from playwright.sync_api import Page, expect

TEXT = "Tom likes music."
GOOD = np.full((2, 3, 4, 4), 0.25, np.float32)
FOUR = np.array(["a", "b", "c", "d"])


def saved(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def pickled() -> bytes:
    buffer = io.BytesIO()
    torch.save({"attentions": torch.tensor(GOOD)}, buffer)
    return buffer.getvalue()


def framed(header: bytes, numbers: bytes = b"") -> bytes:
    """A safetensors file."""
    return len(header).to_bytes(8, "little") + header + numbers


def typed(dtype: str, size: int) -> bytes:
    """Weights in numbers of so many bytes each."""
    tokens = json.dumps({"tokens": json.dumps(FOUR.tolist())})
    entry = f'{{"dtype":"{dtype}","shape":[2,3,4,4],"data_offsets":[0,{96 * size}]}}'
    return framed(f'{{"__metadata__":{tokens},"attentions":{entry}}}'.encode(), bytes(96 * size))


def unpacking_to(size: int) -> bytes:
    """An npz whose array says that it takes so many bytes once it is unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("attentions.npy", bytes(1000))
        archive.filelist[0].file_size = size
    return buffer.getvalue()


SHORT = framed(b'{"attentions":{"dtype":"F32","shape":[1,1,2,2],"data_offsets":[0,16]}}', bytes(8))
LESS = framed(b'{"attentions":{"dtype":"F32","shape":[-1,-1,2,2],"data_offsets":[0,16]}}', bytes(16))
FILES: dict[str, tuple[str, bytes]] = {
    "empty": ("x.npz", b""),
    "a byte": ("x.npz", b"P"),
    "text": ("x.txt", b"these are no numbers at all"),
    "cut": ("x.npz", saved(attentions=GOOD, tokens=FOUR)[:300]),
    "short": ("x.safetensors", SHORT),
    "json": ("x.safetensors", framed(b'{"attentions": oh }')),
    "torch": ("x.pt", pickled()),
    "none": ("x.npz", saved(other=GOOD[0], tokens=FOUR)),
    "less than none": ("x.safetensors", LESS),
    "three axes": ("x.npz", saved(attentions=GOOD[0], tokens=FOUR)),
    "two sentences": ("x.npz", saved(attentions=np.stack([GOOD, GOOD], 1), tokens=FOUR)),
    "no heads": ("x.npz", saved(attentions=GOOD[:, :0], tokens=FOUR)),
    "whole numbers": ("x.npz", saved(attentions=GOOD.astype(np.int8), tokens=FOUR)),
    "quantized": ("x.safetensors", typed("I8", 1)),
    "a mask": ("x.npz", saved(attentions=GOOD > 0, tokens=FOUR)),
    "a mask of torch": ("x.safetensors", typed("BOOL", 1)),
    "complex": ("x.npz", saved(attentions=GOOD.astype(np.complex64), tokens=FOUR)),
    "complex of torch": ("x.safetensors", typed("C64", 8)),
    "float8": ("x.safetensors", typed("F8_E4M3", 1)),
    "cut in a float8": ("x.safetensors", typed("F8_E4M3", 1)[:-1]),
    "larger than it may be": ("x.npz", unpacking_to(2_000_000_001)),
    "larger than a zip's number": ("x.npz", unpacking_to(4_500_000_000)),
    "tokens as bytes": ("x.npz", saved(attentions=GOOD, tokens=FOUR.astype("S"))),
    "big-endian": ("x.npz", saved(attentions=GOOD.astype(">f4"), tokens=FOUR)),
    "by column": ("x.npz", saved(attentions=np.asfortranarray(GOOD), tokens=FOUR)),
    "weights as objects": ("x.npz", saved(attentions=GOOD.astype(object), tokens=FOUR)),
    "records": ("x.npz", saved(attentions=GOOD.view([("weight", "<f4")]), tokens=FOUR)),
    "objects": ("x.npz", saved(attentions=GOOD, tokens=FOUR.astype(object))),
    "no tokens": ("x.npz", saved(attentions=GOOD)),
    "few tokens": ("x.npz", saved(attentions=GOOD, tokens=FOUR[:3])),
    "few keys": ("x.npz", saved(attentions=GOOD, query_tokens=FOUR, key_tokens=FOUR[:2])),
    "scores": ("x.npz", saved(attentions=np.where(np.arange(4) == 2, -1.5, GOOD), tokens=FOUR)),
    "nan": ("x.npz", saved(attentions=np.where(np.arange(96).reshape(GOOD.shape) == 95, np.nan, GOOD), tokens=FOUR)),
}
TOO_LARGE = (
    "Unpacked, the arrays of this npz file are over 2 GB: save fewer layers, or as float16, and nothing beside the "
    "attentions and their tokens."
)
SENTENCES = {
    "empty": "x.npz is empty.",
    "a byte": "x.npz is neither a safetensors nor an npz file.",
    "text": "x.txt is neither a safetensors nor an npz file.",
    "cut": "The npz file is damaged: it cannot be unpacked.",
    "short": "x.safetensors is damaged: its header and its numbers do not belong together.",
    "less than none": "x.safetensors is damaged: its header and its numbers do not belong together.",
    "json": "x.safetensors is damaged: its header and its numbers do not belong together.",
    "torch": (
        "This archive holds no NumPy array. PyTorch's own files (.pt, .bin) are not read: save the attentions"
        " with safetensors or numpy.savez."
    ),
    "none": (
        "No attentions are found in the file: it needs an array “attentions” with the axes [layer, head, "
        "query, key]. It holds: other [3, 4, 4]."
    ),
    "three axes": (
        "“attentions” has the shape [3, 4, 4]; needed are four axes, [layer, head, query, key], of one sentence."
    ),
    "two sentences": (
        "“attentions” has the shape [2, 2, 3, 4, 4]; needed are four axes, [layer, head, query, key], of one sentence."
    ),
    "no heads": "“attentions” is empty: its shape is [2, 0, 4, 4].",
    "whole numbers": "“attentions” holds whole numbers (int8): weights lie between 0 and 1, save them as float32.",
    "quantized": "“attentions” holds whole numbers (I8): weights lie between 0 and 1, save them as float32.",
    "a mask": (
        "“attentions” holds true and false (bool), as a mask does: save the attention weights themselves, as float32."
    ),
    "a mask of torch": (
        "“attentions” holds true and false (BOOL), as a mask does: save the attention weights themselves, as float32."
    ),
    "complex": ("“attentions” holds complex numbers (complex64): weights are real, save them as float32."),
    "complex of torch": ("“attentions” holds complex numbers (C64): weights are real, save them as float32."),
    "float8": (
        "“attentions” holds numbers of one byte or less (F8_E4M3), which are not read here: save them as float16."
    ),
    "cut in a float8": "x.safetensors is damaged: its header and its numbers do not belong together.",
    "larger than it may be": TOO_LARGE,
    "larger than a zip's number": TOO_LARGE,
    "tokens as bytes": "“tokens” holds no texts: save it as plain text, numpy.array(tokens, dtype=str).",
    "big-endian": "“attentions” holds numbers of type >f4, which are not read here: save it as float32.",
    "by column": "“attentions” lies column by column: save numpy.ascontiguousarray of it.",
    "weights as objects": (
        "“attentions” was saved as Python objects: save it as numbers, numpy.array(weights, dtype=numpy.float32)."
    ),
    "records": "“attentions” holds records, not a plain array of numbers.",
    "objects": "“tokens” was saved as Python objects: save it as plain text, numpy.array(tokens, dtype=str).",
    "no tokens": (
        "The tokens are missing: the file needs a list of texts “tokens” (or “query_tokens” and "
        "“key_tokens”), in safetensors as JSON in its metadata."
    ),
    "few tokens": "There are 3 tokens for 4 queries: each needs one.",
    "few keys": "There are 2 tokens for 4 keys: each needs one.",
    "scores": "Not attention weights: block 0, head 0, query 0, key 2 has -1.5, and weights lie between 0 and 1.",
    "nan": "Not attention weights: block 1, head 2, query 3, key 3 has NaN, and weights lie between 0 and 1.",
}


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_gets_a_sentence_and_the_figure_stays(bench: Bench, page: Page, case: str) -> None:
    name, content = FILES[case]
    bench.open(TEXT)
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": content})
    expect(bench.refusal).to_have_text(SENTENCES[case])
    expect(page.locator("main")).to_have_attribute("aria-busy", "false")
    bench.shows_tokens(trace("decoder", TEXT).tokens["target"])
    expect(bench.text).to_have_value(TEXT)


@pytest.mark.parametrize("case", ["none", "nan", "text"])
def test_the_sentence_is_in_chinese_on_a_chinese_page(bench: Bench, page: Page, case: str) -> None:
    name, content = FILES[case]
    bench.open(TEXT, lang="zh")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": content})
    expect(bench.refusal).to_contain_text({"none": "没有找到注意力", "nan": "这不是注意力权重", "text": "既不是"}[case])


def test_a_good_file_takes_the_sentence_away(bench: Bench, page: Page) -> None:
    bench.open(TEXT)
    choose = page.locator("input[type=file]")
    choose.set_input_files({"name": "x.npz", "mimeType": "", "buffer": FILES["scores"][1]})
    expect(bench.refusal).to_contain_text("-1.5")
    choose.set_input_files({"name": "x.npz", "mimeType": "", "buffer": saved(attentions=GOOD, tokens=FOUR)})
    expect(page.locator(".opened-file .file")).to_have_text("x.npz")
    expect(bench.refusal).to_have_text("")
