"""What a word far back still does: it is taken out and another put in its place, and the prediction of what comes after
the last token is compared (Khandelwal et al. 2018 measure the use of context in the same spirit, by its loss).

The change is the Kullback-Leibler divergence of the new distribution from the old, in nats: 0 where the swap did
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .beside import Beside
from .training.checkpoint import Network

SWAPS = 4  # other tokens that are tried in each place
SEED = 0
ROWS = 64  # copies of the text that run as one batch


@dataclass(frozen=True)
class Change:
    """What other tokens in one place did."""

    distance: int  # from the last token
    each: list[float]  # nats, by the token that was put in

    @property
    def mean(self) -> float:
        return sum(self.each) / len(self.each)


def others(beside: Beside) -> list[int]:
    """The tokens that are put in: ordinary ones of the vocabulary, drawn with a fixed seed."""
    tokenizer = beside.tokenizer
    words = [id for id in range(len(tokenizer)) if len(tokenizer.piece(id).strip()) > 1 and plain(beside, id)]
    drawn = torch.randperm(len(words), generator=torch.Generator().manual_seed(SEED))
    return [words[at] for at in drawn[:SWAPS].tolist()]


def plain(beside: Beside, id: int) -> bool:
    return not beside.tokenizer.is_special(id) and not beside.tokenizer.piece(id).startswith("<0x")


@torch.no_grad()
def after(net: Network, rows: Tensor) -> Tensor:
    """Token ids [copy, position] -> the log-probabilities of what comes next [copy, n_vocab]"""
    last = [net.trunk(target=part)[:, -1] for part in rows.split(ROWS)]
    return net.unembed(torch.cat(last)).double().log_softmax(-1)


def swapped(ids: Sequence[int], distance: int, put: Sequence[int]) -> Tensor:
    """Copies of these tokens, in each of which one of `put` stands `distance` before the last. -> [copy, position]"""
    rows = torch.tensor(ids).repeat(len(put), 1)
    rows[:, len(ids) - 1 - distance] = torch.tensor(put)
    return rows


def changes(net: Network, ids: Sequence[int], put: Sequence[int]) -> list[Change]:
    """What a swap does to the prediction after the last token, by distance: of every token but the first (<bos>) and
    the last."""
    distances = range(1, len(ids) - 1)
    before = after(net, torch.tensor(ids)[None])[0]
    rows = torch.cat([swapped(ids, distance, put) for distance in distances])
    nats = divergence(before, after(net, rows)).view(len(distances), len(put))
    return [Change(distance, row.tolist()) for distance, row in zip(distances, nats, strict=True)]


@torch.no_grad()
def change(net: Network, ids: Sequence[int], distance: int, put: Sequence[int]) -> Change:
    """What a swap at one distance does."""
    before = after(net, torch.tensor(ids)[None])[0]
    return Change(distance, divergence(before, after(net, swapped(ids, distance, put))).tolist())


def divergence(before: Tensor, now: Tensor) -> Tensor:
    """KL(before || now) of log-probabilities [n_vocab] and [copy, n_vocab] -> nats [copy]"""
    return (before.exp() * (before - now)).sum(-1)
