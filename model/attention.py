"""Scaled dot-product attention (Vaswani et al. 2017, section 3.2), a band of query rows at a time.

The pattern, n x n for every head, is never held. What is kept is q, k and, for every query, the log of its softmax's
denominator; from these any cell of any pattern is one dot product away:

    pattern[i, j] = exp(q[i] . k[j] * scale - log_denominator[i])   where the mask lets i see j, else 0

Real models add to this: fewer keys than queries, each shared by a group of heads (Ainslie et al. 2023); a bias by
distance (Raffel et al. 2020, section 2.1); scores kept below a cap by tanh (Gemma 2); a sink, to which a row may give
weight instead of any key, and which counts in its denominator alone (GPT-OSS).

A query that may see nothing has log_denominator -inf (the log of an empty sum), weights 0 and output 0, never NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from . import fused
from .masks import Bidirectional, Causal, Mask, Window

if TYPE_CHECKING:
    from .trace import Tap


@dataclass(frozen=True)
class Form:
    """What scores are made with besides q and k."""

    scale: float
    softcap: float | None = None  # scores s become cap * tanh(s / cap)
    relative_bias: Tensor | None = None  # [head, n_query + n_key - 1]: added, by key - query + n_query - 1
    pair_bias: Tensor | None = None  # [head, query, key]: added as it is


def scores(q: Tensor, k: Tensor, form: Form | float, row: int = 0) -> Tensor:
    """How well each query, the first of them at position `row`, matches each key.
    [head, query, d_head], [kv_head, key, d_head] -> [head, query, key]"""
    form = form if isinstance(form, Form) else Form(form)
    s = capped(q @ spread(k, q.shape[-3]).mT * form.scale, form)
    bias = biases(form, q, k, row)
    return s if bias is None else s + bias


def capped(s: Tensor, form: Form) -> Tensor:
    """Scores kept below the cap, where there is one."""
    return s if form.softcap is None else form.softcap * (s / form.softcap).tanh()


def biases(form: Form, q: Tensor, k: Tensor, row: int) -> Tensor | None:
    """What is added to the scores of these queries, if anything is. -> [head, query, key]"""
    of_pairs = None if form.pair_bias is None else form.pair_bias[:, row : row + q.shape[-2]]
    if form.relative_bias is None:
        return of_pairs
    of_distance = by_distance(form.relative_bias, q, k, row)
    return of_distance if of_pairs is None else of_pairs + of_distance


def by_distance(relative_bias: Tensor, q: Tensor, k: Tensor, row: int) -> Tensor:
    """What a bias by distance adds to the scores of these queries. -> [head, query, key]"""
    rows = relative_bias.unfold(-1, k.shape[-2], 1)  # a view, [head, query, key]: from the last query to the first
    end = rows.shape[-2] - row
    return rows[:, end - q.shape[-2] : end].flip(-2)


def spread(k: Tensor, n_heads: int) -> Tensor:
    """Keys or values for each head, where groups of heads share them. [kv_head, key, d_head] -> [head, key, d_head]"""
    return k if k.shape[-3] == n_heads else k.repeat_interleave(n_heads // k.shape[-3], -3)


def keys_of(heads: list[int], n_heads: int, n_kv_heads: int) -> list[int]:
    """Which key and value head each of these heads reads: groups of heads share them (Ainslie et al. 2023)."""
    return [head * n_kv_heads // n_heads for head in heads]


def visible(q: Tensor, k: Tensor, mask: Mask, row: int = 0) -> Tensor:
    """Where these queries, the first of them at position `row`, may look. -> bool [query, key], or [head, query, key]
    where heads have masks of their own"""
    query = torch.arange(row, row + q.shape[-2], device=q.device)[:, None]
    return mask(query, torch.arange(k.shape[-2], device=q.device)[None, :])


def pattern(q: Tensor, k: Tensor, log_denominator: Tensor, mask: Mask, form: Form | float, row: int = 0) -> Tensor:
    """The attention weights of these queries; every row sums to 1, or to less where there is a sink, or is 0 where no
    key is visible. form: or its scale alone

    q: [head, query, d_head], k: [kv_head, key, d_head], log_denominator: [head, query] -> [head, query, key]
    """
    s = scores(q, k, form, row).masked_fill_(~visible(q, k, mask, row), -math.inf)
    return s.sub_(_finite(log_denominator)).exp_()


def attend(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Mask,
    form: Form | float,
    band: int = 128,
    start: int = 0,
    sinks: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """softmax(q k^T * scale) v, and the log of each softmax's denominator. The first query is at position `start`.

    q: [head, query, d_head], k: [kv_head, key, d_head], v: [kv_head, key, d_head], sinks: scores of them [head]
    -> z [head, query, d_head], log_denominator [head, query]
    """
    form = form if isinstance(form, Form) else Form(form)
    k, v = spread(k, q.shape[-3]), spread(v, q.shape[-3])
    one_pass = form.softcap is None and fused.fits(q, k, v)
    biased = form.relative_bias is not None or form.pair_bias is not None
    if one_pass and not biased and (plain := _without_mask(mask, start, q, k)):
        z, log_denominator = fused.attend(q, k, v, form.scale, causal=plain == "causal")
    else:
        of_band = _band_in_one_pass if one_pass else _band
        bands = (
            of_band(q[..., row : row + band, :], k, v, mask, form, start + row) for row in range(0, q.shape[-2], band)
        )
        z, log_denominator = _together(bands, q)
    if sinks is None:
        return z, log_denominator
    with_sink = torch.logaddexp(log_denominator, sinks[:, None])
    return z * (log_denominator - with_sink).exp()[..., None], with_sink


def _together(bands: Iterable[tuple[Tensor, Tensor]], q: Tensor) -> tuple[Tensor, Tensor]:
    """Output and log denominators of all queries. Where no gradients are asked for, each band is written to its place
    at once: kept until the last, they would lie scattered among the memory that bands of scores leave behind, and no
    further band would fit in between."""
    if torch.is_grad_enabled():
        both = list(bands)
        return torch.cat([z for z, _ in both], -2), torch.cat([sums for _, sums in both], -1)
    found, row = list[Tensor](), 0
    for band in bands:
        if not found:  # of a batch, where any of q, k and v is one
            n, (z, sums) = q.shape[-2], band
            found = [z.new_empty(*z.shape[:-2], n, z.shape[-1]), sums.new_empty(*sums.shape[:-1], n)]
        end = row + band[1].shape[-1]
        found[0][..., row:end, :], found[1][..., row:end], row = *band, end
    return found[0], found[1]


def _without_mask(mask: Mask, start: int, q: Tensor, k: Tensor) -> str | None:
    """ "causal" or "bidirectional" where that is all the mask says of these queries and keys, else None."""
    while isinstance(mask, Window) and mask.width >= max(start + q.shape[-2], k.shape[-2]):
        mask = mask.of
    if isinstance(mask, Causal) and start == 0:
        return "causal"
    return "bidirectional" if isinstance(mask, Bidirectional) else None


def _band(q: Tensor, k: Tensor, v: Tensor, mask: Mask, form: Form, row: int) -> tuple[Tensor, Tensor]:
    s = scores(q, k, form, row).masked_fill(~visible(q, k, mask, row), -math.inf)
    log_denominator = s.logsumexp(-1)
    return _weights(s, log_denominator) @ v, log_denominator


def _band_in_one_pass(q: Tensor, k: Tensor, v: Tensor, mask: Mask, form: Form, row: int) -> tuple[Tensor, Tensor]:
    see = visible(q, k, mask, row)
    see = see.expand(*see.shape[:-2], q.shape[-2], k.shape[-2])
    added = None if bool(see.all()) else torch.zeros_like(see, dtype=q.dtype).masked_fill_(~see, -math.inf)
    bias = biases(form, q, k, row)
    if bias is not None:
        added = bias if added is None else bias + added
    z, log_denominator = fused.attend(q, k, v, form.scale, added=added)
    return z, log_denominator.masked_fill(~see.any(-1), -math.inf)


def _weights(s: Tensor, log_denominator: Tensor) -> Tensor:
    return (s - _finite(log_denominator)).exp()


def _finite(log_denominator: Tensor) -> Tensor:
    """[..., query, 1]. An empty row would be exp(-inf - -inf) = NaN; with 0 for its denominator it is exp(-inf) = 0."""
    return log_denominator.masked_fill(log_denominator.isneginf(), 0)[..., None]


def added(z: Tensor, W_o: Tensor) -> Tensor:
    """What each head adds to the residual stream: its z through its own columns of W_o. Their sum, and W_o's bias,
    which belongs to no head, is what the attention adds.

    z: [head, query, d_head], W_o: [d_model, head * d_head] -> [head, query, d_model]
    """
    return z @ W_o.unflatten(-1, (len(z), -1)).movedim(1, 0).mT


def rotate(x: Tensor, base: float = 10_000.0, start: int = 0) -> Tensor:
    """Rotary positions (Su et al. 2021, section 3.2.2): each pair of features (i, i + d_head/2) turned by an angle
    that grows with the position, so that q . k depends on the distance; the first stands at position `start`.
    [head, position, d_head] -> the same"""
    half = x.shape[-1] // 2
    cos, sin = turns(half, x.shape[-2], base, start, x.device, x.dtype)
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


@lru_cache(32)  # the same for queries and keys of every block
def turns(
    half: int, n: int, base: float, start: int, device: torch.device, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """cos and sin of the angles. -> [position, half] each"""
    frequency = base ** -(torch.arange(half, device=device, dtype=dtype) / half)
    position = torch.arange(start, start + n, device=device, dtype=dtype)
    angle = position[:, None] * frequency
    return angle.cos(), angle.sin()


class Attention(nn.Module):
    """Multi-head attention (section 3.2.2): queries from `x`, keys and values from `memory`.

    In self-attention memory is x itself, in cross-attention the encoder's output.
    """

    def __init__(self, d_model: int, n_heads: int, rotary: bool = False, bias: bool = True):
        super().__init__()
        self.n_heads, self.rotary = n_heads, rotary
        self.W_q, self.W_k, self.W_v, self.W_o = (nn.Linear(d_model, d_model, bias) for _ in range(4))
        self.scale = (d_model // n_heads) ** -0.5

    def forward(self, x: Tensor, memory: Tensor, mask: Mask, tap: Tap, start: int = 0) -> Tensor:
        """x: [query, d_model], the first at position `start`; memory: [key, d_model] -> [query, d_model]"""
        q, k = self.heads(self.W_q(x)), self.heads(self.W_k(memory))
        if self.rotary:
            q, k = rotate(tap("q_unrotated", q), start=start), rotate(tap("k_unrotated", k), start=start)
        q, k, v = tap("q", q), tap("k", k), tap("v", self.heads(self.W_v(memory)))
        z, log_denominator = attend(q, k, v, tap.mask(mask), self.scale, start=start)
        tap("log_denominator", log_denominator)
        return self.W_o(concat(tap("z", z)))

    def heads(self, x: Tensor) -> Tensor:
        """[position, d_model] -> [head, position, d_head]"""
        return x.unflatten(-1, (self.n_heads, -1)).transpose(-3, -2)


def concat(z: Tensor) -> Tensor:
    """[head, position, d_head] -> [position, d_model]"""
    return z.transpose(-3, -2).flatten(-2)
