"""Lesson 6: the right options and jobs, and the numbers it says, worked out from the models by other ways."""

from __future__ import annotations

import math

import pytest
import torch
from lessons.documents import lesson
from lessons.marked import LANGUAGES, marked, questions, where

from model import facts, zoo
from model.masks import Bidirectional
from model.zoo import InputError

SLUG = "06-masks-and-families"
SITE = "decoder.blocks.0.attn"
TEXT = "我爱吃鱼"
RUN = {"text": TEXT, "model": "hand-one"}
FAMILIES = {"encoder-only": "encoder", "decoder-only": "decoder", "encoder-decoder": "encoder-decoder"}


def scores() -> torch.Tensor:
    """Of one head of four, worked by hand: q·k / 2. [query, key]"""
    return torch.tensor([[0, -2, 0, 2], [3, -1, -4, 2], [2, 0, -4, 2], [-2, 0, 2, 0]], dtype=torch.float64) / 2


def weights(mask: torch.Tensor | None = None) -> torch.Tensor:
    return (scores() if mask is None else scores().masked_fill(~mask, -math.inf)).softmax(-1)


CAUSAL = torch.ones(4, 4, dtype=torch.bool).tril()


def test_the_scores_are_the_models() -> None:
    trace = zoo.load("hand-one").trace(TEXT, mask="bidirectional")
    assert torch.allclose(trace[f"{SITE}.scores"][0].double(), scores(), atol=1e-6)
    assert torch.allclose(trace[f"{SITE}.pattern"][0].double(), weights(), atol=1e-6)


def test_every_question_is_answered() -> None:
    assert questions(SLUG) == {"price-of-heads", "unchanged-row", "mask-too-late"}


def test_the_price_of_heads() -> None:
    count = {
        id: sum(
            p.numel()
            for name, p in zoo.load(id).transformer.named_parameters()
            if name.split(".")[-2] in ("W_q", "W_k", "W_v")
        )
        for id in ("hand", "hand-one")
    }
    ratio = count["hand"] / count["hand-one"]
    assert marked(SLUG, "price-of-heads") == where(ratio == 2, ratio == 1, ratio == 0.5)


def test_which_row_does_not_change() -> None:
    both = [zoo.load("hand-one").trace(TEXT, mask=mask)[f"{SITE}.pattern"][0] for mask in ("bidirectional", "causal")]
    stays = torch.isclose(*both, atol=1e-6).all(-1).tolist()
    assert marked(SLUG, "unchanged-row") == where(stays[0], stays[-1], not any(stays))


def test_what_is_wrong_with_a_mask_that_comes_too_late() -> None:
    late = weights() * CAUSAL
    nothing = torch.allclose(late, weights(CAUSAL))
    future = bool((late * ~CAUSAL).any())
    sums = not torch.allclose(late.sum(-1), torch.ones(4, dtype=torch.float64))
    assert marked(SLUG, "mask-too-late") == where(nothing, future, sums)


def test_what_is_said_of_it() -> None:
    said = [facts.value("left_after_mask", query=str(i), **RUN) for i in range(4)]
    assert said == pytest.approx([float((weights() * CAUSAL)[i].sum()) for i in range(4)], abs=1e-6)
    assert said == pytest.approx([0.1966, 0.6407, 0.5864, 1], abs=5e-5)  # worked by hand
    assert facts.value("renormalized_apart", **RUN) == pytest.approx(0, abs=1e-6)


def test_what_is_said_of_zero_in_place_of_minus_infinity() -> None:
    zeroed = (scores() * CAUSAL).softmax(-1)
    for query in range(4):
        for key in range(4):
            said = facts.value("masked_with_zero", query=str(query), key=str(key), **RUN)
            assert said == pytest.approx(float(zeroed[query, key]), abs=1e-6)
    assert zeroed[0].tolist() == [0.25] * 4  # "each word to come"


def test_what_is_said_of_rows_that_change() -> None:
    apart = (weights() - weights(CAUSAL)).abs().amax(-1)
    for query in range(4):
        assert facts.value("row_changed", query=str(query), **RUN) == pytest.approx(float(apart[query]), abs=1e-6)


def test_what_is_said_of_attentions_in_a_block() -> None:
    """From the sites that a model has in its first block, four matrices each."""
    for id, stack in (
        ("decoder", "decoder"),
        ("encoder-decoder", "decoder"),
        ("encoder-decoder", "encoder"),
        ("encoder", "encoder"),
    ):
        sites = [site for site in zoo.load(id).transformer.sites() if site.name.startswith(f"{stack}.blocks.0.")]
        assert facts.value("attention_matrices", model=id, stack=stack) == 4 * len(sites)


# ---- the jobs: what each asks for, and what the families can do


def writes(id: str) -> bool:
    try:
        return bool(next(zoo.load(id).generate("I", max_new_tokens=1)))
    except InputError:
        return False


def sees_both_sides(id: str) -> bool:
    """Whether there is a place in it that knows what stands to its right in the text that was given."""
    return any(site.mask == Bidirectional() and site.query == site.key for site in zoo.load(id).transformer.sites())


def stacks(id: str) -> int:
    return len({site.name.partition(".")[0] for site in zoo.load(id).transformer.sites()})


JOBS = [  # in the order of the document: what a family needs to have been made for it
    lambda id: sees_both_sides(id) and not writes(id),  # a label for each word
    lambda id: writes(id) and stacks(id) == 1,  # one growing text
    writes,  # a source, then a text
    lambda id: sees_both_sides(id) and not writes(id),  # a vector for each text
    sees_both_sides,  # a gap
    lambda id: writes(id) and stacks(id) == 1,  # one growing text
    lambda id: stacks(id) == 1,  # one answer for a whole text, which one place of any stack has seen
    writes,  # a source, then a text
]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_jobs_go_to_the_families_that_can_do_them(lang: str) -> None:
    (sorting,) = lesson(SLUG, lang).article.all("sort-jobs")
    jobs = [node for node in sorting.all("ol", "jobs")[0].elements if node.tag == "li"]
    assert len(jobs) == len(JOBS)
    for job, suits in zip(jobs, JOBS, strict=True):
        assert set(job.attributes["data-right"].split()) == {family for family, id in FAMILIES.items() if suits(id)}, (
            job.text
        )
        assert job.all("p", "why")
