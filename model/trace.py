"""A trace: every intermediate tensor of one forward pass, by name, in the order it was computed.

A forward pass shows its intermediates to a *tap* handed down as an argument: `q = tap("q", q)`. A silent tap is the
identity; recording is a tap; switching a head off is a tap. Capture and intervention are one mechanism, without hooks
and without state in the model. (The idea of naming an expression where it is computed is TransformerLens's.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from . import attention
from .masks import Mask

Seen = Callable[[str, Tensor], Tensor]  # is shown a named tensor; returns the one to go on with


@dataclass(frozen=True)
class Tap:
    """Where a forward pass shows its intermediates. `tap / "blocks" / 0` is one level deeper, as with a path."""

    seen: Seen
    at: str = ""

    def __call__(self, name: str, tensor: Tensor) -> Tensor:
        return self.seen(self.at + name, tensor)

    def __truediv__(self, part: str | int) -> Tap:
        return Tap(self.seen, f"{self.at}{part}.")

    def then(self, seen: Seen) -> Tap:
        """A tap that shows each tensor to this one first, and what comes of it to `seen`."""
        return Tap(lambda name, tensor: seen(name, self.seen(name, tensor)), self.at)


SILENT = Tap(lambda _, tensor: tensor)


@dataclass(frozen=True)
class Site:
    """One attention of one block: where it is, whose tokens it relates, what it may see."""

    name: str  # its address: "decoder.blocks.0.cross_attn"
    layer: int
    n_heads: int
    query: str  # "source" or "target": whose tokens ask
    key: str  # and whose are read
    mask: Mask
    scale: float  # 1 / sqrt(d_head)


@dataclass
class Trace:
    """What one run computed: `trace["decoder.blocks.0.attn.q"]`.

    Stored tensors have no batch axis. `scores`, `pattern` and `thumbnails` of a site are not stored but made
    from its q, k and log_denominator when asked for.
    """

    sites: list[Site] = field(default_factory=list)
    tokens: dict[str, list[Any]] = field(default_factory=dict)  # "source", "target" -> the model's inputs
    model: dict[str, Any] = field(default_factory=dict)  # id, config, the weights' hash
    request: dict[str, Any] = field(default_factory=dict)
    links: list[tuple[int, int]] = field(default_factory=list)  # (target, source) of words that surely translate
    tensors: dict[str, Tensor] = field(default_factory=dict)

    def record(self, name: str, tensor: Tensor) -> Tensor:
        """Keep this tensor and go on with it. A name computed twice in one run is an error of the model."""
        if name in self.tensors:
            raise KeyError(f"{name} was computed twice in one run")
        self.tensors[name] = tensor.detach()
        return tensor

    def __getitem__(self, name: str) -> Tensor:
        if name in self.tensors:
            return self.tensors[name]
        site, _, last = name.rpartition(".")
        if last == "scores":
            return self.scores(site)
        if last == "pattern":
            return self.pattern(site)
        if last == "thumbnails":
            return self.thumbnails(site)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tensors)

    def site(self, name: str) -> Site:
        """The attention at this address. Raises KeyError."""
        for site in self.sites:
            if site.name == name:
                return site
        raise KeyError(name)

    def scores(self, site: str, heads: list[int] | None = None) -> Tensor:
        """How well each query matches each key, after the scale, before the mask. -> [head, query, key]"""
        q, k, _ = self._of(site, heads)
        return attention.scores(q, k, self.site(site).scale)

    def pattern(self, site: str, heads: list[int] | None = None) -> Tensor:
        """The attention weights; every row sums to 1, or is 0 where no key is visible. -> [head, query, key]"""
        q, k, log_denominator = self._of(site, heads)
        return attention.pattern(q, k, log_denominator, self.site(site).mask, self.site(site).scale)

    def visible(self, site: str) -> Tensor:
        """What the mask lets each query see. -> bool [query, key]"""
        q, k, _ = self._of(site, None)
        return attention.visible(q, k, self.site(site).mask)

    def thumbnails(self, site: str, heads: list[int] | None = None, size: int = 64) -> Tensor:
        """The pattern of each head for a small picture: the largest weight of each patch. -> uint8 [head, r, c]

        0..255 stands for 0..1; r and c are at most `size`. The whole pattern is never held.
        """
        q, k, log_denominator = self._of(site, heads)
        rule, scale = self.site(site).mask, self.site(site).scale
        rows = []
        for band in torch.arange(q.shape[-2]).tensor_split(min(size, q.shape[-2])):
            row, end = int(band[0]), int(band[-1]) + 1
            weights = attention.pattern(q[:, row:end], k, log_denominator[:, row:end], rule, scale, row)
            columns = weights.amax(-2).tensor_split(min(size, k.shape[-2]), -1)
            rows.append(torch.stack([patch.amax(-1) for patch in columns], -1))
        return (torch.stack(rows, -2) * 255).round().to(torch.uint8)

    def no_visible_key(self, site: str) -> list[int]:
        """The queries of a site that may see nothing: their weights and output are 0."""
        return self.tensors[f"{site}.log_denominator"][0].isneginf().nonzero().flatten().tolist()

    def _of(self, site: str, heads: list[int] | None) -> tuple[Tensor, Tensor, Tensor]:
        q, k, log_denominator = (self.tensors[f"{site}.{name}"] for name in ("q", "k", "log_denominator"))
        return (q, k, log_denominator) if heads is None else (q[heads], k[heads], log_denominator[heads])
