"""Writing one token at a time: the model's last row becomes a distribution, a token is drawn, and it is read again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from torch import Tensor

from .sampling import Cut, Sampling, Shaped, shape

LISTED = 10  # likeliest tokens told for each position or step
PREDICTED = 128  # positions whose logits are made at a time
ROWS = 16  # of which the softmax is: fewer than a processor's cache holds


@dataclass(frozen=True)
class Candidate:
    """A token that could be next: how probable the model says it is, over the whole vocabulary and before any shaping,
    and how probable each stage of shaping leaves it."""

    id: int
    probability: float
    after_temperature: float
    after_top_k: float
    after_top_p: float


@dataclass(frozen=True)
class Step(Candidate):
    """The token that was written."""

    top: list[Candidate]  # the likeliest tokens
    top_k: Cut
    top_p: Cut


def write(
    logits_after: Callable[[list[int]], Tensor],
    ends: Collection[int],
    most: int,
    sampling: Sampling,
    position: int = 0,
    listed: int = LISTED,
) -> Iterator[Step]:
    """Steps until one of the tokens `ends` is written, or `most` tokens are. The same seed draws the same tokens.

    logits_after: the tokens written so far -> logits of the next one [n_vocab], on the CPU
    position: where the first token that is written will stand
    """
    written = list[int]()
    while len(written) < most and not (written and written[-1] in ends):
        logits = logits_after(written)
        step = step_of(logits, shape(logits, sampling), sampling.seed, position + len(written), listed)
        written.append(step.id)
        yield step


def step_of(logits: Tensor, shaped: Shaped, seed: int, position: int, listed: int) -> Step:
    probabilities = logits.softmax(-1)
    ids = probabilities.topk(min(listed, len(probabilities))).indices.tolist()
    id = shaped.draw(seed, position)
    stages = (probabilities, shaped.after_temperature, shaped.after_top_k, shaped.after_top_p)
    drawn, *top = (
        Candidate(*one) for one in zip([id, *ids], *(stage[[id, *ids]].tolist() for stage in stages), strict=True)
    )
    return Step(**vars(drawn), top=top, top_k=shaped.top_k, top_p=shaped.top_p)


def likeliest(probabilities: Tensor, n: int) -> list[tuple[int, float]]:
    """The n likeliest entries of a distribution [n_vocab], the likeliest first."""
    return likeliest_of_each(probabilities[None], n)[0]


def likeliest_of_each(probabilities: Tensor, n: int) -> list[list[tuple[int, float]]]:
    """The same of each of these distributions [position, n_vocab]."""
    top = probabilities.topk(min(n, probabilities.shape[-1]))
    rows = zip(top.indices.tolist(), top.values.tolist(), strict=True)
    return [list(zip(ids, values, strict=True)) for ids, values in rows]


def likeliest_of_all(logits: Callable[[slice], Tensor], n_positions: int, n: int) -> list[list[tuple[int, float]]]:
    """The same after each position, a band of them at a time. logits: positions -> [position, n_vocab]"""
    starts = range(0, n_positions, PREDICTED)
    bands = (logits(slice(start, min(start + PREDICTED, n_positions))).cpu() for start in starts)
    return [row for band in bands for rows in band.split(ROWS) for row in likeliest_of_each(rows.softmax(-1), n)]
