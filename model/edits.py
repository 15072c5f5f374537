"""Edits: interventions in a forward pass. What is computed downstream of an edit is computed from it.

    {"swap": 3, "side": "target", "token": 17}           another token stands at this position of the inputs
    {"paint": SITE, "head": 1, "cells": [[2, 0, false]]} cells [query, key, visible] of a head's mask, painted on it
    {"diagonal": SITE, "head": 1}                        of what its mask allows, a query sees itself alone
    {"uniform": SITE, "head": 1}                         its queries are 0: it looks at all that it sees alike
    {"zero": SITE, "head": 1}                            its z is 0: it adds nothing to the residual stream
    {"mean": SITE, "head": 1}                            its z is, everywhere, its mean over the positions
    {"weight": NAME, "row": 1, "column": 0, "value": 2}  an entry of a matrix, of a model whose weights can be edited

Without `head` it is every head of the site; W_o's bias, which belongs to none, stays.

Each takes hold where the forward pass comes by: at the inputs (swaps.py), a matrix (entries.py), a mask, `q` or `z`. So
paint and uniform of one head both count, in either order, and z is mean of what they made. Of those that take hold at
the same place the later one in the list finds what the earlier left: the last swap of a position, the last paint of a
cell and the last value of an entry hold, paint after diagonal opens cells beside it, diagonal after paint closes them,
and mean after zero is the mean of zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from .input_error import InputError
from .masks import Mask, Painted, Window
from .trace import Seen, Site, Tap, Trace

Edit = dict[str, Any]


def mean(z: Tensor) -> Tensor:
    """Of each head over its positions. [head, position, d_head] -> the same"""
    return z.mean(-2, keepdim=True).expand_as(z)


NEEDED: dict[str, list[str]] = {  # kind of edit -> what it says besides where, and of which head
    "zero": [], "mean": [], "uniform": [], "diagonal": [], "paint": ["cells"], "swap": ["side", "token"],
    "weight": ["row", "column", "value"],
}  # fmt: skip
ACTS: dict[str, Callable[[Tensor], Tensor]] = {"zero": torch.zeros_like, "mean": mean, "uniform": torch.zeros_like}
PLACES = {  # the tensors of a site where these take hold
    "zero": ["z"], "mean": ["z"], "uniform": ["q_unrotated", "q", "relative_bias"],
}  # fmt: skip


def tap(trace: Trace) -> Tap:
    """What a prepared trace shows its forward pass: every site's masks, and what the edits make of its tensors."""
    return Tap(edited(trace.request["edits"], trace.sites), masks={site.name: site.sees() for site in trace.sites})


def edited(edits: Sequence[Edit], sites: Sequence[Site]) -> Seen:
    """The edits of tensors as what a tap is made of. Raises InputError."""
    at = {site.name: site for site in sites}
    acts: dict[str, list[tuple[Callable[[Tensor], Tensor], list[int]]]] = {}  # name of a tensor -> what is done to whom
    for edit in edits:
        kind = kind_of(edit)
        for last in PLACES.get(kind, []):
            site = site_of(edit, at)
            heads = list(range(site.n_heads)) if edit.get("head") is None else [edit["head"]]
            acts.setdefault(f"{site.name}.{last}", []).append((ACTS[kind], heads))

    def seen(name: str, tensor: Tensor) -> Tensor:
        if name not in acts:
            return tensor
        tensor = tensor.clone()  # [head, position, d_head], or of a bias [head, distance]
        for act, heads in acts[name]:
            of = heads if tensor.ndim == 2 else (..., heads, slice(None), slice(None))
            tensor[of] = act(tensor[of])
        return tensor

    return seen


def steady(edits: Sequence[Edit]) -> bool:
    """Whether a position is edited alike however many come after it: a mean over the positions of a decoder is not."""
    return not any(kind_of(edit) == "mean" and edit["mean"].startswith("decoder.") for edit in edits)


def remasked(edits: Sequence[Edit], sites: Sequence[Site], lengths: Mapping[str, int]) -> list[Site]:
    """The sites with what the edits make of their masks. lengths: side -> how many tokens. Raises InputError."""
    at = {site.name: site for site in sites}
    for edit in edits:
        if (kind := kind_of(edit)) in ("paint", "diagonal"):
            site = site_of(edit, at)
            wrap = partial(Painted, cells_of(edit, site, lengths)) if kind == "paint" else partial(Window, 1)
            if kind == "diagonal" and site.query != site.key:
                raise InputError("no-diagonal", field="edits")
            at[site.name] = wrapped(site, edit.get("head"), wrap)
    return list(at.values())


def wrapped(site: Site, head: int | None, wrap: Callable[[Mask], Mask]) -> Site:
    """A site whose mask is another, or that of one head; without a head it is that of each."""
    if head is not None:
        return replace(site, head_masks={**site.head_masks, head: wrap(site.mask_of(head))})
    own = {head: wrap(mask) for head, mask in site.head_masks.items()}
    return replace(site, mask=wrap(site.mask), head_masks=own)


def kind_of(edit: Edit) -> str:
    """Raises InputError."""
    for kind, needed in NEEDED.items():
        if kind in edit and {kind, *needed} <= edit.keys() <= {kind, *needed, "head"}:
            return kind
    raise InputError("bad-edit", field="edits")


def site_of(edit: Edit, at: Mapping[str, Site]) -> Site:
    """Where it takes hold. Raises InputError where there is no such site, or no such head."""
    site, head = at.get(edit[kind_of(edit)]), edit.get("head")
    if site is None:
        raise InputError("unknown-site", field="edits")
    if head is not None and not 0 <= head < site.n_heads:
        raise InputError("unknown-head", field="edits", limit=site.n_heads - 1)
    return site


def cells_of(edit: Edit, site: Site, lengths: Mapping[str, int]) -> tuple[tuple[int, int, bool], ...]:
    """Raises InputError where one of them lies outside the site."""
    cells = tuple((query, key, on) for query, key, on in edit["cells"])
    if not all(0 <= query < lengths[site.query] and 0 <= key < lengths[site.key] for query, key, _ in cells):
        raise InputError("unknown-cell", field="edits")
    return cells
