"""What a residual stream of a real model would predict as it stands: all that the model's own code does with what
leaves its last block, whatever that is. The blocks are passed over and the stream stands for what the last of them
returned; that this gives the model's own logits is checked before it is offered."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from .handed import Run, instead, running
from .trace import SILENT

if TYPE_CHECKING:
    from .real import RealTransformer

NEAR = 1e-5  # of the largest logit: how far it may be from the model's own


class ReadOut:
    """[position, d_model] -> logits [position, n_vocab]"""

    def __init__(self, real: RealTransformer):
        self.real = real
        for path in real.block_paths():
            block = real.model.get_submodule(path)
            block.forward = partial(passed_over, block.forward, Returned(block))

    @torch.no_grad()
    def __call__(self, x: Tensor) -> Tensor:
        ids = torch.zeros(len(x), dtype=torch.long, device=x.device)
        both = self.real.config.kind == "encoder-decoder"
        more: dict[str, Any] = {"encoder_outputs": (self.unread(x),)} if both else {}
        with running(Run(SILENT, instead=x[None].to(self.real.model.dtype))):
            logits: Tensor = self.real.call(*((None, ids) if both else self.real.sided(ids)), **more).logits[0].float()
        return logits

    def unread(self, x: Tensor) -> Tensor:
        """What an encoder would have given: no block is left to read it. [1, 1, its own d_model]"""
        return x.new_zeros(1, 1, self.real.model.get_encoder().config.hidden_size).to(self.real.model.dtype)

    def holds(self, x: Tensor, logits: Tensor) -> bool:
        """Whether what left the last block [position, d_model] gives the logits of the same run."""
        made, largest = self(x), max(1.0, float(logits.abs().max()))
        return made.shape == logits.shape and float((made - logits).abs().max()) <= NEAR * largest


class Returned:
    """How a block returns its stream: alone, or before others that nothing reads where all blocks are passed over."""

    def __init__(self, block: nn.Module):
        self.others: tuple[None, ...] | None = None
        hook = block.register_forward_hook(self.seen)
        self.unhook = hook.remove

    def seen(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        self.others = (None,) * (len(output) - 1) if isinstance(output, tuple) else None
        self.unhook()


def passed_over(forward: Any, returned: Returned, *inputs: Any, **named: Any) -> Any:
    x = instead()
    if x is None:
        return forward(*inputs, **named)
    return x if returned.others is None else (x, *returned.others)
