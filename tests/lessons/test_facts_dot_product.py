"""The facts of lesson 4, computed another way: exponentials of exact fractions, and other random numbers."""

import math
from fractions import Fraction

import numpy as np
import pytest

from model import facts

DOTS = [2, 0, -4, 2]  # of the query of the third word with every key, exact
VALUES = [math.sqrt(2), math.sqrt(2), math.sqrt(8), math.sqrt(8)]  # the lengths of the values
TEXTS = ["我爱吃鱼", "I love eating fish"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("divisor", [2, 1])
def test_a_row_step_by_step(text, divisor):
    scaled = [Fraction(dot, divisor) for dot in DOTS]
    powers = [math.exp(score) for score in scaled]
    for key, (dot, score, power, length) in enumerate(zip(DOTS, scaled, powers, VALUES, strict=True)):
        weight = power / math.fsum(powers)
        expected = {
            "dot": dot, "scaled": float(score), "exp": power, "sum": math.fsum(powers), "weight": weight,
            "contribution": weight * length, "d_head": 4, "divisor": divisor,
        }  # fmt: skip
        for step, value in expected.items():
            own = "" if divisor == 2 else str(divisor)
            assert facts.value("row", step=step, query="2", key=str(key), scale=own, text=text) == pytest.approx(value)


def test_a_hidden_key_has_no_part_in_the_row():
    causal = {"query": "1", "text": TEXTS[1], "mask": "causal"}
    assert facts.value("row", step="sum", **causal) == pytest.approx(math.exp(1.5) + math.exp(-0.5))
    assert facts.value("row", step="weight", key="fish", **causal) == 0


def test_several_steps_are_rows():
    found = facts.value("row_of", steps="dot weight", query="love", text=TEXTS[1])
    powers = [math.exp(score) for score in (1.5, -0.5, -2, 1)]
    assert found[0] == [3, -1, -4, 2]
    assert found[1] == pytest.approx([power / math.fsum(powers) for power in powers])


@pytest.mark.parametrize("scaled", ["no", "yes"])
@pytest.mark.parametrize("width", [4, 64])
def test_random_rows_are_what_other_random_rows_are(width, scaled):
    """Other numbers from another generator, so only as near as 4,096 rows are."""
    source = np.random.default_rng(1)
    q, k = source.standard_normal((4096, 1, width)), source.standard_normal((4096, 16, width))
    scores = (q * k).sum(-1) / (math.sqrt(width) if scaled == "yes" else 1)
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    weights = powers / powers.sum(-1, keepdims=True)
    squares = (weights**2).sum(-1)
    # |diag(w) - w wᵀ|² = Σ w² - 2 Σ w³ + (Σ w²)²
    gradient = np.sqrt(np.maximum(squares - 2 * (weights**3).sum(-1) + squares**2, 0)).mean()
    entropy = -np.where(weights > 0, weights * np.log2(np.where(weights > 0, weights, 1)), 0).sum(-1).mean()
    expected = {"std": scores.std(), "largest": weights.max(-1).mean(), "entropy": entropy, "gradient": gradient}
    for what, value in expected.items():
        found = facts.value("random_scores", what=what, d_head=str(width), scaled=scaled)
        assert found == pytest.approx(value, rel=0.06), what


@pytest.mark.parametrize("words", [{"step": "no such"}, {"step": "dot", "query": "cat"}])
def test_words_that_it_does_not_know_are_refused(words):
    with pytest.raises((KeyError, ValueError)):
        facts.value("row", **{"query": "2", "text": TEXTS[0], **words})
