"""Small networks as they are before any training: their weights are random, and only a seed tells which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from .building import BUILDING
from .masks import Causal
from .transformer import Config, Stack, initialise

Architecture = Literal["rnn", "lstm", "transformer"]
Norm = Literal["pre", "post", "none"]
Start = Literal["torch", "gpt-2"]
Network = Callable[[Tensor], Tensor]  # [position, d_model] -> the same


@dataclass(frozen=True)
class Fresh:
    """A network without embedding and unembedding, that reads vectors and writes vectors of the same size.

    `start` is how its weights are drawn. "torch": as torch draws those of nn.RNN, nn.LSTM and nn.Linear, uniformly
    within 1/sqrt(d) of 0, where d is how many numbers a matrix reads, so that the three are drawn by one rule. "gpt-2",
    of a Transformer alone: as the shipped models were (transformer.initialise), which begins much nearer to 0.
    """

    architecture: Architecture = "transformer"
    d_model: int = 32
    n_layers: int = 2  # blocks, or cells one above the other
    norm: Norm = "pre"  # this and what follows: of a Transformer alone, but for the forget bias
    residual: bool = True
    start: Start = "torch"
    n_heads: int = 4
    forget_bias: float = 0.0  # of an LSTM: added to what torch draws, which is about 0

    def stack(self, seed: int, dtype: torch.dtype = torch.float64) -> Stack:
        """A decoder's blocks, with causal attention and rotary positions to be."""
        c = Config(
            d_model=self.d_model, n_heads=self.n_heads, n_layers=self.n_layers, d_mlp=4 * self.d_model, dropout=0,
            norm=self.norm, residual=self.residual,
        )  # fmt: skip
        with BUILDING, torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            stack = Stack(c)
            for name, parameter in stack.named_parameters() if self.start == "gpt-2" else ():
                initialise(name, parameter, additions=2 * self.n_layers)
        return stack.eval().to(dtype)

    def cells(self, seed: int, dtype: torch.dtype = torch.float64) -> nn.RNNBase:
        """h = tanh(W_x x + W_h h + b), or an LSTM."""
        made = nn.LSTM if self.architecture == "lstm" else nn.RNN
        with BUILDING, torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            cells = made(self.d_model, self.d_model, self.n_layers)
        if self.architecture == "lstm":
            with torch.no_grad():
                for layer in range(self.n_layers):  # the gates stand in the order in, forget, cell, out
                    cells.get_parameter(f"bias_ih_l{layer}")[self.d_model : 2 * self.d_model] += self.forget_bias
        return cells.eval().to(dtype)

    def network(self, seed: int, dtype: torch.dtype = torch.float64) -> Network:
        if self.architecture == "transformer":
            stack = self.stack(seed, dtype)
            return lambda x: stack(x, Causal())
        cells = self.cells(seed, dtype)
        return lambda x: cells(x)[0]


def drawn(seed: int, n_positions: int, d_model: int, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    """What a network reads, and a direction in what it writes: normal numbers, and normal numbers to be scaled. The
    same for every network of this size. -> [position, d_model] each"""
    generator = torch.Generator().manual_seed(seed)
    x, u = (torch.randn(n_positions, d_model, generator=generator, dtype=torch.float64) for _ in range(2))
    return x.to(dtype), u.to(dtype)
