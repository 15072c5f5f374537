"""Which word translates which, and whether a head looks there.

Nobody aligned these pairs by hand. A lexicon of sure word pairs is made from the training pairs by IBM model 1 (Brown
et al. 1993, section 4), both ways; where both words of a sure pair stand in a held-out pair, once each, they are
taken to be each other's translation. Only such words are measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..attention import scores
from ..lexicon import Lexicon
from ..tokenizer import Tokenizer
from ..trace import Tap, Trace
from ..transformer import Transformer
from .batches import Ids

ROUNDS = 8
SURE = 0.5  # the probability of each word, given the other, from which on a pair of words is sure
SHOWN = 0.25  # likewise, for the page: more words of a sentence have a partner, and it is still mostly the right one
SEEN = 5  # in how many sentences together, at least

Pair = tuple[Ids, ...]


def lexicon(pairs: Sequence[Pair], tokenizer: Tokenizer, least: float = SURE) -> Lexicon:
    """Sure (id of a word of the first language, id of one of the second), of words with letters in them; `least` is
    how sure."""
    n_vocab = len(tokenizer)
    a = np.concatenate([np.repeat(first, len(second)) for first, second in pairs] or [np.empty(0, int)])
    b = np.concatenate([np.tile(second, len(first)) for first, second in pairs] or [np.empty(0, int)])
    sentence = np.repeat(np.arange(len(pairs)), [len(first) * len(second) for first, second in pairs])
    cells, cell, seen = np.unique(a * n_vocab + b, return_inverse=True, return_counts=True)
    sure = np.minimum(model_1(a, b, sentence, cell), model_1(b, a, sentence, cell)) >= least
    words = np.array([any(map(str.isalpha, tokenizer.piece(id))) for id in range(n_vocab)]) & ~specials(tokenizer)
    first, second = cells // n_vocab, cells % n_vocab
    kept = sure & (seen >= SEEN) & words[first] & words[second]
    return set(zip(first[kept].tolist(), second[kept].tolist(), strict=True))


def specials(tokenizer: Tokenizer) -> np.ndarray:
    """Special tokens and single bytes: entries whose names have letters, but which are no words."""
    return np.array([tokenizer.piece(id).startswith("<") for id in range(len(tokenizer))])


def model_1(given: np.ndarray, word: np.ndarray, sentence: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """For every co-occurrence (given, word) in a sentence, with the number of its kind: the probability of the word
    given the other, by expectation maximisation. -> [cell]"""
    n_cells, n_ids = int(cell.max(initial=-1)) + 1, int(max(given.max(initial=0), word.max(initial=0))) + 1
    _, occurrence = np.unique(sentence * n_ids + word, return_inverse=True)
    of_given = np.zeros(n_cells, int)
    of_given[cell] = given
    p = np.ones(n_cells)
    for _ in range(ROUNDS):
        share = p[cell] / np.bincount(occurrence, p[cell])[occurrence]
        counted = np.bincount(cell, share, n_cells)
        p = counted / np.bincount(of_given, counted)[of_given]
    return p


@dataclass(frozen=True)
class Linked:
    """Inputs of a model, and for some queries of it the key where the word's translation stands."""

    inputs: dict[str, Ids]
    links: list[tuple[int, int]]  # (query, key)


@dataclass(frozen=True)
class Aligned:
    """How well each head finds the translation. [head] each"""

    weight: Tensor  # what it puts on the translation, the mean over all links
    hits: Tensor  # how often it looks there more than anywhere else
    chance: float  # the weight if all visible keys were looked at alike


@torch.no_grad()
def aligned(model: Transformer, rows: Sequence[Linked], sites: Sequence[str]) -> dict[str, Aligned]:
    """By site."""
    weight: dict[str, list[Tensor]] = {name: [] for name in sites}
    hits: dict[str, list[Tensor]] = {name: [] for name in sites}
    chance: dict[str, list[Tensor]] = {name: [] for name in sites}
    for row in rows:
        trace = Trace(sites=model.sites())
        inputs: dict[str, Any] = {side: torch.tensor(ids) for side, ids in row.inputs.items()}
        model.trunk(**inputs, tap=Tap(trace.record))
        query, key = (torch.tensor(ends) for ends in zip(*row.links, strict=True))
        for name in sites:
            visible = trace.visible(name)[query]
            q, k, log_denominator = (trace[f"{name}.{part}"] for part in ("q", "k", "log_denominator"))
            s = scores(q[:, query], k, trace.site(name).scale).masked_fill(~visible, -torch.inf)
            looks = (s - log_denominator[:, query, None]).exp()  # [head, link, key]
            weight[name].append(looks[:, torch.arange(len(key)), key])
            hits[name].append(looks.argmax(-1) == key)
            chance[name].append(1 / visible.sum(-1))
    return {
        name: Aligned(
            torch.cat(weight[name], -1).mean(-1),
            torch.cat(hits[name], -1).float().mean(-1),
            float(torch.cat(chance[name]).mean()),
        )
        for name in sites
    }
