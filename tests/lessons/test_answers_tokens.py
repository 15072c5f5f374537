"""Lesson 2: the right options, and the numbers it says, worked out from the models by other ways than the page's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from lessons.marked import marked, questions, where

from model import facts, zoo

SLUG = "02-tokens-and-positions"
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}\N{ZERO WIDTH JOINER}\N{BOY}"
ADDED = "decoder.blocks.0.attn_out"


def attended(x: torch.Tensor) -> torch.Tensor:
    """What the attention of `hand` adds to these rows, by torch's own layer. [position, 4] -> the same"""
    weights = zoo.load("hand").transformer.decoder.blocks[0].attn
    layer = torch.nn.MultiheadAttention(4, 2, bias=False)
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.cat([weights.W_q.weight, weights.W_k.weight, weights.W_v.weight]))
        layer.out_proj.weight.copy_(weights.W_o.weight)
        return layer(x, x, x)[0]


def embedded(text: str) -> tuple[list[str], torch.Tensor]:
    trace = zoo.load("hand").trace(text, mask="bidirectional")
    return [token.text.strip() for token in trace.tokens["target"]], trace["decoder.embed"]


def result(text: str, word: str, positions: bool) -> torch.Tensor:
    words, x = embedded(text)
    if positions:
        quarters = torch.arange(len(words)) * torch.pi / 2
        x = x + torch.stack([torch.zeros(len(words)), torch.zeros(len(words)), quarters.sin(), quarters.cos()], dim=-1)
    return attended(x)[words.index(word)]


def same(word: str, positions: bool) -> bool:
    texts = ("我爱吃鱼", "鱼爱吃我")
    return torch.allclose(*(result(text, word, positions) for text in texts), atol=1e-5)


def test_every_question_is_answered() -> None:
    assert questions(SLUG) == {"path-of-ten", "reordered", "family-emoji"}


def test_the_path_between_ten_words() -> None:
    passed = {(word, word + 1) for word in range(9)}  # from neighbour to neighbour
    attention = zoo.load("hand").trace("我爱吃鱼", mask="bidirectional")["decoder.blocks.0.attn.pattern"]
    direct = 1 if bool((attention[:, -1, 0] > 0).all()) else None  # the last word reads the first one
    options = [(10, 10), (9, 1), (9, 9), (1, 1)]
    assert marked(SLUG, "path-of-ten") == where(*(option == (len(passed), direct) for option in options))


def test_without_positions_no_word_knows_the_order() -> None:
    unmoved = {word: same(word, positions=False) for word in "我爱吃鱼"}
    eating, exchanged = unmoved["吃"], not (unmoved["我"] or unmoved["鱼"])
    assert marked(SLUG, "reordered") == where(not eating, eating, exchanged)
    assert not same("吃", positions=True)  # or there would be nothing to ask


def test_an_emoji_is_cut_into_its_bytes() -> None:
    trace = zoo.load("decoder").trace(FAMILY)
    own = [token for token in trace.tokens["target"] if token.start is not None]
    assert marked(SLUG, "family-emoji") == where(*(len(own) == count for count in (1, 4, 7, 25)))
    assert len(own) == len(FAMILY.encode())  # as its answer says


@pytest.mark.parametrize(("word", "en"), [("我", "I"), ("爱", "love"), ("吃", "eating"), ("鱼", "fish")])
def test_what_is_said_without_positions(word: str, en: str) -> None:
    run = {"model": "hand", "mask": "bidirectional"}
    for column in range(4):
        expected = float(result("我爱吃鱼", word, positions=False)[column])
        for text, name in (
            ("我爱吃鱼", word),
            ("鱼爱吃我", word),
            ("I love eating fish", en),
            ("fish love eating I", en),
        ):
            assert facts.value("without_positions", text=text, query=name, column=str(column), **run) == pytest.approx(
                expected, abs=1e-6
            )


@pytest.mark.parametrize("positions", ["on", "off"])
def test_what_is_said_of_another_order(positions: str) -> None:
    said = [
        facts.value("moved_by_order", query=word, positions=positions, text=text, model="hand", mask="bidirectional")
        for word, text in (("吃", "我爱吃鱼"), ("eating", "I love eating fish"))
    ]
    on = positions == "on"
    expected = float((result("我爱吃鱼", "吃", on) - result("鱼爱吃我", "吃", on)).abs().max())
    assert said == pytest.approx([expected, expected], abs=1e-6)
    assert (expected > 0.1) is on


def test_what_is_said_of_cutting() -> None:
    assert facts.value("code_points", text=FAMILY) == len(FAMILY.encode("utf-32-le")) // 4
    assert facts.value("tokens", text=FAMILY, model="decoder") == len(FAMILY.encode())
    assert facts.value("tokens", text="我爱吃鱼", model="decoder") == 4
    vocabulary = json.loads((Path(zoo.__file__).parent / "weights" / "tokenizer.json").read_text("utf-8"))["model"][
        "vocab"
    ]
    assert facts.value("vocabulary", model="decoder") == len(vocabulary)
