"""The logit lens (nostalgebraist 2020): what each block would have the model say. The residual stream as it leaves a
block goes through the final norm and the unembedding, as that of the last block does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

ROWS = 128  # positions that are read out at a time
RANKS = 10  # tokens of each block and position


@dataclass(frozen=True)
class Lens:
    """The likeliest tokens of each block and position, the likeliest first."""

    ids: Tensor  # int32 [block, position, rank]
    probabilities: Tensor  # [block, position, rank], by a softmax over the whole vocabulary


@torch.no_grad()
def lens(stream: list[Tensor], read_out: Callable[[Tensor], Tensor]) -> Lens:
    """stream: the residual stream after each block [position, d_model]; read_out: what it predicts [position, n_vocab]

    A few positions of one block at a time, so that the logits of all of them are never held.
    """
    ids, probabilities = list[Tensor](), list[Tensor]()
    for x in stream:
        tops = [top(read_out(few)) for few in x.split(ROWS)]
        ids.append(torch.cat([top.indices.int() for top in tops]))
        probabilities.append(torch.cat([top.values for top in tops]))
    return Lens(torch.stack(ids), torch.stack(probabilities))


def top(logits: Tensor) -> Any:
    """The likeliest tokens of each position, values and indices. [position, n_vocab] -> [position, rank] each"""
    return logits.softmax(-1).topk(min(RANKS, logits.shape[-1]))
