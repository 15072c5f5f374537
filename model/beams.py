"""Beam search (Sutskever et al. 2014, section 3.2): several beginnings are followed at once.

Each is continued with its likeliest tokens, and of all these the best are kept, one less for each that has ended. At
last the best of those that ended is taken, by log-probability / length ** penalty: with 0 the likeliest as a whole,
with 1 the one whose tokens are likeliest on average.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Beam:
    """A beginning, and its last token."""

    ids: tuple[int, ...]  # all that was written
    parent: int | None  # which of those kept at the step before it goes on from; None at the first
    log_probability: float  # of the last token, by the model's own softmax over the whole vocabulary
    total: float  # of all of them
    score: float  # what it is chosen by
    finished: bool


@dataclass(frozen=True)
class Kept:
    """One step of the search: what was kept and what dropped, each the best first."""

    kept: list[Beam]
    dropped: list[Beam]


NOTHING = Beam((), None, 0.0, 0.0, 0.0, False)

After = Callable[[list[int], list[int]], Tensor]


def search(after: After, ends: Collection[int], width: int, most: int, penalty: float = 0.0) -> Iterator[Kept]:
    """Steps until as many beams have ended as there were, or `most` tokens are written.

    after: (which rows of its last answer are gone on with, the token that each goes on with; none at first)
    -> logits of what is next [beam, n_vocab]
    """
    live: list[tuple[int | None, Beam]] = [(None, NOTHING)]  # with its place among those kept
    wanted = width
    rows: list[int] = []  # of the logits that each live beam came from
    for _ in range(most):
        log_p = after(rows, [beam.ids[-1] for _, beam in live if beam.ids]).double().log_softmax(-1)
        top = log_p.topk(min(wanted, log_p.shape[-1]))
        longer = [
            (row, continued(beam, parent, id, log_probability, id in ends, penalty))
            for row, (parent, beam) in enumerate(live)
            for id, log_probability in zip(top.indices[row].tolist(), top.values[row].tolist(), strict=True)
        ]
        longer.sort(key=lambda one: -one[1].total)  # all are as long
        kept = longer[:wanted]
        yield Kept([beam for _, beam in kept], [beam for _, beam in longer[wanted:]])
        going = [(place, row, beam) for place, (row, beam) in enumerate(kept) if not beam.finished]
        live, rows = [(place, beam) for place, _, beam in going], [row for _, row, _ in going]
        wanted -= len(kept) - len(going)
        if not live:
            return


def continued(beam: Beam, parent: int | None, id: int, log_probability: float, finished: bool, penalty: float) -> Beam:
    total, ids = beam.total + log_probability, (*beam.ids, id)
    return Beam(ids, parent, log_probability, total, total / len(ids) ** penalty, finished)


def best(steps: list[Kept]) -> Beam:
    """The winner: the best of those that ended, or of the last step where none did."""
    ended = [beam for step in steps for beam in step.kept if beam.finished]
    return max(ended or (steps[-1].kept if steps else [NOTHING]), key=lambda beam: beam.score)
