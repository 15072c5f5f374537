"""What a batch asks of a model, and how well it answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from .batches import UNASKED, Batch
from .checkpoint import Network


def loss_of(model: Network, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
    """Cross-entropy in nats a token that is asked for, with linear maps in bfloat16; 0 where none is."""
    asked = batch.labels != UNASKED
    with HalfLinear():
        x = model.trunk(**batch.inputs)[asked]
    loss_of_rows: Callable[..., Tensor] = LinearCrossEntropy.apply
    return loss_of_rows(x, model.embed.weight, batch.labels[asked], label_smoothing)


def answers(model: Network, batch: Batch) -> tuple[Tensor, Tensor]:
    """The logits [asked, n_vocab] where the batch asks for a token, and these tokens [asked]."""
    asked = batch.labels != UNASKED
    return model.unembed(model.trunk(**batch.inputs)[asked]), batch.labels[asked]


@torch.no_grad()
def mean_loss(model: Network, batches: Iterable[Batch]) -> float:
    """In nats a token, over all the batches; NaN where they ask for nothing."""
    total = n = 0.0
    for batch in batches:
        logits, labels = answers(model.eval(), batch)
        total += F.cross_entropy(logits, labels, reduction="sum").item()
        n += len(labels)
    return total / n if n else math.nan


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


class LinearCrossEntropy(torch.autograd.Function):
    """Cross-entropy of x @ weight.T, a few rows at a time, the gradient made on the way (the idea: Hsu et al. 2024,
    Liger Kernel, section 3.2). The logits of a batch, some 100 MB, are never whole, so they stay in the cache.

    torch.nn.functional.linear_cross_entropy does the same, but not with label smoothing, and rounds a bfloat16 loss.
    """

    ROWS = 128

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, labels: Tensor, label_smoothing: float) -> Tensor:
        """x [n, d_model], weight [n_vocab, d_model], labels [n] -> the mean over n, in nats; 0 for no row"""
        n = max(1, len(x))
        half, total = weight.bfloat16(), x.new_zeros(())
        dx, d_weight = torch.empty_like(x), torch.zeros_like(weight)
        for row in range(0, len(x), LinearCrossEntropy.ROWS):
            rows = slice(row, row + LinearCrossEntropy.ROWS)
            read, label = x[rows].bfloat16(), labels[rows, None]
            logits = (read @ half.T).float()
            log_p = logits.sub_(logits.logsumexp(-1, keepdim=True))
            total -= (1 - label_smoothing) * log_p.gather(-1, label).sum() + label_smoothing * log_p.mean(-1).sum()
            d_logits = log_p.exp_().sub_(label_smoothing / len(weight))  # softmax - asked
            d_logits.scatter_add_(-1, label, d_logits.new_full(label.shape, label_smoothing - 1))
            dx[rows] = d_logits.bfloat16() @ half
            d_weight += d_logits.bfloat16().T @ read
        ctx.save_for_backward(dx / n, d_weight / n)
        return total / n

    @staticmethod
    def backward(ctx: Any, *d_loss: Tensor) -> tuple[Tensor, Tensor, None, None]:
        dx, d_weight = ctx.saved_tensors
        return d_loss[0] * dx, d_loss[0] * d_weight, None, None
