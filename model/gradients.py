"""How far gradients reach: back from the last position to each earlier one, and down from the last block to each below.

What is differentiated is one number, the output's component in a random direction of length 1, so that a norm says by
how much the output moves at most where an input moves by 1. Networks are random (fresh.py), inputs are normal
numbers, and a figure is the median over seeds, with the least and the greatest beside it. Everything is computed in
float64 unless float32 is asked for: below about 1e-45 that holds only 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from .fresh import Fresh, drawn
from .masks import Causal
from .trace import Tap

T = TypeVar("T")
ROWS = 16  # positions whose vectors are compared with all at a time


@dataclass(frozen=True)
class Progress:
    """How many of the networks have been measured."""

    done: int
    of: int


@dataclass(frozen=True)
class Spread:
    """Over the seeds, an entry for each place."""

    median: list[float]
    low: list[float]
    high: list[float]


def spread(measured: Sequence[Tensor]) -> Spread:
    """Of as many tensors [place] as there are seeds; of an even number of seeds the mean of the middle two."""
    all = torch.stack(list(measured)).double()  # [seed, place]
    median, low, high = all.quantile(0.5, 0), all.amin(0), all.amax(0)
    return Spread(median.tolist(), low.tolist(), high.tolist())


@dataclass(frozen=True)
class Distances:
    """Of one network: the norm of the last output's gradient at the input 0, 1, 2, ... positions before it."""

    network: Fresh
    gradient: Spread


@dataclass(frozen=True)
class Depths:
    """Of one Transformer, from its first block to its last."""

    network: Fresh
    gradient: Spread  # norm of the outputs' gradient at the input of each block, over all positions
    relative: Spread  # the same by that of the last block
    diversity: Spread  # how unlike the positions' vectors are: of the inputs, and after each block
    last_matrix: Spread  # one entry: norm of the gradient of the last block's MLP.W_out


def by_distance(
    networks: Sequence[Fresh], n_positions: int = 64, seeds: int = 5, dtype: torch.dtype = torch.float64
) -> Iterator[Progress | Distances]:
    """Progress after each seed of each network, and a network's gradients after its last."""

    def measure(network: Fresh, seed: int) -> Tensor:
        return at_distances(network, n_positions, seed, dtype)

    for step in each(networks, seeds, measure):
        yield step if isinstance(step, Progress) else Distances(step[0], spread(step[1]))


def by_depth(
    networks: Sequence[Fresh], n_positions: int = 16, seeds: int = 3, dtype: torch.dtype = torch.float64
) -> Iterator[Progress | Depths]:
    """As by_distance, of Transformers."""

    def measure(network: Fresh, seed: int) -> tuple[Tensor, Tensor, Tensor]:
        return at_depths(network, n_positions, seed, dtype)

    for step in each(networks, seeds, measure):
        if isinstance(step, Progress):
            yield step
        else:
            gradient, diverse, last = zip(*step[1], strict=True)
            relative = [norms / norms[-1] for norms in gradient]
            yield Depths(step[0], spread(gradient), spread(relative), spread(diverse), spread(last))


def each(
    networks: Sequence[Fresh], seeds: int, measure: Callable[[Fresh, int], T]
) -> Iterator[Progress | tuple[Fresh, list[T]]]:
    """What is measured of each network with each seed."""
    for i, network in enumerate(networks):
        measured = []
        for seed in range(seeds):
            measured.append(measure(network, seed))
            yield Progress(i * seeds + seed + 1, len(networks) * seeds)
        yield network, measured


def at_distances(network: Fresh, n_positions: int, seed: int, dtype: torch.dtype = torch.float64) -> Tensor:
    """Of one seed: norms of the gradient. -> [distance], from 0"""
    x, u = drawn(seed, n_positions, network.d_model, dtype)
    last = network.network(seed, dtype)(x.requires_grad_())[-1] @ unit(u[-1])
    (gradient,) = torch.autograd.grad(last, x)
    return gradient.double().norm(dim=-1).flip(0)  # in float32 its square would be 0 sooner than the number itself


def at_depths(
    network: Fresh, n_positions: int, seed: int, dtype: torch.dtype = torch.float64
) -> tuple[Tensor, Tensor, Tensor]:
    """Of one seed: the gradient at each block [n_layers], the diversity before and after each [n_layers + 1], the last
    matrix's gradient [1]"""
    x, u = drawn(seed, n_positions, network.d_model, dtype)
    stack, blocks = network.stack(seed, dtype), Blocks()
    y = (stack(x.requires_grad_(), Causal(), tap=Tap(blocks.seen)) * unit(u)).sum()
    W_out = stack.get_parameter(f"blocks.{network.n_layers - 1}.mlp.W_out.weight")
    *gradients, matrix = torch.autograd.grad(y, [*blocks.read, W_out])
    diverse = torch.stack([diversity(stream.detach()) for stream in (x, *blocks.written)])
    return torch.stack([gradient.double().norm() for gradient in gradients]), diverse, matrix.double().norm()[None]


class Blocks:
    """What each block of one stack reads and writes."""

    def __init__(self, prefix: str = "blocks.") -> None:
        self.prefix, self.read, self.written = prefix, list[Tensor](), list[Tensor]()

    def seen(self, name: str, tensor: Tensor) -> Tensor:
        if name.startswith(self.prefix) and name.endswith(".resid_pre"):
            self.read.append(tensor)
        if name.startswith(self.prefix) and name.endswith(".resid_post"):
            self.written.append(tensor)
        return tensor


def unit(u: Tensor) -> Tensor:
    """The same direction, with length 1."""
    return u / u.norm()


def diversity(x: Tensor) -> Tensor:
    """1 minus the mean cosine between the vectors of two positions: 0 where all point the same way, about 1 where they
    have nothing to do with each other; NaN where one is 0 and points nowhere. Through the distances between vectors of
    length 1, which stay exact where cosines are all but 1. [position, d_model] -> []"""
    n, rows = len(x), x.cpu().double()
    rows = rows / rows.abs().amax(-1, keepdim=True)  # first, or the squares of small numbers would be 0
    rows = rows / rows.norm(dim=-1, keepdim=True)
    squares = sum((few[:, None] - rows[None]).square_().sum() for few in rows.split(ROWS))  # never n x n x d_model
    return torch.as_tensor(squares) / (2 * n * (n - 1))
