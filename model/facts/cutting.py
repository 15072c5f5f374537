"""How a text is cut into tokens."""

from __future__ import annotations

from .. import zoo
from . import fact


@fact
def tokens(text: str, model: str) -> int:
    """How many tokens of the text's own a model reads: those that its tokenizer adds are not counted."""
    read = zoo.load(model).trace(text).tokens
    (side,) = read.values()
    return sum(token.start is not None for token in side)


@fact
def code_points(text: str) -> int:
    return len(text)


@fact
def vocabulary(model: str) -> int:
    """How many tokens a model knows."""
    return zoo.load(model).transformer.config.n_vocab
