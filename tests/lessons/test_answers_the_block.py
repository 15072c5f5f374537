"""Lesson 7: the right options, worked out from the model."""

from __future__ import annotations

import torch

from app.lessons import Library
from model import facts, zoo

SLUG = "07-the-block"
BLOCK = "decoder.blocks.0"
TEXT = "我爱吃鱼"


def questions(lang: str) -> dict[str, set[int]]:
    """Which options are marked, counted from 0, by the name of the question."""
    (lesson,) = [lesson for lesson in Library(zoo.shipped).lessons(lang) if lesson.slug == SLUG]
    return {
        node.attributes["name"]: {
            i
            for i, option in enumerate(node.all("ol", "options")[0].elements)
            if "data-right" in option.attributes
        }
        for node in lesson.article.all("predict-question")
    }


def marked(name: str) -> set[int]:
    found = [questions(lang)[name] for lang in ("en", "zh")]
    assert found[0] == found[1]
    return found[0]


def where(*holds: bool) -> set[int]:
    return {i for i, one in enumerate(holds) if one}


def run(mask: str = "causal"):
    return zoo.load("hand").trace(TEXT, mask=mask)


def test_every_question_is_answered_here() -> None:
    for lang in ("en", "zh"):
        assert questions(lang).keys() == {"last-row-stays", "adds-or-replaces", "where-words-meet"}


def test_whose_weights_the_mask_leaves_alone() -> None:
    causal, free = (run(mask)[f"{BLOCK}.attn.pattern"] for mask in ("causal", "bidirectional"))
    same = [torch.allclose(causal[:, row], free[:, row]) for row in range(4)]
    assert marked("last-row-stays") == where(same[0], same[-1], not any(same))


def test_with_which_vector_the_word_goes_on() -> None:
    trace = run()
    x, made, after = (trace[f"{BLOCK}.{name}"][0] for name in ("resid_pre", "attn_out", "resid_mid"))
    holds = [torch.allclose(after, one) for one in (made, x + made, (x + made) / 2)]
    assert marked("adds-or-replaces") == where(*holds)


def test_where_words_meet() -> None:
    """A step mixes words where what it makes of one word is another without the others."""
    moved = {part: facts.value("alone", sublayer=part, at="吃", text=TEXT) for part in ("attn", "mlp")}
    norm = zoo.load("hand").transformer.get_submodule(f"{BLOCK}.norm_mlp")
    trace = run()
    with torch.no_grad():
        alone = norm(trace[f"{BLOCK}.resid_mid"][2:3])[0]
    mixes = not torch.allclose(alone, trace[f"{BLOCK}.norm_mlp.normalized"][2])
    assert marked("where-words-meet") == where(moved["attn"] > 1e-3, mixes, moved["mlp"] > 1e-3)
