"""Masks: which keys a query may see.

A mask is a predicate on positions. It is asked for a band of queries at a time, so no n x n matrix is held, and it
describes itself (`spec`) so that the browser can evaluate the same rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import torch
from torch import Tensor

BAND = 256  # rows that are looked at together


class Mask(Protocol):
    """`mask(query, key)`: True where the query may see the key.

    query: positions [n_query, 1], key: positions [1, n_key] -> bool, broadcastable to [n_query, n_key].
    """

    @property
    def spec(self) -> Any:
        """The rule as JSON, as in a request: "causal", {"prefix": 3}, {"window": 4, "of": "causal"}, ..."""

    def __call__(self, query: Tensor, key: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class Bidirectional:
    """Every query sees every key (an encoder; Devlin et al. 2018)."""

    spec = "bidirectional"

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        return torch.ones_like(key, dtype=torch.bool).expand(*query.shape[:-1], key.shape[-1])


@dataclass(frozen=True)
class Causal:
    """A query sees itself and what came before it (Vaswani et al. 2017, section 3.2.3)."""

    spec = "causal"

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        return key <= query


@dataclass(frozen=True)
class Prefix:
    """Causal, but the first `length` positions are seen by all (prefix-LM; Raffel et al. 2020, section 3.2.1).

    In a training batch `length` may be a tensor [batch, 1, 1, 1].
    """

    length: int | Tensor

    @property
    def spec(self) -> Any:
        return {"prefix": self.length}

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        return (key <= query) | (key < self.length)


@dataclass(frozen=True)
class Window:
    """Of what `of` allows, the keys at a distance under `width` (Beltagy et al. 2020, section 3.1)."""

    width: int
    of: Mask

    @property
    def spec(self) -> Any:
        return {"window": self.width, "of": self.of.spec}

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        return self.of(query, key) & ((query - key).abs() < self.width)


@dataclass(frozen=True)
class Painted:
    """`of` with single cells (query, key, visible) switched on or off by hand; the last one said of a cell holds."""

    cells: tuple[tuple[int, int, bool], ...]
    of: Mask

    @property
    def spec(self) -> Any:
        return {"painted": [list(cell) for cell in self.cells], "of": self.of.spec}

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        visible = self.of(query, key).clone()
        row, column = int(query[0, 0]), int(key[0, 0])
        here = {
            (q - row, k - column): on
            for q, k, on in self.cells
            if row <= q < row + visible.shape[-2] and column <= k < column + visible.shape[-1]
        }
        if here:
            rows, columns = torch.tensor(list(here), device=visible.device).T
            visible[..., rows, columns] = torch.tensor(list(here.values()), device=visible.device)
        return visible


@dataclass(frozen=True)
class Listed:
    """Query i sees the keys from spans[i][0] to before spans[i][1]: what a model's own mask says, and no rule here."""

    spans: tuple[tuple[int, int], ...]

    @property
    def spec(self) -> Any:
        return {"listed": [list(span) for span in self.spans]}

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        start, end = torch.tensor(self.spans, device=key.device)[query[:, 0]].T
        return (key >= start[:, None]) & (key < end[:, None])


@dataclass(frozen=True)
class OfHeads:
    """Heads that do not all see the same: -> bool [head, query, key]"""

    heads: tuple[Mask, ...]

    @property
    def spec(self) -> Any:
        return [mask.spec for mask in self.heads]

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        shape = (query.shape[-2], key.shape[-1])
        return torch.stack([mask(query, key).expand(shape) for mask in self.heads])


@dataclass(frozen=True)
class Padded:
    """`of` without the padding at the end of each sequence of a batch. lengths: [batch, 1, 1, 1]"""

    of: Mask
    lengths: Tensor

    @property
    def spec(self) -> Any:
        return self.of.spec

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        return self.of(query, key) & (key < self.lengths)


def parse(spec: Any, native: Mask) -> Mask:
    """The mask that a request asks for. Raises ValueError, naming what is wrong with it.

    >>> parse({"window": 4}, Causal()).spec
    {'window': 4, 'of': 'causal'}
    """
    if spec == "native":
        return native
    if spec in ("bidirectional", "causal"):
        return Bidirectional() if spec == "bidirectional" else Causal()
    if isinstance(spec, dict) and len(spec) == 1:
        (name, value), = spec.items()
        if name in ("prefix", "window") and type(value) is int and value >= 0:
            return Prefix(value) if name == "prefix" else Window(value, native)
        if name == "painted" and isinstance(value, Sequence) and all(map(_is_cell, value)):
            return Painted(tuple((q, k, on) for q, k, on in value), native)
    raise ValueError(f"not a mask: {spec!r}")


def recognised(visible: Tensor) -> Mask:
    """The rule by which these cells are visible. bool [query, key] -> a mask. Raises ValueError where none is known."""
    n_query, n_key = visible.shape
    query, key = torch.arange(n_query, device=visible.device)[:, None], torch.arange(n_key, device=visible.device)[None]
    bands = list(zip(query.split(BAND), visible.split(BAND), strict=True))  # so that numbers are never n x n

    def told(rule: Mask) -> bool:
        return all(bool((rule(rows, key) == cells).all()) for rows, cells in bands)

    farthest = max(int((rows - key).abs().masked_fill(~cells, -1).max()) for rows, cells in bands)
    rules: list[Mask] = [
        Bidirectional(), Causal(), Window(farthest + 1, Causal()), Window(farthest + 1, Bidirectional())
    ]  # fmt: skip
    for rule in rules:
        if told(rule):
            return rule
    first = torch.cat([cells.int().argmax(-1) for _, cells in bands])
    listed = Listed(tuple(zip(first.tolist(), (first + visible.sum(-1)).tolist(), strict=True)))
    if told(listed):
        return listed
    raise ValueError("the visible keys of a query are no span")


def _is_cell(cell: Any) -> bool:
    return (
        isinstance(cell, Sequence)
        and [type(part) for part in cell] == [int, int, bool]
        and min(cell[0], cell[1]) >= 0
    )


def over(mask: Mask, native: Mask, own: Mask) -> Mask:
    """A mask made on top of the model's native one, on top of a site's own."""
    return replace(mask, of=own) if isinstance(mask, (Window, Painted)) and mask.of is native else mask
