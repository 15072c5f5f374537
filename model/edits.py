"""Edits: interventions in a forward pass, as taps. What is computed downstream of an edit is computed from it.

    {"zero": "decoder.blocks.0.attn", "head": 1}    this head adds nothing to the residual stream
    {"zero": "decoder.blocks.0.attn"}               no head of this site does; W_o's bias stays
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from .trace import Seen, Site

Edit = dict[str, Any]


class BadEdit(ValueError):
    """An edit that does not fit the model: no such site, or no such head."""


def edited(edits: Sequence[Edit], sites: Sequence[Site]) -> Seen:
    """All edits as what a tap is made of. Raises BadEdit."""
    n_heads = {site.name: site.n_heads for site in sites}
    zeroed: dict[str, set[int]] = {}  # name of z -> heads
    for edit in edits:
        site, head = edit.get("zero"), edit.get("head")
        if site not in n_heads or edit.keys() - {"zero", "head"}:
            raise BadEdit("no attention stands at this address")
        if head is not None and not 0 <= head < n_heads[site]:
            raise BadEdit(f"heads of {site} are numbered from 0 to {n_heads[site] - 1}")
        zeroed.setdefault(f"{site}.z", set()).update(range(n_heads[site]) if head is None else [head])

    def seen(name: str, tensor: Tensor) -> Tensor:
        if name not in zeroed:
            return tensor
        tensor = tensor.clone()  # [head, query, d_head]
        tensor[sorted(zeroed[name])] = 0
        return tensor

    return seen
