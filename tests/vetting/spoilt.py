"""Folders of small models, to be spoilt, and what is refused of them."""

import json

import pytest

from model.vetting import ModelRefused, vet

ROWS = 40  # of the embedding
WORDS = {f"w{i}": i for i in range(ROWS - 1)}
TOKENIZER = {"version": "1.0", "added_tokens": [{"id": ROWS - 1, "content": "<end>"}],
             "model": {"type": "WordLevel", "vocab": WORDS, "unk_token": "w0"}}  # fmt: skip


def write(path, value):
    path.write_text(json.dumps(value), encoding="utf-8")


def change(path, **values):
    """None takes a name away."""
    told = json.loads(path.read_text(encoding="utf-8")) | values
    write(path, {name: value for name, value in told.items() if value is not None})


def refusal(folder, code, **options):
    with pytest.raises(ModelRefused) as refused:
        vet(folder, **options)
    assert refused.value.code == code, refused.value.detail
    return refused.value
