"""What a run will compute, told before it: the shape of every tensor, and which of them to keep.

A model is run once on a few tokens. The glossary says which axes of a tensor run over tokens; the others are as long in
every run.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import torch

from .glossary import dims
from .trace import Shape, Tap, Trace

N_TRIED = 2  # tokens
WIDTH = 4  # bytes of a number
MAKERS = ("q", "k", "log_denominator", "relative_bias", "pattern")  # what every pattern is made of
HEADS = ("v", "z")
STREAM = ("resid_post", "resid_pre", "resid_mid", "resid_cross")


@torch.no_grad()
def tried(transformer: Any) -> dict[str, Shape]:
    """The shapes of a run on a few tokens, in the order of computation."""
    c, seen = transformer.config, Trace()
    ids = torch.arange(N_TRIED, device=transformer.embed.weight.device) % c.n_vocab
    sides = {"encoder": ["source"], "decoder": ["target"]}.get(c.kind, ["source", "target"])
    transformer(**dict.fromkeys(sides, ids), tap=Tap(seen.record))
    return dict(seen.shapes)


def scaled(tried: Mapping[str, Shape], kind: str, lengths: Mapping[str, int]) -> dict[str, Shape]:
    """The same of a run on so many tokens. lengths: of "source" and "target"

    >>> scaled({"decoder.blocks.0.attn.q": (4, 2, 32)}, "decoder", {"target": 100})
    {'decoder.blocks.0.attn.q': (4, 100, 32)}
    """
    shapes = {}
    for name, shape in tried.items():
        own = "source" if name.startswith("encoder.") or "target" not in lengths else "target"
        read = "source" if ".cross_attn." in name else own
        sizes = {**lengths, "distance": lengths[own] + lengths[read] - 1}
        shapes[name] = tuple(sizes.get(axis, n) for axis, n in zip(dims(name, kind), shape, strict=True))
    return shapes


def nbytes(shapes: Mapping[str, Shape], names: Iterable[str]) -> int:
    """Of these tensors together."""
    return sum(WIDTH * math.prod(shapes[name]) for name in names)


def kept(shapes: Mapping[str, Shape], asked: Collection[str], room: int) -> set[str]:
    """The tensors that are kept of a run: those that are asked for, and of the others as many as fit into `room` bytes
    with them: first what patterns are made of, then what else heads have, then the stream as it leaves the blocks and
    between their parts, at last logits."""
    keep, left = set(asked), room - nbytes(shapes, asked)
    for name in sorted(shapes.keys() - keep, key=rank):
        if (size := nbytes(shapes, [name])) <= left:
            keep.add(name)
            left -= size
    return keep


def rank(name: str) -> tuple[int, str]:
    last = name.rpartition(".")[2]
    groups: list[Collection[str]] = [MAKERS, HEADS, STREAM[:1], STREAM]
    return next((i for i, group in enumerate(groups) if last in group), 5 if last == "logits" else 4), name
