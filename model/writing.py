"""A model that goes on writing after what it was given, token by token or by beams."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .beams import Kept, search
from .cache import Cache, lasting
from .generate import LISTED, Step, write
from .masks import Mask
from .sampling import Sampling
from .tokenizer import Token

if TYPE_CHECKING:
    from .ready import Model


class Writing:
    """What a model goes on from: its inputs, and the mask of its decoder's self-attention."""

    def __init__(self, model: Model, tokens: dict[str, list[Token]], mask: Mask):
        self.transformer, self.mask, self.device = model.transformer, mask, model.device
        self.source = [token.id for token in tokens.get("source", [])]
        self.begun = [token.id for token in tokens["target"]]
        self.ends = model.inputs.ends
        self.room = model.transformer.config.n_ctx - len(self.begun)

    def steps(self, most: int, sampling: Sampling, listed: int = LISTED) -> Iterator[Step]:
        """At most so many tokens, and no more than the model has room for."""
        most = min(most, self.room)
        return write(self._logits_after(most), self.ends, most, sampling, len(self.begun), listed)

    def beams(self, width: int, most: int, penalty: float) -> Iterator[Kept]:
        """As steps, along this many beams."""
        cache = Cache(self.transformer, self.mask, None if self._memory is None else self._memory[None])

        def after(rows: list[int], ids: list[int]) -> Tensor:
            if not ids:
                return cache.read(self._tensor(self.begun)[None]).cpu()
            cache.take(rows)
            return cache.read(self._tensor(ids)[:, None]).cpu()

        return search(after, self.ends, width, min(most, self.room), penalty)

    def _logits_after(self, most: int) -> Callable[[list[int]], Tensor]:
        """With a mask that lets a query see what is read after it, all is read anew for each token."""
        cache = Cache(self.transformer, self.mask, self._memory)
        kept = lasting(self.mask, len(self.begun), len(self.begun) + most)

        def logits_after(written: list[int]) -> Tensor:
            reading = cache if kept else Cache(self.transformer, self.mask, self._memory)
            return reading.read(self._tensor([*self.begun, *written][reading.n_read :])).cpu()

        return logits_after

    @cached_property
    @torch.no_grad()
    def _memory(self) -> Tensor | None:
        return self.transformer.encode(self._tensor(self.source)) if self.source else None

    def _tensor(self, ids: list[int]) -> Tensor:
        return torch.tensor(ids, device=self.device)
