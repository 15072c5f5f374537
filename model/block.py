"""The block that can be computed by hand, with the same matrices and built otherwise: its norms elsewhere, or without
a residual. What a lesson compares is run, not imagined."""

from __future__ import annotations

import functools

from . import hand
from .ready import Model
from .trace import Trace
from .transformer import Norms

N_HEADS = 2
SHOWN = {
    "embed", "pos_embed", "resid_pre", "resid_mid", "resid_post", "normalized", "z", "attn_out", "pre", "post",
    "mlp_out",
}  # fmt: skip


@functools.cache
def built(norm: Norms = "pre-mlp", residual: bool = True) -> Model:
    """norm: where norms stand, as `Config.norm` says it; before the MLP alone it is `hand` itself."""
    made = hand.transformer(N_HEADS, norm, residual)
    return Model("hand", made, hand.words(), hand.sha256(made))


def shown(trace: Trace) -> list[str]:
    """What is on the stream, what makes it, and the patterns, of a run."""
    return [*(name for name in trace if name.rpartition(".")[2] in SHOWN), f"{trace.sites[0].name}.pattern"]
