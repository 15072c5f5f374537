"""Language models without attention, to be compared with the decoder: the plain recurrent network (Elman 1990), and
long short-term memory (Hochreiter and Schmidhuber 1997; with the forget gate of Gers et al. 2000). Same tokens and
embedding as the decoder's.

All that they know of the past is what their cells hold: h of each layer, and c in an LSTM, handed on from one position
to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .trace import SILENT, Tap

Kind = Literal["rnn", "lstm"]
State = list[Tensor | tuple[Tensor, Tensor]]  # by layer: h [1, d_hidden], in an LSTM with c [1, d_hidden]


@dataclass(frozen=True)
class Config:
    kind: Kind = "lstm"
    n_vocab: int = 64
    n_ctx: int = 256  # the longest input in training, in tokens; it can read on
    d_model: int = 128  # of the embedding
    d_hidden: int = 256  # of h and c
    n_layers: int = 2
    dropout: float = 0.1  # of the embedding and of what each layer reads; in training only


class Recurrent(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.config = c
        self.embed = nn.Embedding(c.n_vocab, c.d_model)
        made = nn.LSTM if c.kind == "lstm" else nn.RNN  # nn.RNN: h = tanh(W_x x + W_h h + b)
        self.layers = nn.ModuleList(
            made(c.d_hidden if i else c.d_model, c.d_hidden, batch_first=True) for i in range(c.n_layers)
        )
        self.project = nn.Linear(c.d_hidden, c.d_model)
        self.dropout = nn.Dropout(c.dropout)
        with torch.no_grad():
            self.embed.weight.normal_(std=0.02)
            for layer in self.layers if c.kind == "lstm" else ():
                # The forget gate begins open (Jozefowicz et al. 2015, section 3.2.1).
                layer.get_parameter("bias_ih_l0")[c.d_hidden : 2 * c.d_hidden] = 1

    def forward(self, target: Tensor, tap: Tap = SILENT) -> Tensor:
        """Token ids [position] -> logits [position, n_vocab]; in training with batch axes before."""
        return self.unembed(self.trunk(target, tap), tap)

    def trunk(self, target: Tensor, tap: Tap = SILENT) -> Tensor:
        """As forward, but for the logits: what they are made of. -> [position, d_model]"""
        x = self.dropout(tap("embed", self.embed(target)))
        for i, layer in enumerate(self.layers):
            x = self.dropout(tap(f"layers.{i}.h", layer(x)[0]))
        return tap("projected", self.project(x))

    def step(self, token: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """One token, read after what made this state: token id [1] -> what its logits are made of [1, d_model], and
        the state to go on from. Token by token it gives what trunk gives. With a batch axis: [batch, 1]"""
        x, after = self.embed(token), []
        for i, layer in enumerate(self.layers):
            x, held = layer(x, state[i] if state else None)
            after.append(held)
        return self.project(x), after

    def unembed(self, x: Tensor, tap: Tap = SILENT) -> Tensor:
        """[position, d_model] -> logits [position, n_vocab]"""
        return tap("logits", F.linear(x, self.embed.weight))
