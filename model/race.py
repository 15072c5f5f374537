"""How long a model takes over a text: all tokens at once, or one after the other. On the CPU, in this process, now.

Only ratios mean something on another machine. What is timed is the model without the unembedding, which is the same
for all.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .beside import Beside
from .cache import Cache
from .recurrent import Recurrent, State
from .training.checkpoint import Network
from .transformer import Transformer

SEED = 0


@dataclass(frozen=True)
class Lap:
    """One way to read a text, once."""

    model: str  # of beside.NAMES
    way: str  # "at once": one call for all tokens; "step by step": a call for each
    seconds: float


def at_once(net: Network, ids: Tensor) -> Tensor:
    """In one call. A recurrent network still goes from token to token, inside torch's own loop. ids: [row, position] ->
    what the logits after the last token are made of [row, d_model]"""
    return net.trunk(target=ids)[:, -1]


def step_by_step(net: Network, ids: Tensor) -> Tensor:
    """A call for each token: a recurrent network hands its state on, a Transformer keeps keys and values."""
    if isinstance(net, Recurrent):
        state: State | None = None
        for token in ids.split(1, dim=-1):
            x, state = net.step(token, state)
    else:
        assert isinstance(net, Transformer)
        cache = Cache(net, net.native_mask)
        for token in ids.split(1, dim=-1):
            x = cache.trunk(token)
    return x[:, -1]


WAYS: dict[str, Callable[[Network, Tensor], Tensor]] = {"at once": at_once, "step by step": step_by_step}


@torch.no_grad()
def laps(beside: Beside, n: int, rows: int, repeats: int) -> Iterator[Lap]:
    """Round after round, each model each way, over `rows` texts side by side of n random tokens. A round that is not
    told comes first."""
    ids = torch.randint(len(beside.tokenizer), (rows, n), generator=torch.Generator().manual_seed(SEED))
    for round in range(repeats + 1):
        for way, read in WAYS.items():
            for name, net in beside.nets.items():
                lap = Lap(name, way, timed(read, net, ids))
                if round:
                    yield lap


def timed(read: Callable[[Network, Tensor], Tensor], net: Network, ids: Tensor) -> float:
    """In seconds."""
    begun = time.perf_counter()
    read(net, ids)
    return time.perf_counter() - begun


def medians(run: Sequence[Lap]) -> dict[tuple[str, str], float]:
    """(model, way) -> seconds, the middle one of its laps"""
    seconds: dict[tuple[str, str], list[float]] = {}
    for lap in run:
        seconds.setdefault((lap.model, lap.way), []).append(lap.seconds)
    return {key: statistics.median(each) for key, each in seconds.items()}
