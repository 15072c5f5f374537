"""Which heads matter for a prediction: every head in turn is edited, and the probability of one token read again.

The edited copies of the sentence run as a batch, which the tap itself makes. As far as the first head of the batch all
copies are the same, and are computed once; there `z` gets its batch axis, and from there on each copy has its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .edits import ACTS, edited, tap
from .input_error import InputError
from .ready import Model
from .trace import Trace

TOKENS = 1_024  # in a batch: others wait no longer than it takes


@dataclass(frozen=True)
class Effect:
    """What becomes of the prediction when this head is edited."""

    site: str
    head: int
    log_probability: float  # of the token that is asked about
    likeliest: tuple[int, float]  # the likeliest token now, and its probability


def predicted(model: Model, trace: Trace, position: int, token: int | None) -> tuple[int, float]:
    """The token that is asked about, the likeliest there where it is None; and the log of its probability.

    Raises InputError.
    """
    n_positions, n_vocab = trace.shapes["logits"][0], len(model.tokenizer)
    if position >= n_positions:
        raise InputError("unknown-position", field="position", limit=n_positions - 1)
    if token is not None and token >= n_vocab:
        raise InputError("unknown-token", field="token", limit=n_vocab - 1)
    log_probabilities = trace.logits(slice(position, position + 1))[0].cpu().log_softmax(-1)
    token = int(log_probabilities.argmax()) if token is None else token
    return token, float(log_probabilities[token])


def effects(model: Model, trace: Trace, position: int, token: int, by: str) -> Iterator[list[Effect]]:
    """What this edit of each head does to the prediction at a position of a run, a batch of heads at a time."""
    heads = [(site.name, head) for site in trace.sites for head in range(site.n_heads)]
    batch = max(1, TOKENS // max(map(len, trace.tokens.values())))
    for start in range(0, len(heads), batch):
        edited = heads[start : start + batch]
        log_probabilities = logits(model, trace, position, edited, by).cpu().log_softmax(-1)  # [copy, n_vocab]
        yield [
            Effect(site, head, float(row[token]), (int(row.argmax()), math.exp(row.max())))
            for (site, head), row in zip(edited, log_probabilities, strict=True)
        ]


@torch.no_grad()
def logits(model: Model, trace: Trace, position: int, heads: list[tuple[str, int]], by: str) -> Tensor:
    """Of copies of a run, in each of which one of these heads is edited too. -> [copy, n_vocab]"""

    def seen(name: str, z: Tensor) -> Tensor:
        mine = [(copy, head) for copy, (site, head) in enumerate(heads) if name == f"{site}.z"]
        if not mine:
            return z
        z = z.expand(len(heads), *z.shape[-3:]).clone()  # [copy, head, position, d_head]
        for at in mine:
            z[at] = ACTS[by](z[at])
        return z

    transformer = model.of(trace).transformer
    if not transformer.batched:
        return torch.stack([alone(transformer, model, trace, position, head, by) for head in heads])
    x = transformer.trunk(**model.sides(trace), tap=tap(trace).then(seen))
    return transformer.unembed(x[..., position, :])


def alone(
    transformer: Any, model: Model, trace: Trace, position: int, head: tuple[str, int], by: str
) -> Tensor:
    """As logits, of one copy. -> [n_vocab]"""
    more, found = edited([{by: head[0], "head": head[1]}], trace.sites), dict[str, Tensor]()
    if transformer.unembedding is not None:
        x = transformer.trunk(**model.sides(trace), tap=tap(trace).then(more))
        return transformer.unembedding(x[position : position + 1])[0]

    def seen(name: str, tensor: Tensor) -> Tensor:
        if name == "logits":
            found[name] = tensor[position]
        return more(name, tensor)

    transformer(**model.sides(trace), tap=tap(trace).then(seen))
    return found["logits"]
