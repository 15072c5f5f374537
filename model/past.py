"""A real decoder that reads on: what it has read is kept in transformers' own cache, and only what is new is run."""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from .handed import running
from .trace import SILENT, Tap

if TYPE_CHECKING:
    from .real import RealTransformer

NEAR = 1e-5  # of the largest logit: how far reading on may be from reading all
ROUNDINGS = 8  # or so many of the last digit, where the model's numbers have fewer
TOGETHER = 1e-6  # how far beams read as a batch may be from each read by itself
TRIED = 3  # tokens that are read on one at a time in a trial


class Past:
    """What a real decoder has read so far, of one request alone: with `kept`, its keys and values (Shazeer 2019,
    section 2.4)."""

    def __init__(self, real: RealTransformer, memory: Tensor | None = None, kept: bool = True):
        """memory: the encoder's output [source, d_model], of an encoder-decoder"""
        self.real, self.memory = real, memory
        self.cache: Any = real.no_past() if kept else None
        self.n_read = 0
        self.keys = Counter[str]()  # how many of each site are kept

    def read(self, ids: Tensor, tap: Tap = SILENT) -> Tensor:
        """Read these tokens after what was read: [new] -> logits of what follows the last of them [n_vocab].

        The tap is shown what is computed of the new tokens. With beams, of a model that reads them together: [beam,
        new] -> [beam, n_vocab]; of them it is shown what enters and leaves attentions.
        """
        if ids.ndim == 2 and len(ids) == 1:  # they have not gone apart yet
            return self.read(ids[0], tap)[None]
        logits = self.real.decode(ids, self.memory, tap, self)
        self.n_read += ids.shape[-1]
        return logits if ids.ndim == 2 else logits[-1]

    def take(self, beams: list[int]) -> None:
        """Go on from these beams, in this order; one may be taken several times, or left."""
        self.cache.reorder_cache(torch.tensor(beams, device=self.real.embed.weight.device))

    def fork(self) -> Past:
        """Another that has read the same, and reads on by itself."""
        other = copy.copy(self)
        other.cache, other.keys = copy.deepcopy(self.cache), self.keys.copy()
        return other

    def inputs(self, n_new: int, beams: int = 1) -> dict[str, Any]:
        """What a model is told besides the new tokens."""
        read = self.n_read + n_new if self.memory is None else len(self.memory)
        device = self.real.embed.weight.device
        told: dict[str, Any] = {"attention_mask": torch.ones(beams, read, dtype=torch.long, device=device)}
        if self.memory is not None:
            told["encoder_outputs"] = (self.memory.expand(beams, -1, -1),)
        return told if self.cache is None else told | {"past_key_values": self.cache, "use_cache": True}


@torch.no_grad()
def reads_on(real: RealTransformer) -> bool:
    """Whether the last tokens, read one at a time after the others, are given the logits that reading all at once
    gives. By a trial: some families keep something else, or nothing."""
    if real.config.kind == "encoder" or not real.predicts:
        return False
    source, ids = real.tried()
    assert ids is not None
    memory = None if source is None else real.encode(source)
    with running(real.run(SILENT)):
        whole = real.call(source, ids).logits[0].float()
    try:
        past = Past(real, memory)
        parts = [len(ids) - TRIED, *[1] * TRIED]
        read = torch.stack([past.read(part) for part in ids.split(parts)])
    except Exception:  # whatever a family's own code raises, given a cache that is not for it
        return False
    return close(real, read, whole[-1 - TRIED :], NEAR)


@torch.no_grad()
def beams_together(real: RealTransformer) -> bool:
    """Whether beams that are read as a batch are given the logits that each is given by itself. By a trial: they part,
    change places, and one goes on twice."""
    source, ids = real.tried()
    assert ids is not None
    memory = None if source is None else real.encode(source)
    alone = Past(real, memory)
    alone.read(ids[:-TRIED])
    pasts, steps = [alone], [([0, 0], ids[-TRIED:-1]), ([1, 0, 1], ids[-TRIED:])]  # which go on, with which tokens
    try:
        batch = Past(real, memory)
        batch.read(ids[None, :-TRIED])
        for rows, tokens in steps:
            batch.take(rows)
            pasts = [pasts[row].fork() for row in rows]
            expected = torch.stack([past.read(token) for past, token in zip(pasts, tokens.split(1), strict=True)])
            if not close(real, batch.read(tokens[:, None]), expected, TOGETHER):
                return False
    except Exception:  # as above, of a batch
        return False
    return True


def close(real: RealTransformer, read: Tensor, expected: Tensor, near: float) -> bool:
    """Whether logits are within `near` of the largest, or the rounding of the model's numbers."""
    near = max(near, ROUNDINGS * torch.finfo(real.model.dtype).eps) * max(1.0, float(expected.abs().max()))
    return read.shape == expected.shape and float((read - expected).abs().max()) <= near
