"""A trace: every intermediate tensor of one forward pass, by name, in the order it was computed.

A forward pass shows its intermediates to a *tap* handed down as an argument: `q = tap("q", q)`. A silent tap is the
identity; recording is a tap; switching a head off is a tap. Capture and intervention are one mechanism, without hooks
and without state in the model. (The idea of naming an expression where it is computed is TransformerLens's.)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from . import attention, thumbnails
from .lens import Lens, lens
from .masks import Mask, OfHeads

DERIVED = ("scores", "pattern", "thumbnails", "head_out_norm", "head_out_share")  # of a site, each a method of Trace
OF_RUN = ("next_probabilities", "lens_ids", "lens_probabilities")  # of the whole run, each a property of Trace

BAND = 256  # queries whose patterns are worked out at a time, of a site

Shape = tuple[int, ...]
Seen = Callable[[str, Tensor], Tensor]  # is shown a named tensor; returns the one to go on with


@dataclass(frozen=True)
class Tap:
    """Where a forward pass shows its intermediates. `tap / "blocks" / 0` is one level deeper, as with a path."""

    seen: Seen
    at: str = ""
    masks: Mapping[str, Mask] = field(default_factory=dict)  # of attentions that see other than they are told

    def __call__(self, name: str, tensor: Tensor) -> Tensor:
        return self.seen(self.at + name, tensor)

    def __truediv__(self, part: str | int) -> Tap:
        return Tap(self.seen, f"{self.at}{part}.", self.masks)

    def mask(self, mask: Mask) -> Mask:
        """Is shown the mask of the attention at this address; returns the one to go on with."""
        return self.masks.get(self.at.removesuffix("."), mask)

    def then(self, seen: Seen) -> Tap:
        """A tap that shows each tensor to this one first, and what comes of it to `seen`."""
        return Tap(lambda name, tensor: seen(name, self.seen(name, tensor)), self.at, self.masks)


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
    scale: float  # 1 / sqrt(d_head), unless the model has another
    head_masks: Mapping[int, Mask] = field(default_factory=dict)  # of heads that do not see what `mask` says
    softcap: float | None = None  # what scores are kept below
    sinks: bool = False  # whether a row may give weight to no key
    captures: str = "full"  # or "pattern": of this attention nothing but its weights is known
    whole: bool = False  # whether the model itself writes a bias out, for every query and key

    def mask_of(self, head: int | None) -> Mask:
        return self.mask if head is None else self.head_masks.get(head, self.mask)

    def sees(self, heads: list[int] | None = None) -> Mask:
        """What all of its heads may see, or these."""
        if not self.head_masks:
            return self.mask
        return OfHeads(tuple(map(self.mask_of, range(self.n_heads) if heads is None else heads)))


@dataclass(repr=False)
class Trace:
    """What one run computed: `trace["decoder.blocks.0.attn.q"]`.

    Stored tensors have no batch axis. What is DERIVED of a site is not stored but made when asked for: from its q, k
    and log_denominator, or from its z and W_o. So is what is derived OF_RUN. Of a long run only what is `wanted` is
    kept; where the logits are not, they are made when asked for of `final`, a few positions at a time.
    """

    sites: list[Site] = field(default_factory=list)
    tokens: dict[str, list[Any]] = field(default_factory=dict)  # "source", "target" -> the model's inputs
    model: dict[str, Any] = field(default_factory=dict)  # id, config, the weights' hash
    request: dict[str, Any] = field(default_factory=dict)
    links: list[tuple[int, int]] = field(default_factory=list)  # (target, source) of words that surely translate
    tensors: dict[str, Tensor] = field(default_factory=dict)
    W_o: dict[str, Tensor] = field(default_factory=dict)  # site -> the model's own weight [d_model, head * d_head]
    read_out: Callable[[Tensor], Tensor] | None = None  # the model's own final norm and unembedding
    shapes: dict[str, Shape] = field(default_factory=dict)  # of all that the run computes, kept or not, in its order
    wanted: Collection[str] | None = None  # what is kept of it; None: everything
    final: Tensor | None = None  # [position, d_model]
    unembedding: Callable[[Tensor], Tensor] | None = None  # what makes logits of `final`
    # For each position its likeliest tokens and their probabilities, by how many were asked for.
    likeliest: dict[int, list[list[tuple[int, float]]]] = field(default_factory=dict)
    # By mask and sides, what heads.py counts of them for every attention that has them.
    counted: dict[Any, tuple[Tensor, Tensor]] = field(default_factory=dict)

    def __repr__(self) -> str:
        tokens = ", ".join(f"{len(read)} tokens of the {side}" for side, read in self.tokens.items())
        return f"<Trace of {self.model.get('id')}: {tokens}, {len(self.sites)} attentions, {len(self.tensors)} tensors>"

    def record(self, name: str, tensor: Tensor) -> Tensor:
        """Keep this tensor, where it is wanted, and go on with it. A name computed twice in one run is an error of the
        model."""
        if name in self.tensors:
            raise KeyError(f"{name} was computed twice in one run")
        self.shapes[name] = tuple(tensor.shape)
        if self.wanted is None:
            self.tensors[name] = tensor.detach()
        elif name in self.wanted:
            self.tensors[name] = alone(tensor.detach())
        return tensor

    def anew(self) -> Trace:
        """The same run, not made yet."""
        return replace(self, tensors={}, wanted=None, final=None, unembedding=None)

    @property
    def made(self) -> bool:
        """Whether the run was made, and not only prepared."""
        return bool(self.tensors) or self.final is not None

    @property
    def nbytes(self) -> int:
        """What it holds."""
        held = [*self.tensors.values(), *([] if self.final is None else [self.final])]
        return sum(tensor.nbytes for tensor in held)

    def __getitem__(self, name: str) -> Tensor:
        if name in self.tensors:
            return self.tensors[name]
        if name in OF_RUN:
            return getattr(self, name)
        if name == "logits" and self.final is not None:
            return self.logits(slice(None))
        site, _, last = name.rpartition(".")
        if last not in DERIVED:
            raise KeyError(name)
        derived: Tensor = getattr(self, last)(site)
        return derived

    def __iter__(self) -> Iterator[str]:
        return iter(self.tensors)

    @torch.no_grad()
    def logits(self, rows: slice) -> Tensor:
        """Of these positions. -> [position, n_vocab]"""
        if "logits" in self.tensors:
            return self.tensors["logits"][rows]
        if self.final is None or self.unembedding is None:
            raise KeyError("logits")
        return self.unembedding(self.final[rows])

    def site(self, name: str) -> Site:
        """The attention at this address. Raises KeyError."""
        for site in self.sites:
            if site.name == name:
                return site
        raise KeyError(name)

    def scores(self, site: str, heads: list[int] | None = None, rows: range | None = None) -> Tensor:
        """How well each query, or each of these rows of them, matches each key, after the scale, before the mask.
        -> [head, query, key]"""
        q, k, _ = self._of(site, heads)
        form = self.form(site, heads)
        return self._banded(site, rows, lambda start, end: attention.scores(q[:, start:end], k, form, start))

    def form(self, site: str, heads: list[int] | None = None) -> attention.Form:
        """What the scores of a site are made with besides its q and k."""
        given = (self.tensors.get(f"{site}.{name}") for name in ("relative_bias", "pair_bias"))
        biases = (bias if bias is None or heads is None else bias[heads] for bias in given)
        return attention.Form(self.site(site).scale, self.site(site).softcap, *biases)

    def pattern(self, site: str, heads: list[int] | None = None, rows: range | None = None) -> Tensor:
        """The attention weights; every row sums to 1, or is 0 where no key is visible. -> [head, query, key]"""
        stored = self.tensors.get(f"{site}.pattern")
        if stored is not None:
            stored = stored if rows is None else stored[:, rows.start : rows.stop]
            return stored if heads is None else stored[heads]
        return self._banded(site, rows, lambda start, end: self.rows(site, heads, start, end))

    def _banded(self, site: str, rows: range | None, band: Callable[[int, int], Tensor]) -> Tensor:
        """Rows made a band at a time, so that nothing is held beside them that is as large. -> [head, query, key]"""
        rows = range(self.lengths(site)[0]) if rows is None else rows
        if len(rows) <= BAND:
            return band(rows.start, rows.stop)
        first = band(rows.start, rows.start + BAND)
        whole = first.new_empty(len(first), len(rows), first.shape[-1])
        whole[:, :BAND] = first
        for start in range(rows.start + BAND, rows.stop, BAND):
            end = min(start + BAND, rows.stop)
            whole[:, start - rows.start : end - rows.start] = band(start, end)
        return whole

    def visible(self, site: str, head: int | None = None, rows: range | None = None) -> Tensor:
        """What the site's mask lets each query, or each of these rows, see, or that of one of its heads.
        -> bool [query, key]"""
        n_query, n_key = self.lengths(site)
        rows, device = range(n_query) if rows is None else rows, self.of_lengths(site).device
        query, key = torch.arange(rows.start, rows.stop, device=device), torch.arange(n_key, device=device)
        return self.site(site).mask_of(head)(query[:, None], key[None, :])

    def lengths(self, site: str) -> tuple[int, int]:
        """How many queries and keys."""
        whole = self.shapes.get(f"{site}.pattern")
        if whole is not None:
            return whole[-2], whole[-1]
        return self.shapes[f"{site}.q"][-2], self.shapes[f"{site}.k"][-2]

    def of_lengths(self, site: str) -> Tensor:
        """Its queries, or its pattern where nothing else of it is known."""
        return self.tensors[f"{site}.pattern" if f"{site}.pattern" in self.shapes else f"{site}.q"]

    def thumbnails(self, site: str, heads: list[int] | None = None, size: int = 64) -> Tensor:
        """The pattern of each head for a small picture: the largest weight of each patch. -> uint8 [head, r, c]

        A level l stands for the weight (l / 255)^2; r and c are at most `size`. The whole pattern is never held.
        """
        if f"{site}.pattern" in self.tensors:
            return thumbnails.of_pattern(self.pattern(site, heads), size)
        q, k, log_denominator = self._of(site, heads)
        return thumbnails.thumbnails(q, k, log_denominator, self.site(site).sees(heads), self.form(site, heads), size)

    def rows(self, site: str, heads: list[int] | None, row: int, end: int) -> Tensor:
        """The pattern of these queries. -> [head, end - row, key]"""
        if f"{site}.pattern" in self.tensors:
            return self.pattern(site, heads, range(row, end))
        q, k, log_denominator = self._of(site, heads)
        rule, form = self.site(site).sees(heads), self.form(site, heads)
        return attention.pattern(q[:, row:end], k, log_denominator[:, row:end], rule, form, row)

    def head_out_norm(self, site: str, heads: list[int] | None = None) -> Tensor:
        """How much each head adds to the residual stream: the length of what it adds. -> [head, query]"""
        added = self._added(site).norm(dim=-1)
        return added if heads is None else added[heads]

    def head_out_share(self, site: str, heads: list[int] | None = None) -> Tensor:
        """For how much of what all heads add each of them accounts: the length of its part along the sum, of the sum's
        length. The shares add up to 1; against the sum they are negative; NaN where the sum is zero. -> [head, query]
        """
        added = self._added(site)
        whole = added.sum(0)  # [query, d_model]
        share = (added * whole).sum(-1) / whole.square().sum(-1)
        return share if heads is None else share[heads]

    def _added(self, site: str) -> Tensor:
        z = self.tensors[f"{site}.z"]
        return attention.added(z, self.W_o[site].to(z.dtype))

    @property
    def next_probabilities(self) -> Tensor:
        """How probable each token of the vocabulary is after the last one. -> [n_vocab]"""
        return self.logits(slice(-1, None))[0].softmax(-1)

    @cached_property
    def lens(self) -> Lens:
        """What each block would have the model say, of the stack that predicts."""
        assert self.read_out is not None
        stack = "decoder" if any(name.startswith("decoder.") for name in self.shapes) else "encoder"
        after = [name for name in self.shapes if name.startswith(f"{stack}.") and name.endswith(".resid_post")]
        return lens([self.tensors[name] for name in after], self.read_out)

    @property
    def lens_ids(self) -> Tensor:
        return self.lens.ids

    @property
    def lens_probabilities(self) -> Tensor:
        return self.lens.probabilities

    def no_visible_key(self, site: str) -> list[int]:
        """The queries of a site that may see nothing, in no head: their weights and output are 0."""
        if self.site(site).captures == "pattern":
            return []
        return self.tensors[f"{site}.log_denominator"].isneginf().all(0).nonzero().flatten().tolist()

    def _of(self, site: str, heads: list[int] | None) -> tuple[Tensor, Tensor, Tensor]:
        q, k, log_denominator = (self.tensors[f"{site}.{name}"] for name in ("q", "k", "log_denominator"))
        if heads is None:
            return q, k, log_denominator
        return q[heads], attention.spread(k, len(q))[heads], log_denominator[heads]


def alone(tensor: Tensor) -> Tensor:
    """The same numbers, without what else lies in the memory that they are a part of."""
    return tensor.clone() if tensor.untyped_storage().nbytes() > tensor.nbytes else tensor
