"""A model that goes on writing after what it was given, token by token or by beams."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .beams import After, Kept, search
from .cache import Cache, lasting
from .generate import LISTED, Step, write
from .past import Past
from .real import RealTransformer
from .sampling import Sampling
from .tokenizer import Token
from .trace import SILENT, Site, Tap
from .transformer import Transformer

if TYPE_CHECKING:
    from .ready import Model


class Writing:
    """What a model goes on from: its inputs, what each of its attentions may see, and what is edited."""

    def __init__(
        self, model: Model, tokens: dict[str, list[Token]], sites: list[Site], tap: Tap = SILENT, steady: bool = True
    ):
        """steady: nothing that is edited of a position hangs on the positions after it"""
        self.transformer: Transformer | RealTransformer = model.transformer
        self.device, self.tap, self.steady = model.device, tap, steady
        self.source = [token.id for token in tokens.get("source", [])]
        self.begun = [token.id for token in tokens["target"]]
        self.masks = [site.sees() for site in sites if (site.query, site.key) == ("target", "target")]
        self.ends = model.inputs.ends
        self.room = model.transformer.config.n_ctx - len(self.begun)

    def steps(self, most: int, sampling: Sampling, listed: int = LISTED) -> Iterator[Step]:
        """At most so many tokens, and no more than the model has room for."""
        most = min(most, self.room)
        return write(self._logits_after(most), self.ends, most, sampling, len(self.begun), listed)

    def beams(self, width: int, most: int, penalty: float) -> Iterator[Kept]:
        """As steps, along this many beams."""
        most = min(most, self.room)
        return search(self._beams_read(self._lasting(most)), self.ends, width, most, penalty)

    def _beams_read(self, kept: bool) -> After:
        if not kept:
            return self._beams_anew()
        if not isinstance(self.transformer, RealTransformer):
            memory = None if self._memory is None else self._memory[None]
            return self._beams_kept(Cache(self.transformer, self.masks[0], memory))
        if self.transformer.beams_together:
            return self._beams_kept(Past(self.transformer, self._memory))
        return self._beams_forked(self.transformer)

    def _beams_kept(self, cache: Cache | Past) -> After:

        def after(rows: list[int], ids: list[int]) -> Tensor:
            if not ids:
                return cache.read(self._tensor(self.begun)[None], self.tap).cpu()
            cache.take(rows)
            return cache.read(self._tensor(ids)[:, None], self.tap).cpu()

        return after

    def _beams_forked(self, real: RealTransformer) -> After:
        """As kept, of a model that reads one beam at a time."""
        pasts = [Past(real, self._memory)]

        def after(rows: list[int], ids: list[int]) -> Tensor:
            pasts[:] = [pasts[row].fork() if row in rows[:i] else pasts[row] for i, row in enumerate(rows)] or pasts
            new = [self._tensor([id]) for id in ids] or [self._tensor(self.begun)]
            return torch.stack([past.read(one, self.tap) for past, one in zip(pasts, new, strict=True)]).cpu()

        return after

    def _beams_anew(self) -> After:
        beams: list[list[int]] = [self.begun]

        def after(rows: list[int], ids: list[int]) -> Tensor:
            beams[:] = [[*beams[row], id] for row, id in zip(rows, ids, strict=True)] if ids else beams
            return torch.stack([self._cache(kept=False).read(self._tensor(beam), self.tap) for beam in beams]).cpu()

        return after

    def _logits_after(self, most: int) -> Callable[[list[int]], Tensor]:
        """Where what was read does not stay as it was, all is read anew for each token."""
        kept = self._lasting(most)
        cache = self._cache(kept)

        def logits_after(written: list[int]) -> Tensor:
            reading = cache if kept else self._cache(kept)
            return reading.read(self._tensor([*self.begun, *written][reading.n_read :]), self.tap).cpu()

        return logits_after

    def _cache(self, kept: bool) -> Cache | Past:
        if isinstance(self.transformer, RealTransformer):
            return Past(self.transformer, self._memory, kept)
        return Cache(self.transformer, self.masks[0], self._memory)

    def _lasting(self, most: int) -> bool:
        n = len(self.begun)
        masks = dict.fromkeys(self.masks)  # one of them may be that of many blocks
        return self.transformer.reads_on and self.steady and all(lasting(mask, n, n + most) for mask in masks)

    @cached_property
    @torch.no_grad()
    def _memory(self) -> Tensor | None:
        return self.transformer.encode(self._tensor(self.source), tap=self.tap) if self.source else None

    def _tensor(self, ids: list[int]) -> Tensor:
        return torch.tensor(ids, device=self.device)


def translation_steps(n_source: int) -> int:
    """The most tokens that a translation of so many is given."""
    return 2 * n_source + 10
