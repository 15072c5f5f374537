"""Patterns as small pictures: of each patch of cells the largest weight.

A weight is exp of its score less the log of its row's denominator. Of a patch the largest difference is found first,
and exp is taken of it alone instead of every cell. Scores stand keys before queries here, so that the largest of
neighbouring keys is a comparison of whole rows; keys that no query of a band may see are passed over.

A level l stands for the weight (l / 255)^2. Of a long text most weights are near 1 / n, and 256 even steps would take
those below 1 / 510 for none; by their square roots, which the page's colours follow, steps are finest there.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right

import torch
from torch import Tensor

from .attention import Form, biases, capped, spread, visible
from .masks import Mask

BAND = 96  # queries at a time, where one row of patches has no more


def thumbnails(q: Tensor, k: Tensor, log_denominator: Tensor, mask: Mask, form: Form, size: int) -> Tensor:
    """q: [head, query, d_head], k: [kv_head, key, d_head], log_denominator: [head, query]
    -> uint8 [head, r, c], levels of the largest weight of each patch; r and c are at most `size`"""
    (n_query, n_key), k = (q.shape[-2], k.shape[-2]), spread(k, len(q))
    tops, lefts = edges(n_query, size), edges(n_key, size)
    denominator = log_denominator.masked_fill(log_denominator.isneginf(), 0)[:, None]  # as in a pattern
    found = q.new_full((len(q), len(lefts) - 1, len(tops) - 1), -math.inf)
    step = max(1, BAND // (tops[1] - tops[0]))  # rows of patches at a time
    for top in range(0, len(tops) - 1, step):
        bottom = min(top + step, len(tops) - 1)
        start, end = tops[top], tops[bottom]
        rows = q[:, start:end]
        see = visible(rows, k, mask, start)
        see = see.expand(*see.shape[:-2], end - start, n_key)
        seen = span(see.flatten(0, -2).any(0))
        if seen is None:
            continue
        left, right = bisect_right(lefts, seen[0]) - 1, bisect_left(lefts, seen[1])
        here = slice(lefts[left], lefts[right])
        s = capped(k[:, here] @ (rows * form.scale).mT, form)  # [head, key, query]
        if (bias := biases(form, rows, k, start)) is not None:
            s = s + bias[..., here].mT
        hidden = span(~see[..., here].flatten(0, -2).all(0))
        if hidden is not None:
            cells = s[:, slice(*hidden)]
            cells += (
                torch.zeros_like(see, dtype=s.dtype).masked_fill_(~see, -math.inf)[..., here][..., slice(*hidden)].mT
            )
        s = largest(s, -2, n_key, size, left) - denominator[..., start:end]
        found[:, left:right, top:bottom] = largest(s, -1, n_query, size, top)
    return of_weights(found.exp().mT)


def of_pattern(pattern: Tensor, size: int) -> Tensor:
    """The same of weights [head, query, key]."""
    for axis in (-1, -2):
        pattern = largest(pattern, axis, pattern.shape[axis], size, 0)
    return of_weights(pattern)


def of_weights(weights: Tensor) -> Tensor:
    """As levels, 0..255."""
    return (weights.sqrt() * 255).round().to(torch.uint8)


def edges(n: int, size: int) -> list[int]:
    """Where each of at most `size` patches of n positions begins, the longer ones first as in tensor_split; and n."""
    size = min(size, n)
    return [i * (n // size) + min(i, n % size) for i in range(size + 1)]


def largest(x: Tensor, axis: int, n: int, size: int, first: int) -> Tensor:
    """The largest of each patch along an axis, which holds whole patches of its n positions from number `first` on."""
    width, longer = divmod(n, min(size, n))
    cut = min((width + 1) * max(0, longer - first), x.shape[axis])
    parts = (x.narrow(axis, 0, cut), width + 1), (x.narrow(axis, cut, x.shape[axis] - cut), width)
    pooled = [part.unflatten(axis, (-1, wide)).amax(axis) if wide > 1 else part for part, wide in parts if part.numel()]
    return pooled[0] if len(pooled) == 1 else torch.cat(pooled, axis)


def span(flags: Tensor) -> tuple[int, int] | None:
    """From the first that is set to behind the last one. bool [n]"""
    at = flags.nonzero()
    return (int(at[0]), int(at[-1]) + 1) if len(at) else None
