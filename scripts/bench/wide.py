"""A decoder of GPT-2 small's shape, with random weights, beside the shipped ones: for how fast it can be shown, not for
what it says."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import torch

from model import zoo
from model.training.checkpoint import save_weights
from model.transformer import Config, Transformer

ID, TITLE = "wide", "12 x 12 heads, random weights"
WORDS = ("the", "cat", "is", "on", "a", "mat", "and", "he", "in")


def add(folder: Path) -> None:
    """Have the zoo serve it, and the shipped decoder, from this folder."""
    for path in zoo.WEIGHTS.iterdir():
        (folder / path.name).symlink_to(path)
    tokenizer = zoo.load("decoder").tokenizer
    torch.manual_seed(0)
    config = Config(n_vocab=len(tokenizer), n_ctx=1024, d_model=768, n_heads=12, n_layers=12, d_mlp=3072)
    save_weights(Transformer(config), folder / f"{ID}.safetensors", {"tokenizer": tokenizer.sha256})
    zoo.shipped.cache_clear()
    zoo.WEIGHTS = folder
    zoo.TITLES = {"decoder": zoo.TITLES["decoder"], ID: TITLE}


def text(model: str, n: int, first: str = "So") -> str:
    """A text of n tokens of a model, its special ones included."""
    words = cycle(WORDS)
    written = first
    while (count := len(zoo.load(model).tokens(written)["target"])) < n:
        written += f" {next(words)}"
    assert count == n, f"no text of {n} tokens: {count}"
    return written
