"""How the next token is drawn. Temperature, top-k (Fan et al. 2018) and top-p (Holtzman et al. 2020) shape the model's
distribution in this order, and a token is drawn from what is left.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Sampling:
    """How the next token is drawn; the default takes the likeliest."""

    temperature: float = 0.0  # 0: always the likeliest
    top_k: int | None = None  # only among this many likeliest
    top_p: float | None = None  # only among the fewest likeliest that together are at least this probable
    seed: int = 0


@dataclass(frozen=True)
class Cut:
    """What one cut kept: how many entries, and how probable they were together before it."""

    entries: int
    probability: float


@dataclass(frozen=True)
class Shaped:
    """A distribution as each stage leaves it: [n_vocab] in float64, summing to 1, 0 for an entry that was cut."""

    after_temperature: Tensor
    after_top_k: Tensor
    after_top_p: Tensor  # what a token is drawn from
    top_k: Cut
    top_p: Cut

    def draw(self, seed: int, position: int) -> int:
        """The token of this position. Each seed has its own dice for each position: what was drawn before, and in how
        many requests, is of no account.

        Every entry runs for an exponentially distributed time, the probable faster, and the first wins: the same law
        as any other way to draw, but nearly equal logits give the same token.
        """
        time = torch.empty_like(self.after_top_p).exponential_(generator=dice(seed, position))
        return int((self.after_top_p / time).argmax())


def dice(seed: int, position: int) -> torch.Generator:
    """torch takes 32 bits of a seed; these two numbers are mixed into them."""
    mixed = hashlib.blake2b(f"{seed} {position}".encode(), digest_size=4).digest()
    return torch.Generator().manual_seed(int.from_bytes(mixed, "little"))


def shape(logits: Tensor, sampling: Sampling) -> Shaped:
    """Every stage of shaping these logits [n_vocab]."""
    warm = warmed(logits, sampling.temperature)
    whole = Cut(len(warm), 1.0)
    if sampling.top_k is None and sampling.top_p is None:
        return Shaped(warm, warm, warm, whole, whole)
    ranked = warm if sampling.temperature == 0 else logits  # of equals the one that is taken comes first
    order = ranked.argsort(descending=True, stable=True)[: sampling.top_k or len(logits)]
    few, top_k = (warm, whole) if sampling.top_k is None else cut(warm, order)
    if sampling.top_p is None:
        return Shaped(warm, few, few, top_k, Cut(top_k.entries, 1.0))
    likeliest = few[order]
    before = likeliest.cumsum(0) - likeliest  # how probable the likelier ones are together
    nucleus, top_p = cut(few, order[before < sampling.top_p])
    return Shaped(warm, few, nucleus, top_k, top_p)


def warmed(logits: Tensor, temperature: float) -> Tensor:
    """softmax(logits / temperature), and where that is 0 its limit: all on the likeliest. -> float64 [n_vocab]"""
    if temperature == 0:
        likeliest = torch.zeros_like(logits, dtype=torch.float64)
        likeliest[(logits == logits.max()).nonzero()[0]] = 1  # of equals the first
        return likeliest
    return (logits.double() / temperature).softmax(-1)


def cut(probabilities: Tensor, ids: Tensor) -> tuple[Tensor, Cut]:
    """These entries alone, summing to 1 again."""
    kept = torch.zeros_like(probabilities)
    kept[ids] = probabilities[ids]
    share = kept.sum()
    return kept / share, Cut(len(ids), float(share))
