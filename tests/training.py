"""Trainings of networks that are tiny, on a few sentences."""

import argparse
from pathlib import Path

import pytest
import torch

import model
from model.recurrent import Config as RecurrentConfig
from model.recurrent import Recurrent
from model.tokenizer import Tokenizer
from model.training import births, checkpoint, tasks, train
from model.training.data import Corpus, Data
from model.training.tasks import Continue, task
from model.transformer import Config, Transformer

SHIPPED = Path(model.__file__).parent / "weights" / "tokenizer.json"
TOKENIZER = Tokenizer.load(SHIPPED)
KINDS = ["encoder", "decoder", "encoder-decoder"]
ALL = [*KINDS, "lstm"]
WORDS = {"cat": "猫", "dog": "狗", "fish": "鱼", "bird": "鸟", "book": "书", "house": "房子", "water": "水"}
PAIRS = [(f"I see the {a} and the {b}.", f"我看见{x}和{y}。") for a, x in WORDS.items() for b, y in WORDS.items()]
DATA = Data(
    Corpus({"stories.txt": ["The cat sat by the house.", "The dog saw a bird and ran.", "鱼在水里。"] * 5}, PAIRS[5:]),
    Corpus({}, PAIRS[:5]),
    "0",
)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def build(kind: str) -> Transformer | Recurrent:
    if kind in ("lstm", "rnn"):
        return Recurrent(RecurrentConfig(kind, n_vocab=len(TOKENIZER), n_ctx=64, d_model=16, d_hidden=24))
    return Transformer(
        Config(kind=kind, n_vocab=len(TOKENIZER), n_ctx=64, d_model=16, n_heads=2, n_layers=2, d_mlp=32)
    )


def tiny(kind: str, steps: int, seed: int = 0, data: Data = DATA) -> train.Run:
    torch.manual_seed(seed)
    model = build(kind)
    trained = task(kind, TOKENIZER, data, model.config)
    if kind == "decoder":
        trained.repeats_first = 2
    return train.Run(model, trained, seed, steps)


def advanced(run: train.Run, steps: int) -> train.Run:
    for _ in range(steps):
        run.advance()
    return run


def same(a: checkpoint.Network, b: checkpoint.Network) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


def folder(tmp_path: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        path = tmp_path / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    return train.run(parser.parse_args([str(word) for word in words]))


@pytest.fixture
def small(monkeypatch):
    """Every second step is followed, every fourth saved, and few checkpoints are kept."""
    monkeypatch.setattr(births, "due", lambda step: step % 2 == 0)
    monkeypatch.setattr(births, "KEPT", {"decoder": 3, "encoder-decoder": 3})
    monkeypatch.setattr(births, "HELD", 4)
    monkeypatch.setattr(births, "N_REPEATS", 2)
    monkeypatch.setattr(births, "N_PAIRS", 2)
    monkeypatch.setattr(train, "SAVED_EVERY", 4)
    monkeypatch.setattr(tasks, "N_TOKENS", 100)
    monkeypatch.setattr(Continue, "repeats", 0.0)
