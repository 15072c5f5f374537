"""Lesson 9: the right options, worked out from the models by other ways than the page's."""

from __future__ import annotations

import math

import torch
from lessons.marked import marked, questions, where
from lessons.passes import blocks_run

from model import zoo

SLUG = "09-generation"


def hops(mask, n: int) -> int | None:
    """How many readings lead from the first of n tokens to the last, the shortest way."""
    position = torch.arange(n)
    sees = mask(position[:, None], position[None, :])  # [query, key]
    reached, steps = {0}, 0
    while n - 1 not in reached:
        more = {query for query in range(n) for key in reached if sees[query, key]} | reached
        if more == reached:
            return None
        reached, steps = more, steps + 1
    return steps


def test_every_question_is_answered() -> None:
    assert questions(SLUG) == {"way-back", "half-the-temperature", "before-a-hard-word"}


def test_how_far_a_gradient_travels() -> None:
    found = hops(zoo.load("decoder").transformer.native_mask, 64)
    assert marked(SLUG, "way-back") == where(found == 63, found == 1, found is None)


def test_what_half_the_temperature_does() -> None:
    logits = zoo.load("hand").trace("我爱吃")["logits"][-1].double()
    ratios = [math.exp(logits[3] / T) / math.exp(logits[4] / T) for T in (1, 0.5)]
    same, squared, doubled = (
        math.isclose(ratios[1], due, rel_tol=1e-6) for due in (ratios[0], ratios[0] ** 2, 2 * ratios[0])
    )
    assert marked(SLUG, "half-the-temperature") == where(same, squared, doubled)


def test_a_hard_word_takes_no_more_than_an_easy_one() -> None:
    model = zoo.load("decoder")
    steps = list(model.generate(text="Once upon a", max_new_tokens=12, temperature=0))
    sure = [step.probability for step in steps]
    assert max(sure) > 0.8 and min(sure) < 0.4  # easy ones and hard ones
    ran = blocks_run("Once upon a", 12)
    again, ahead = max(ran) > min(ran), sum(ran) > len(ran) * model.transformer.config.n_layers
    assert marked(SLUG, "before-a-hard-word") == where(again, ahead, len(set(ran)) == 1)
