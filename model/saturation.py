"""What the square root of d_head is for: how far a softmax is from saturated, where its gradient is lost.

A dot product of two vectors of d normal numbers has standard deviation sqrt(d) (Vaswani et al. 2017, section 3.2.1,
footnote 4). Softmax of scores that far apart is nearly one-hot, and its Jacobian diag(p) - p p^T nearly 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .trace import Site, Trace

D_HEADS = (2, 4, 8, 16, 32, 64, 128, 256, 512)


@dataclass(frozen=True)
class Saturation:
    """Of rows of attention scores: means over the rows."""

    std: float  # standard deviation of a row's scores: the root of the mean variance
    largest: float  # the largest weight of a row
    entropy: float  # of a row's weights, in bits
    jacobian: float  # Frobenius norm of diag(p) - p p^T


@dataclass(frozen=True)
class Random:
    """Of queries and keys of normal numbers."""

    d_head: int
    unscaled: Saturation
    scaled: Saturation  # by 1 / sqrt(d_head)
    row_unscaled: list[float]  # the weights of the first query, to be drawn
    row_scaled: list[float]


@dataclass(frozen=True)
class OfHead:
    """Of a trained head, over the queries that see at least two keys: with its own scale, and with none, which is not
    what it was trained with."""

    site: str
    head: int
    unscaled: Saturation
    scaled: Saturation


def of_scores(s: Tensor) -> Saturation:
    """s: [row, key], -inf where a query may not look; each row with two numbers at least"""
    s = s.double()
    seen, p = s.isfinite(), s.softmax(-1)
    n, filled = seen.sum(-1), s.masked_fill(~seen, 0)
    mean = filled.sum(-1) / n
    variance = (filled - mean[:, None]).masked_fill(~seen, 0).square().sum(-1) / (n - 1)
    entropy = -torch.xlogy(p, p).sum(-1) / math.log(2)
    return Saturation(float(variance.mean().sqrt()), *(float(one.mean()) for one in (p.amax(-1), entropy, jacobian(p))))


def jacobian(p: Tensor) -> Tensor:
    """Frobenius norm of the softmax's Jacobian, diag(p) - p p^T, without making it. [..., key] -> [...]"""
    squares = p.square().sum(-1)
    return (squares - 2 * p.pow(3).sum(-1) + squares.square()).clamp_min(0).sqrt()


def random(d_heads: Sequence[int] = D_HEADS, n_keys: int = 16, draws: int = 1_000, seed: int = 0) -> Iterator[Random]:
    """For each d_head, over as many queries, each with keys of its own."""
    for d_head in d_heads:
        generator = torch.Generator().manual_seed(seed)
        q = torch.randn(draws, 1, d_head, generator=generator, dtype=torch.float64)
        k = torch.randn(draws, n_keys, d_head, generator=generator, dtype=torch.float64)
        s = (q * k).sum(-1)  # [draw, key]
        scaled = s / math.sqrt(d_head)
        yield Random(d_head, of_scores(s), of_scores(scaled), s[0].softmax(-1).tolist(), scaled[0].softmax(-1).tolist())


def of_heads(trace: Trace) -> Iterator[list[OfHead]]:
    """Every head of a run, a site at a time."""
    for site in trace.sites:
        yield [
            OfHead(site.name, head, of_scores(s / site.scale), of_scores(s))
            for head in range(site.n_heads)
            if len(s := rows(trace, site, head))
        ]


def rows(trace: Trace, site: Site, head: int) -> Tensor:
    """Scores of the queries that see two keys or more, as the softmax takes them. -> [query, key]"""
    q, k = (trace[f"{site.name}.{name}"][head].cpu().double() for name in ("q", "k"))
    seen = trace.visible(site.name, head).cpu()
    return (q @ k.T * site.scale).masked_fill(~seen, -math.inf)[seen.sum(-1) >= 2]
