"""Batches: examples of about the same length, side by side, and what the model is asked about them.

A batch is a function of a random generator alone, and a generator is made from (seed, step): so a run can stop anywhere
and go on as if it had not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..masks import Bidirectional, Padded
from ..tokenizer import Tokenizer
from .data import Corpus, Pair

Ids = Sequence[int]

UNASKED = -100  # the label of a position that is not predicted
POOL = 2048  # how many examples are drawn for one batch to be chosen from, so that lengths can match


@dataclass(frozen=True)
class Batch:
    inputs: dict[str, Any]  # what Transformer.forward takes
    labels: Tensor  # [batch, position]: the token to predict, or UNASKED

    @property
    def n_tokens(self) -> int:
        """What the model reads, padding not counted."""
        ids = [tensor for name, tensor in self.inputs.items() if name in ("source", "target")]
        return sum(int((tensor != 0).sum()) for tensor in ids)

    @property
    def n_asked(self) -> int:
        return int((self.labels != UNASKED).sum())


class Examples:
    """Encoded texts (one sequence each) or pairs (two), without special tokens."""

    def __init__(self, examples: list[tuple[Ids, ...]]):
        self.examples = examples
        self.sizes = np.array([sum(map(len, example)) + 2 for example in examples])

    def __len__(self) -> int:
        return len(self.examples)

    def pick(self, rng: np.random.Generator, n_tokens: int) -> list[tuple[Ids, ...]]:
        """Examples of like length that fill about `n_tokens`; the shortest are drawn a little less often."""
        pool = rng.integers(len(self), size=POOL)
        pool = pool[np.argsort(self.sizes[pool], kind="stable")]
        # A batch of long examples holds fewer of them, so it is drawn more often.
        share = self.sizes[pool] / self.sizes[pool].sum()
        last = int(rng.choice(POOL, p=share)) + 1
        first = max(0, last - max(1, n_tokens // int(self.sizes[pool[last - 1]])))
        return [self.examples[i] for i in pool[first:last]]

    def all(self, n_tokens: int) -> list[list[tuple[Ids, ...]]]:
        """Every example once, in batches, from short to long."""
        batches: list[list[tuple[Ids, ...]]] = [[]]
        for i in np.argsort(self.sizes, kind="stable"):
            if (len(batches[-1]) + 1) * self.sizes[i] > n_tokens and batches[-1]:
                batches.append([])
            batches[-1].append(self.examples[i])
        return batches if batches[0] else []


def texts(tokenizer: Tokenizer, corpus: Corpus, n_ctx: int) -> dict[str, Examples]:
    """By file. A text that is too long for the model is cut into pieces that fit, with room for two special tokens."""
    by_file = {}
    for name, lines in corpus.texts.items():
        pieces = [ids[at : at + n_ctx - 2] for ids in tokenizer.ids(lines) for at in range(0, len(ids), n_ctx - 2)]
        if pieces:
            by_file[name] = Examples([(piece,) for piece in pieces])
    return by_file


def pairs(tokenizer: Tokenizer, lines: Sequence[Pair], n_ctx: int) -> Examples:
    """Pairs that fit the model together, with three special tokens."""
    english, chinese = (tokenizer.ids([pair[side] for pair in lines]) for side in (0, 1))
    return Examples([(a, b) for a, b in zip(english, chinese, strict=True) if len(a) + len(b) + 3 <= n_ctx])


def padded(rows: Sequence[Ids], fill: int = 0) -> Tensor:
    """[batch, position], as wide as the longest"""
    block = torch.full((len(rows), max(map(len, rows))), fill)
    for row, ids in zip(block, rows, strict=True):
        row[: len(ids)] = torch.as_tensor(ids)
    return block


def unpadded(rows: Sequence[Ids]) -> Padded:
    """The mask that hides the padding of these rows."""
    return Padded(Bidirectional(), counts(rows))


def counts(rows: Sequence[Ids]) -> Tensor:
    """[batch, 1, 1, 1], to stand beside [batch, head, query, key]"""
    return torch.tensor([len(row) for row in rows])[:, None, None, None]
