"""Families of transformers that do not hand their attention over: they give its weights and their predictions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from .masks import Bidirectional, Causal
from .real import WINDOWS, RealTransformer
from .trace import SILENT, Site, Tap


class WeightsOnly(RealTransformer):
    """A family that hands out nothing but its attention weights."""

    captures = "pattern"

    @torch.no_grad()
    def learn(self) -> None:
        weights = self.weights(self.call(*self.tried(), output_attentions=True))
        if not weights:
            raise ValueError("this family does not hand out its attention weights")
        for name, pattern in weights.items():
            stack, _, layer, which = name.partition(WINDOWS)[0].split(".")
            side = "source" if stack == "encoder" else "target"
            causal = which == "attn" and not bool(pattern.triu(1).any())
            mask = Causal() if causal else Bidirectional()
            key = "source" if which == "cross_attn" else side
            self._sites.append(Site(name, int(layer), len(pattern), side, key, mask, 1.0, captures="pattern"))
        n_heads = self._sites[0].n_heads
        n_layers = 1 + max(site.layer for site in self._sites)
        self.config = replace(self.config, n_heads=n_heads, n_kv_heads=n_heads, n_layers=n_layers)

    def weights(self, out: Any) -> dict[str, Tensor]:
        """site -> [head, query, key]"""
        found, own = dict[str, Tensor](), self.config.kind
        for given, stack, which in (
            ("attentions", own, "attn"), ("encoder_attentions", "encoder", "attn"),
            ("decoder_attentions", "decoder", "attn"), ("cross_attentions", "decoder", "cross_attn"),
        ):  # fmt: skip
            for layer, pattern in enumerate(getattr(out, given, None) or ()):
                if len(pattern) != 1:
                    raise ValueError("a batch in its attention weights")
                found[f"{stack}.blocks.{layer}.{which}"] = pattern[0].float()
        return found

    @torch.no_grad()
    def __call__(self, source: Tensor | None = None, target: Tensor | None = None, tap: Tap = SILENT) -> None:
        out = self.call(source, target, output_attentions=True)
        for name, pattern in self.weights(out).items():
            tap(f"{name}.pattern", pattern)
        if self.predicts:
            tap("logits", out.logits[0].float())
