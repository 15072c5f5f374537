"""What the heads of an attention add to the residual stream, and what they cost."""

from __future__ import annotations

from .. import zoo
from ..attention import added
from . import fact

SITE = "decoder.blocks.0.attn"


@fact
def head_adds(head: str, query: str, column: str, text: str, model: str, mask: str) -> float:
    """One number of what a head alone adds at a position: its z through its own rows of W_O."""
    trace = zoo.load(model).trace(text, mask=mask)
    return float(added(trace[f"{SITE}.z"], trace.W_o[SITE])[int(head), int(query), int(column)])


@fact
def projection_weights(model: str) -> int:
    """How many numbers there are in W_Q, W_K and W_V of one attention."""
    return sum(zoo.load(model).transformer.get_parameter(f"{SITE}.W_{map}.weight").numel() for map in "qkv")
