"""The models there are, ready to run on text.

>>> from model import zoo
>>> trace = zoo.load("decoder").trace("The cat sat on the mat.")
>>> trace["decoder.blocks.0.attn.pattern"].shape
torch.Size([4, 8, 8])
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

import torch

from . import hand, lexicon
from .input_error import InputError
from .lexicon import Lexicon
from .ready import Model
from .refused import ModelRefused
from .sources import NotHere, check_reader, located
from .tokenizer import Tokenizer
from .training.card import SUFFIX
from .training.checkpoint import BadWeights, Network, load_transformer, load_weights
from .transformer import Transformer

__all__ = [
    "BadWeights", "InputError", "Model", "ModelRefused", "NotHere", "births", "card", "cards", "ids", "load", "trained",
]  # fmt: skip

WEIGHTS = Path(__file__).parent / "weights"
TITLES = {
    "decoder": "Decoder, English and Chinese",
    "encoder": "Encoder, English and Chinese",
    "encoder-decoder": "Encoder-decoder, English and Chinese",
    "hand": "By hand, two heads",
    "hand-one": "By hand, one head",
}
BY_HAND = {"hand": 2, "hand-one": 1}  # -> how many heads; their weights are written in hand.py

OTHERS = {"lstm": "lstm.safetensors"} | {
    f"beside-{name}": f"beside/{name}.safetensors" for name in ("rnn", "lstm", "transformer")
}


def ids() -> list[str]:
    return list(TITLES)


def trained() -> list[str]:
    """Those that learnt their weights, and read any text."""
    return [id for id in TITLES if id not in BY_HAND]


def load(id: str | Path, device: str = "cpu", dtype: torch.dtype = torch.float32) -> Model:
    """A shipped model, by its id; else one of your own: a folder with its files, a name that was fetched from the hub
    before (`gpt2`, `owner/name`, `owner/name@revision`), or `minilm`. A shipped one is loaded once, and in
    float32; dtype: of the weights of your own. May be called from any thread.

    Raises BadWeights where the files of a shipped model are damaged or do not belong together, NotHere where there is
    no such model on this machine, ModelRefused where one of your own is not opened.
    """
    if id in TITLES:
        return shipped(str(id), device)
    check_reader()
    source = located(id)
    from . import huggingface  # a large library, for those who have models of their own

    return huggingface.load(source, str(id).rstrip("/").rpartition("/")[2], device, dtype)


@functools.cache
def shipped(id: str, device: str = "cpu") -> Model:
    """Raises KeyError where there is none of this id, BadWeights."""
    if id not in TITLES:
        raise KeyError(id)
    if id in BY_HAND:
        made = hand.transformer(BY_HAND[id])
        return Model(id, made.to(device), hand.words(), hand.sha256(made), TITLES[id], features=hand.FEATURES)
    transformer, tokenizer, sha256 = read(WEIGHTS / f"{id}.safetensors")
    load_at = functools.partial(load_checkpoint, id, device)
    return Model(
        id, transformer.to(device), tokenizer, sha256, TITLES[id], births(id), load_at, read_lexicon(tokenizer)
    )


@functools.lru_cache(maxsize=32)
def load_checkpoint(id: str, device: str, step: int) -> Model:
    """A model as it was after so many steps of its training. Raises BadWeights."""
    transformer, tokenizer, sha256 = read(WEIGHTS / f"{id}.checkpoints" / f"{step}.safetensors")
    return Model(id, transformer.to(device), tokenizer, sha256)


def others() -> list[str]:
    """Shipped networks that are no models here, to be compared with the decoder, whose tokens they read: the LSTM, and
    the three small ones that have read the same (beside.py)."""
    return [id for id, file in OTHERS.items() if (WEIGHTS / file).exists()]


@functools.cache
def load_other(id: str) -> Network:
    """One of these, on the CPU. Raises BadWeights."""
    return load_weights(WEIGHTS / OTHERS[id])[0]


def cards() -> list[str]:
    """Whose cards there are: the models that can be run, then those that stand beside them."""
    found = [path.stem for path in sorted(WEIGHTS.glob("*.safetensors")) if path.with_suffix(SUFFIX["en"]).exists()]
    return sorted([*BY_HAND, *found], key=lambda id: ids().index(id) if id in TITLES else len(TITLES))


def card(id: str, lang: str) -> str | None:
    """What is known of a shipped model, as Markdown; None where there is none of this name."""
    path = WEIGHTS / f"{id}{SUFFIX[lang]}"
    return path.read_text(encoding="utf-8") if id in cards() and path.exists() else None


def births(id: str) -> dict[str, Any] | None:
    """The curve of a head while this model was trained, and the steps whose weights are kept; None where there is
    none. Raises BadWeights."""
    path = WEIGHTS / f"{id}.births.json"
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    except ValueError as error:
        raise BadWeights(f"{path.name} cannot be read: {error}") from None


def read_lexicon(tokenizer: Tokenizer) -> Lexicon:
    """Words that surely translate each other. Raises BadWeights."""
    path = WEIGHTS / "lexicon.json"
    try:
        return lexicon.load(path, tokenizer)
    except (ValueError, LookupError, TypeError) as error:
        raise BadWeights(f"{path.name} cannot be read: {error}") from None


def read(path: Path) -> tuple[Transformer, Tokenizer, str]:
    """Weights, the tokenizer that they were trained with, and the file's SHA-256. Raises BadWeights."""
    transformer, metadata = load_transformer(path)
    try:
        tokenizer = Tokenizer.load(WEIGHTS / "tokenizer.json")
    except Exception as error:  # the library has no narrower one
        raise BadWeights(f"tokenizer.json cannot be read: {error}") from None
    if metadata.get("tokenizer") != tokenizer.sha256:
        raise BadWeights(f"{path.name} was trained with another tokenizer than the one beside it")
    return transformer, tokenizer, hashlib.sha256(path.read_bytes()).hexdigest()
