"""Writing one token at a time: the model's last row becomes a distribution, a token is drawn, and it is read again.

Temperature, top-k (Fan et al. 2018) and top-p (Holtzman et al. 2020) shape the distribution in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

LISTED = 10  # likeliest tokens told for each position or step


@dataclass(frozen=True)
class Sampling:
    """How the next token is drawn; the default takes the likeliest."""

    temperature: float = 0.0  # 0: always the likeliest
    top_k: int | None = None  # only among this many likeliest
    top_p: float | None = None  # only among the fewest likeliest that together are at least this probable
    seed: int = 0


@dataclass(frozen=True)
class Step:
    """A token that was written. Probabilities are the model's own, over the whole vocabulary, before any shaping."""

    id: int
    probability: float
    top: list[tuple[int, float]]  # the likeliest tokens, with their probabilities


def shaped(logits: Tensor, sampling: Sampling) -> Tensor:
    """The distribution that a token is drawn from, temperature above 0. [n_vocab] -> [n_vocab], summing to 1"""
    logits = logits.double() / sampling.temperature
    order = logits.argsort(descending=True, stable=True)
    probabilities = logits[order].softmax(-1)
    if sampling.top_k is not None:
        probabilities[sampling.top_k :] = 0
    if sampling.top_p is not None:
        share = probabilities / probabilities.sum()
        probabilities[share.cumsum(-1) - share >= sampling.top_p] = 0  # what comes before is enough already
    return torch.zeros_like(probabilities).scatter(0, order, probabilities / probabilities.sum())


def write(logits_after: Callable[[list[int]], Tensor], end: int, most: int, sampling: Sampling) -> Iterator[Step]:
    """Steps until the token `end` is written, or `most` tokens are. The same seed draws the same tokens.

    logits_after: the tokens written so far -> logits of the next one [n_vocab], on the CPU
    """
    dice, written = torch.Generator().manual_seed(sampling.seed), list[int]()
    while len(written) < most and end not in written[-1:]:
        logits = logits_after(written)
        probabilities = logits.softmax(-1)
        if sampling.temperature == 0:
            id = int(logits.argmax())
        else:
            id = int(torch.multinomial(shaped(logits, sampling), 1, generator=dice))
        written.append(id)
        yield Step(id, float(probabilities[id]), likeliest(probabilities, LISTED))


def likeliest(probabilities: Tensor, n: int) -> list[tuple[int, float]]:
    """The n likeliest entries of a distribution [n_vocab], the likeliest first."""
    top = probabilities.topk(min(n, probabilities.shape[-1]))
    return list(zip(top.indices.tolist(), top.values.tolist(), strict=True))
