"""The logit lens (nostalgebraist 2020): what each block would have the model say. The residual stream as it leaves a
block goes through the final norm and the unembedding, as that of the last block does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

RANKS = 10  # tokens of each block and position


@dataclass(frozen=True)
class Lens:
    """The likeliest tokens of each block and position, the likeliest first."""

    ids: Tensor  # int32 [block, position, rank]
    probabilities: Tensor  # [block, position, rank], by a softmax over the whole vocabulary


@torch.no_grad()
def lens(stream: list[Tensor], read_out: Callable[[Tensor], Tensor]) -> Lens:
    """stream: the residual stream after each block [position, d_model]; read_out: what it predicts [position, n_vocab]

    One block at a time, so that the logits of all of them are never held.
    """
    tops = []
    for x in stream:
        probabilities = read_out(x).softmax(-1)
        tops.append(probabilities.topk(min(RANKS, probabilities.shape[-1])))
    return Lens(torch.stack([top.indices.int() for top in tops]), torch.stack([top.values for top in tops]))
