"""What a causal mask does to a row of weights, and what it would do elsewhere; and how many matrices the
attentions of a block have."""

from __future__ import annotations

import torch
from torch import Tensor

from .. import zoo
from . import fact

SITE = "decoder.blocks.0.attn"
MATRICES = ("W_q.weight", "W_k.weight", "W_v.weight", "W_o.weight")  # of an attention


def pattern(model: str, text: str, mask: str) -> Tensor:
    """-> [query, key] of the first head"""
    return zoo.load(model).trace(text, mask=mask)[f"{SITE}.pattern"][0]


@fact
def left_after_mask(query: str, text: str, model: str) -> float:
    """What a row adds up to where the causal mask comes after the softmax, and nothing is divided again."""
    return float(pattern(model, text, "bidirectional").tril()[int(query)].sum())


@fact
def renormalized_apart(text: str, model: str) -> float:
    """The largest difference between such rows, each divided by its sum, and the weights under the mask."""
    late = pattern(model, text, "bidirectional").tril()
    return float((late / late.sum(-1, keepdim=True) - pattern(model, text, "causal")).abs().max())


@fact
def masked_with_zero(query: str, key: str, text: str, model: str) -> float:
    """A weight where scores that the causal mask hides were set to 0, and not to minus infinity."""
    scores = zoo.load(model).trace(text, mask="bidirectional")[f"{SITE}.scores"][0].tril()
    return float(torch.softmax(scores, dim=-1)[int(query), int(key)])


@fact
def row_changed(query: str, text: str, model: str) -> float:
    """The largest difference in a row of weights between the bidirectional mask and the causal one."""
    apart = pattern(model, text, "bidirectional") - pattern(model, text, "causal")
    return float(apart[int(query)].abs().max())


@fact
def attention_matrices(model: str, stack: str) -> int:
    """How many matrices the attentions of one block have together.

    stack: "encoder" or "decoder"
    """
    names = dict(zoo.load(model).transformer.named_parameters())
    return sum(name.startswith(f"{stack}.blocks.0.") and name.endswith(MATRICES) for name in names)
