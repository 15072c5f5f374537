"""What the lesson on generation says: temperature, the cache, and how much is computed one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from .. import zoo
from ..cache import Cache
from . import fact

EACH: dict[str, Callable[[int], int]] = {  # dot products of one head for the token at place n
    "cached": lambda n: n,
    "anew": lambda n: n * n,
    "visible": lambda n: n * (n + 1) // 2,
}


def after(model: str, text: str) -> Tensor:
    """The logits of what follows a text [n_vocab], float64."""
    return zoo.load(model).trace(text)["logits"][-1].double()


def warmed(logits: Tensor, temperature: str) -> Tensor:
    return (logits / float(temperature)).softmax(-1)


@fact
def next_probability(word: str, temperature: str = "1", model: str = "hand", text: str = "") -> float:
    """How probable a word, by its id, is next at a temperature."""
    return float(warmed(after(model, text), temperature)[int(word)])


@fact
def next_entropy(temperature: str = "1", model: str = "hand", text: str = "") -> float:
    """How undecided the model is about the next token, in bits."""
    probabilities = warmed(after(model, text), temperature)
    return float(-torch.xlogy(probabilities, probabilities).sum() / math.log(2))


@fact
def next_ratio(first: str, second: str, temperature: str = "1", model: str = "hand", text: str = "") -> float:
    """How many times as probable the first word is as the second, each by its id."""
    probabilities = warmed(after(model, text), temperature)
    return float(probabilities[int(first)] / probabilities[int(second)])


@fact
def unembedding(word: str, model: str = "hand") -> list[float]:
    """What a word's logit weighs each feature of the last row with."""
    weights = zoo.load(model).transformer.unembed(torch.eye(zoo.load(model).transformer.config.d_model))
    return weights[:, int(word)].tolist()


@fact
def written_after(text: str, count: str, model: str = "hand") -> str:
    """What a model writes after a text, the likeliest token every time, as `love → eating`."""
    one = zoo.load(model).reading(text)
    steps = one.generate(text=text, max_new_tokens=int(count), temperature=0)
    return " → ".join(one.tokenizer.piece(step.id).strip() for step in steps)


@fact
def dot_products(tokens: str, way: str) -> int:
    """Of one head, query with key, while so many tokens are read one after the other: `cached`, the new query with all
    keys so far; `anew`, all queries with all keys each time; `visible`, anew but without the cells that a causal mask
    hides."""
    each = EACH[way]
    return sum(each(n) for n in range(1, int(tokens) + 1))


@fact
def dot_products_each(tokens: str) -> list[list[int]]:
    """Of one head, for each token in turn: with a cache, and without."""
    return [[EACH[way](n) for n in range(1, int(tokens) + 1)] for way in ("cached", "anew")]


@fact
def cache_bytes(n_layers: str, d_model: str, bytes_each: str) -> int:
    """What a cache keeps of one token: a key and a value in every block."""
    return 2 * int(n_layers) * int(d_model) * int(bytes_each)


@fact
def cache_difference(text: str, count: str, model: str = "hand") -> float:
    """The largest difference of any probability between a model that keeps keys and values while it writes and runs
    that begin anew for each token."""
    one = zoo.load(model)
    ids = [token.id for token in one.trace(text).tokens["target"]]
    cache, most = Cache(one.transformer, one.transformer.native_mask), 0.0
    for step in range(int(count)):
        kept = cache.read(torch.tensor(ids[cache.n_read :])).softmax(-1)
        anew = one.trace(text, written=ids[len(ids) - step :])["logits"][-1].softmax(-1)
        most = max(most, float((kept - anew).abs().max()))
        ids.append(int(anew.argmax()))
    return most


@fact
def blocks_in_a_row(model: str, written: str) -> int:
    """Through how many blocks, one after the other, a token passes that comes after so many written ones: each of
    them was read from the first block on."""
    return zoo.load(model).transformer.config.n_layers * (int(written) + 1)
