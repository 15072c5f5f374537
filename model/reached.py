"""Gradients of the trained models, on a sentence: what reaches each token's embedding, and each block.

What is differentiated is the log-probability, in nats, of the token that is likeliest at the last position: in a
decoder, an encoder-decoder and a recurrent network the next token, in an encoder the one that stands there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from .fresh import Norm
from .gradients import Blocks, diversity
from .input_error import InputError
from .tokenizer import Token
from .trace import Tap
from .training.checkpoint import Network
from .transformer import Transformer


@dataclass(frozen=True)
class Asked:
    """The token whose log-probability is differentiated."""

    id: int
    text: str
    probability: float


@dataclass(frozen=True)
class Reached:
    """An input token: how much the log-probability moves at most where its embedding moves by 1."""

    side: str  # "source" or "target"
    position: int
    text: str
    distance: int | None  # to the last position; None of another side's token
    gradient: float


@dataclass(frozen=True)
class Distances:
    asked: Asked
    tokens: list[Reached]


@dataclass(frozen=True)
class Depths:
    """Of the stack that predicts, from its first block to its last."""

    asked: Asked
    gradient: list[float]  # norm of the gradient at the input of each block, over all positions
    relative: list[float]  # the same by that of the last block
    diversity: list[float]  # how unlike the positions' vectors are: before the first block, and after each


def altered(transformer: Transformer, norm: Norm | None = None, residual: bool = True) -> Transformer:
    """The trained weights in a network that they were not trained for: without the residual connection, or with its
    norms elsewhere or nowhere (None: where they are). What it computes is no trained model's. The same, where nothing
    is altered. Raises InputError where the model has no norms to be put there."""
    c = transformer.config
    shape = replace(c, norm=norm or c.norm, residual=residual and c.residual)
    if shape == c:
        return transformer
    with torch.device("meta"):
        made = Transformer(shape)
    held = {name: parameter.detach() for name, parameter in transformer.named_parameters()}
    if not made.state_dict().keys() <= held.keys():
        raise InputError("unsuited-model", field="models")
    made.load_state_dict({name: held[name] for name in made.state_dict()}, assign=True)
    return made.eval()


def by_distance(
    network: Network, tokens: dict[str, list[Token]], piece: Callable[[int], str], last: int = -1
) -> Distances:
    """tokens: side -> what the network reads; piece: id -> what a token is called; last: the position that predicts"""
    embedded = Embedded()
    log_probabilities = predicted(network, tokens, Tap(embedded.seen), last)
    asked, y = likeliest(log_probabilities, piece)
    gradients = dict(zip(embedded.sides, torch.autograd.grad(y, list(embedded.sides.values())), strict=True))
    side = "target" if "target" in tokens else "source"
    stands = range(len(tokens[side]))[last]
    norms = {of: gradient.cpu().double().norm(dim=-1).tolist() for of, gradient in gradients.items()}
    reached = [
        Reached(of, i, token.text, stands - i if of == side else None, norms[of][i])
        for of, read in tokens.items()
        for i, token in enumerate(read)
    ]
    return Distances(asked, reached)


def by_depth(
    transformer: Transformer, tokens: dict[str, list[Token]], piece: Callable[[int], str], last: int = -1
) -> Depths:
    """As by_distance."""
    blocks, embedded = Blocks("decoder.blocks." if "target" in tokens else "encoder.blocks."), Embedded()
    log_probabilities = predicted(transformer, tokens, Tap(embedded.seen).then(blocks.seen), last)
    asked, y = likeliest(log_probabilities, piece)
    gradients = [float(gradient.cpu().double().norm()) for gradient in torch.autograd.grad(y, blocks.read)]
    diverse = [float(diversity(stream.detach())) for stream in (blocks.read[0], *blocks.written)]
    return Depths(asked, gradients, [one / gradients[-1] if gradients[-1] else math.nan for one in gradients], diverse)


class Embedded:
    """The tokens' embeddings of a run, as what may be differentiated by; the weights are not."""

    NAMES = {"decoder.embed": "target", "encoder.embed": "source", "embed": "target"}  # noqa: RUF012

    def __init__(self) -> None:
        self.sides: dict[str, Tensor] = {}

    def seen(self, name: str, tensor: Tensor) -> Tensor:
        if name not in self.NAMES:
            return tensor
        side = self.sides[self.NAMES[name]] = tensor.detach().requires_grad_()
        return side


def predicted(network: Network, tokens: dict[str, list[Token]], tap: Tap, last: int) -> Tensor:
    """Log-probabilities at one position. -> [n_vocab]"""
    device = network.embed.weight.device
    ids: dict[str, Any] = {
        side: torch.tensor([token.id for token in read], device=device) for side, read in tokens.items()
    }
    return network.unembed(network.trunk(**ids, tap=tap)[last]).log_softmax(-1)


def likeliest(log_probabilities: Tensor, piece: Callable[[int], str]) -> tuple[Asked, Tensor]:
    """The likeliest token, and its log-probability. log_probabilities: [n_vocab]"""
    id = int(log_probabilities.argmax())
    return Asked(id, piece(id), log_probabilities[id].exp().item()), log_probabilities[id]
