"""How a real model makes its logits, so that they can be made of a few positions at a time: of GPT-2 at 1,024 tokens
they are 206 MB in all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

After = Callable[[Tensor], Tensor]
ROWS = 1_024  # of a vocabulary, that are worked out together
MANY = 32  # positions, of which that is faster


@dataclass(frozen=True)
class Unembedding:
    """A linear map, and what a family does after it."""

    module: nn.Module
    after: After

    def __call__(self, x: Tensor) -> Tensor:
        """[position, d_model] -> logits [position, n_vocab]"""
        return self.after(in_parts(self.module, x)).float()


def in_parts(module: nn.Module, x: Tensor) -> Tensor:
    """What a linear map makes of many positions, so many of its rows at a time: products with a matrix as long as a
    vocabulary are slow in one piece. [position, d_in] -> [position, d_out]"""
    if type(module) is not nn.Linear or len(x) < MANY or module.out_features <= ROWS:
        whole: Tensor = module(x)
        return whole
    made = x.new_empty(len(x), module.out_features)
    for start in range(0, module.out_features, ROWS):
        part = slice(start, start + ROWS)
        made[:, part] = functional.linear(x, module.weight[part], None if module.bias is None else module.bias[part])
    return made


def learnt(model: Any, run: Callable[[], Tensor]) -> Unembedding | None:
    """The one that gives the very logits of a run; None where none that is known does."""
    module = model.get_output_embeddings()
    if not isinstance(module, nn.Linear):
        return None
    read: list[Tensor] = []
    hook = module.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0]))
    try:
        logits = run()
    finally:
        hook.remove()
    for after in afters(model):
        if len(read) == 1 and torch.equal(after(module(read[0])), logits):
            return Unembedding(module, after)
    return None


def afters(model: Any) -> list[After]:
    """Nothing; a bias that is no part of the map (BART); a cap (Gemma 2)."""
    found: list[After] = [lambda logits: logits]
    bias = getattr(model, "final_logits_bias", None)
    if isinstance(bias, Tensor):
        found.append(lambda logits: logits + bias[0])
    cap = getattr(model.config.get_text_config(), "final_logit_softcapping", None)
    if cap:
        found.append(lambda logits: logits.div_(cap).tanh_().mul_(cap))  # in place: each step is as large as all logits
    return found
