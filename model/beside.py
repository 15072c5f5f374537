"""Three small language models of one size side by side: an RNN, an LSTM and a Transformer that have read the same.

What each makes of one text: its predictions, and what it hands on from token to token or looks back at. How they came
to be: `model/training/beside.py`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .inputs import Inputs
from .recurrent import Recurrent, State
from .tokenizer import Token, Tokenizer
from .trace import Tap, Trace
from .training.checkpoint import BadWeights, Network, load_weights

FOLDER = Path(__file__).parent / "weights" / "beside"
NAMES = ("rnn", "lstm", "transformer")
N_READ = 64  # the most tokens of a text that is shown


@dataclass(frozen=True)
class Reading:
    """What one model made of a text."""

    logits: Tensor  # [position, n_vocab]
    losses: list[float]  # of each token but the first, given those before it, in nats
    handed: dict[str, Tensor] = field(default_factory=dict)  # "h", in an LSTM "c" too: [layer, position, d_hidden]
    pattern: Tensor | None = None  # of a Transformer, [layer, head, query, key]


class Beside:
    """The three, with the tokenizer they share."""

    def __init__(self, nets: dict[str, Network], told: dict[str, dict[str, str]], tokenizer: Tokenizer):
        self.nets = {name: net.eval() for name, net in nets.items()}
        self.told, self.tokenizer = told, tokenizer  # told: what the weights' files say of their training
        self.inputs = Inputs(tokenizer, "decoder", N_READ)

    def tokens(self, text: str) -> list[Token]:
        """<bos> and the text's, N_READ at most. Raises InputError."""
        return self.inputs.tokens(text, None, None)["target"]

    def info(self, name: str) -> dict[str, Any]:
        """Its config, parameters, and what is told of its training."""
        net, told = self.nets[name], self.told[name]
        return {
            "name": name,
            "parameters": sum(parameter.numel() for parameter in net.parameters()),
            "config": asdict(net.config),
            "steps": int(told["steps"]),
            "tokens": int(told["tokens"]),
        }

    @torch.no_grad()
    def read(self, name: str, ids: Sequence[int]) -> Reading:
        """What this model makes of these tokens. Raises KeyError where there is none of this name."""
        net = self.nets[name]
        if isinstance(net, Recurrent):
            rows, states = stepped(net, ids)
            logits = net.unembed(rows)
            handed = {"h": torch.stack([h_of(state) for state in states], 1)}
            if net.config.kind == "lstm":
                handed["c"] = torch.stack([torch.cat([held[1] for held in state]) for state in states], 1)
            return Reading(logits, losses(logits, ids), handed)
        trace = Trace(sites=net.sites())
        net(target=torch.tensor(ids), tap=Tap(trace.record))
        pattern = torch.stack([trace.pattern(site.name) for site in trace.sites])
        return Reading(trace["logits"], losses(trace["logits"], ids), pattern=pattern)


def stepped(net: Recurrent, ids: Sequence[int]) -> tuple[Tensor, list[State]]:
    """Token by token -> what the logits are made of [position, d_model], and the state after each token."""
    state: State | None = None
    rows, states = [], []
    for id in ids:
        x, state = net.step(torch.tensor([id]), state)
        rows.append(x)
        states.append(state)
    return torch.cat(rows), states


def h_of(state: State) -> Tensor:
    """[layer, d_hidden]"""
    return torch.cat([held if isinstance(held, Tensor) else held[0] for held in state])


def losses(logits: Tensor, ids: Sequence[int]) -> list[float]:
    """-log p of each token but the first, given those before it, in nats. logits: [position, n_vocab]"""
    log_p = logits[:-1].double().log_softmax(-1)
    return [-float(row[id]) for row, id in zip(log_p, ids[1:], strict=True)]


@functools.cache
def load() -> Beside:
    """The shipped ones, on the CPU, loaded once. Raises BadWeights."""
    loaded = {name: load_weights(FOLDER / f"{name}.safetensors") for name in NAMES}
    try:
        tokenizer = Tokenizer.load(FOLDER.parent / "tokenizer.json")
    except Exception as error:  # the library has no narrower one
        raise BadWeights(f"tokenizer.json cannot be read: {error}") from None
    for name, (_, metadata) in loaded.items():
        if metadata.get("tokenizer") != tokenizer.sha256:
            raise BadWeights(f"{name}.safetensors was trained with another tokenizer than the one beside it")
    nets = {name: net for name, (net, _) in loaded.items()}
    return Beside(nets, {name: metadata for name, (_, metadata) in loaded.items()}, tokenizer)


@functools.cache
def curves() -> dict[str, Any]:
    """How the loss of each fell: by name, the moments at which it was measured (`step`, `tokens` read, `seconds` gone,
    `train`, `valid` in nats a token); `held_out_tokens`, on how many `valid` is; `cpu_ms`, what a step of training took
    of its thread's own time. Raises BadWeights."""
    try:
        return json.loads((FOLDER / "curves.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadWeights(f"curves.json cannot be read: {error}") from None
