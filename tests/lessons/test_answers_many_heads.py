"""Lesson 5: the right options, and the numbers it says, worked out from the models by other ways than the page's."""

from __future__ import annotations

import math

import pytest
import torch
from lessons.marked import marked, questions, where
from torch.nn.functional import scaled_dot_product_attention

from model import facts, zoo

SLUG = "05-many-heads"
SITE = "decoder.blocks.0.attn"
TEXT, EATING = "我爱吃鱼", 2
RUN = {"text": TEXT, "mask": "bidirectional"}


def run(model: str):
    return zoo.load(model).trace(TEXT, mask="bidirectional")


def one_head(scale: float) -> torch.Tensor:
    """The weights of "eating" with one head of four, by torch's own attention: the values are the identity."""
    trace = run("hand-one")
    q, k = trace[f"{SITE}.q"], trace[f"{SITE}.k"]
    return scaled_dot_product_attention(q[:, EATING : EATING + 1], k, torch.eye(4)[None], scale=scale)[0, 0]


def test_every_question_is_answered() -> None:
    assert questions(SLUG) == {"why-the-root", "one-head-mixes", "how-heads-join"}


def test_what_the_root_is_for() -> None:
    scaled, unscaled = one_head(1 / math.sqrt(4)), one_head(1.0)
    sums = not torch.allclose(unscaled.sum(), torch.tensor(1.0))  # without it rows would not add up to 1
    sharp = bool(unscaled.max() > scaled.max())
    negative = bool((scaled == 0).any())  # of the scores of this row one is negative
    assert float(run("hand-one")[f"{SITE}.scores"][0, EATING].min()) < 0
    assert marked(SLUG, "why-the-root") == where(sums, sharp, negative)


def test_one_head_mixes_its_questions() -> None:
    I, love, _, fish = one_head(1 / math.sqrt(4)).tolist()  # noqa: E741
    tied = math.isclose(I, fish, abs_tol=1e-6) and love < I
    assert marked(SLUG, "one-head-mixes") == where(fish > max(I, love) + 1e-6, love > max(I, fish), tied)
    of_content, of_place = run("hand")[f"{SITE}.pattern"][:, EATING].argmax(-1).tolist()
    assert (of_content, of_place) == (3, 1)  # fish and love, as the question says


def test_results_of_heads_are_added() -> None:
    trace = run("hand")
    alone = []
    for head in (0, 1):
        off = [{"zero": SITE, "head": 1 - head}]
        alone.append(zoo.load("hand").trace(TEXT, mask="bidirectional", edits=off)["decoder.blocks.0.attn_out"][EATING])
    both = trace["decoder.blocks.0.attn_out"][EATING]
    chosen = any(torch.allclose(both, one) for one in alone)
    assert marked(SLUG, "how-heads-join") == where(
        chosen, torch.allclose(both, sum(alone) / 2), torch.allclose(both, sum(alone), atol=1e-6)
    )


@pytest.mark.parametrize("head", [0, 1])
def test_what_is_said_of_what_a_head_adds(head: int) -> None:
    """The same as the run in which the other head is off."""
    off = [{"zero": SITE, "head": 1 - head}]
    alone = zoo.load("hand").trace(TEXT, mask="bidirectional", edits=off)["decoder.blocks.0.attn_out"]
    for query in range(4):
        said = [
            facts.value("head_adds", head=str(head), query=str(query), column=str(i), model="hand", **RUN)
            for i in range(4)
        ]
        assert said == pytest.approx(alone[query].tolist(), abs=1e-6)


def test_what_is_said_of_the_price() -> None:
    for model in ("hand", "hand-one"):
        d_model = zoo.load(model).transformer.config.d_model
        assert facts.value("projection_weights", model=model) == 3 * d_model**2


def test_a_dot_product_of_four_columns_is_the_sum_of_two_of_two() -> None:
    said = {
        (model, head): [
            facts.value("row", step="dot", model=model, head=head, query=str(EATING), key=str(key), **RUN)
            for key in range(4)
        ]
        for model, head in (("hand", "0"), ("hand", "1"), ("hand-one", "0"))
    }
    assert said["hand", "0"] == [2, -2, -4, 4] and said["hand", "1"] == [0, 2, 0, -2]  # by hand
    assert said["hand-one", "0"] == [a + b for a, b in zip(said["hand", "0"], said["hand", "1"], strict=True)]
