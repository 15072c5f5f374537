"""Where the queries, keys and values of a real attention come from: the linear maps that make them, one for each or
one for all, and what the keys and queries were before their position was turned into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from .attention import spread
from .norms import normalizes
from .ran import Ran, is_linear

Layout = Callable[[Tensor], Tensor]  # what a module makes -> [head, position, d_head]


@dataclass(frozen=True)
class Made:
    """A module that makes the queries, keys or values of a site, and where in its output they lie."""

    by: Ran
    layout: Layout

    @property
    def heads(self) -> Tensor:
        return self.layout(self.by.y)


@dataclass(frozen=True)
class Projections:
    """What is known of where q, k and v of a site come from; None where it is not."""

    q: Made | None
    k: Made | None
    v: Made | None
    rotated: bool  # whether what they make is turned by the position before it is q and k


def projections(ran: list[Ran], q: Tensor, k: Tensor, v: Tensor) -> Projections:
    """ran: what ran before the scores; q: [head, query, d_head], k, v: [kv_head, key, d_head] as they enter them"""
    of_q, of_k, of_v = (list(laid_out(ran, x, which, len(q), len(k))) for which, x in enumerate((q, k, v)))
    given = ((of_q, q), (of_k, k), (of_v, v))
    same = tuple(next((made for made in of if alike(made.heads, x)), None) for of, x in given)
    if same[0] is not None and same[1] is not None:
        return Projections(same[0], same[1], same[2], False)
    for one in reversed(of_q):  # the last before the scores: what a norm of each head made, where there is one
        for other in reversed(of_k):
            if turned(one.heads, other.heads, q, k):
                return Projections(one, other, same[2], True)
    return Projections(same[0], same[1], same[2], False)


def laid_out(ran: list[Ran], x: Tensor, which: int, n_heads: int, n_kv_heads: int) -> Iterator[Made]:
    """All that has the size of x [head, position, d_head]: by heads already, side by side in one output of their own,
    or among the queries, keys and values of one."""
    heads, n, d = x.shape
    sizes = [n_heads * d, n_kv_heads * d, n_kv_heads * d]
    for one in ran:
        shape = one.y.shape
        if shape[-3:] == (n, heads, d):
            yield Made(one, lambda y: y.reshape(-1, heads, d).transpose(0, 1))
        elif shape[-3:] == (heads, n, d):
            yield Made(one, lambda y: y.reshape(heads, -1, d))
        elif len(one.flat) != n or not (is_linear(one.module) or normalizes(one.module, one.read, one.flat)):
            continue
        elif shape[-1] == heads * d:
            yield Made(one, lambda y: y.reshape(-1, heads, d).transpose(0, 1))
        elif shape[-1] == sum(sizes):
            begin = sum(sizes[:which])
            yield Made(one, lambda y, b=begin: y[..., b : b + heads * d].reshape(-1, heads, d).transpose(0, 1))  # type: ignore[misc]
            if n_heads == n_kv_heads:  # or those of one head together
                yield Made(one, lambda y: y.reshape(-1, heads, 3, d)[:, :, which].transpose(0, 1))


def alike(made: Tensor, x: Tensor) -> bool:
    """The same, or in one proportion to it: some attentions scale their queries before the scores."""
    made, x = made.float(), x.float()
    if torch.equal(made, x):
        return True
    if not (size := made.square().sum()):
        return False
    by = (made * x).sum() / size
    return bool(by) and torch.allclose(made * by, x, rtol=1e-5, atol=1e-6)


def turned(q_before: Tensor, k_before: Tensor, q: Tensor, k: Tensor) -> bool:
    """Whether q and k are these, turned at each position by one rotation that all heads have in common, which at
    position 0 is none: all inner products at a position are then as they were. What stretches positions (YaRN: Peng et
    al. 2023, section 3.4) makes queries and keys longer, too, all by one factor.

    [head, position, d_head], [kv_head, position, d_head] each
    """
    pairs = ((q_before, k_before), (q, k))
    before, after = (torch.cat([a, spread(b, len(a))]).float().transpose(0, 1) for a, b in pairs)
    longer = float((before[0] * after[0]).sum() / before[0].square().sum().clamp(min=1e-30))
    before, near = longer * before, 1e-4 * float(after.abs().max()) ** 2
    products = before @ before.mT, after @ after.mT  # [position, head, head]
    if longer <= 0 or not torch.allclose(*products, rtol=1e-3, atol=near):
        return False
    return torch.allclose(before[0], after[0], rtol=1e-3, atol=1e-3 * float(after.abs().max()))
