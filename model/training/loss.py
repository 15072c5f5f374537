"""What a batch asks of a model, and how well it answers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from ..trace import Tap
from ..transformer import Transformer
from .batches import UNASKED, Batch


def loss_of(model: Transformer, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
    """Cross-entropy in nats a token that is asked for."""
    return F.cross_entropy(*answers(model, batch), label_smoothing=label_smoothing)


def answers(model: Transformer, batch: Batch) -> tuple[Tensor, Tensor]:
    """The logits [asked, n_vocab] where the batch asks for a token, and these tokens [asked]."""
    asked = batch.labels != UNASKED
    last = f"{'decoder' if model.decoder is not None else 'encoder'}.norm.normalized"
    # The logits of the other positions are not needed, so what they are made of is left out.
    tap = Tap(lambda name, tensor: tensor[asked] if name == last else tensor)
    with HalfLinear() if model.training else contextlib.nullcontext():
        return model(**batch.inputs, tap=tap), batch.labels[asked]


class HalfLinear(TorchFunctionMode):
    """Linear maps in bfloat16, everything else as it is.

    Autocast would take attention's scores to bfloat16 as well: the weights of a row then no longer sum to 1, and
    the gradient was seen to be thousands of times too large once scores grew.
    """

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function is F.linear:
            return half_linear(*args)
        return function(*args, **kwargs or {})


def half_linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    return F.linear(x.bfloat16(), weight.bfloat16(), None if bias is None else bias.bfloat16()).float()


@torch.no_grad()
def mean_loss(model: Transformer, batches: Iterable[Batch]) -> float:
    """In nats a token, over all the batches."""
    total = n = 0.0
    for batch in batches:
        logits, labels = answers(model.eval(), batch)
        total += F.cross_entropy(logits, labels, reduction="sum").item()
        n += len(labels)
    return total / n
