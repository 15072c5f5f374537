"""The files of a tokenizer in a folder: that they can be read, and name no token without a row in the embedding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import bounded_json
from .bounded_json import BadJson
from .refused import ModelRefused

LARGEST = 32 * 2**20  # bytes
ONE_FILE = "tokenizer.json"
PIECES = ("spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "spm.model", "source.spm")  # SentencePiece's
JSON = (ONE_FILE, "vocab.json", "added_tokens.json", "tokenizer_config.json")


class Unconverted(ValueError):
    """A tokenizer that only SentencePiece reads, a library of its own for a format that cannot be vetted here."""


def check(folder: Path, rows: int) -> None:
    """Raises ModelRefused with tokenizer-refused or tokenizer-unconverted. `rows`: of the embedding."""
    try:
        numbers = list(ids(folder))
    except Unconverted as error:
        raise ModelRefused("tokenizer-unconverted", str(error)) from None
    except (BadJson, UnicodeDecodeError) as error:
        raise refused(str(error)) from None
    if not numbers:
        raise refused("no vocabulary")
    for number in numbers:
        if type(number) is not int or not 0 <= number < rows:
            raise refused(f"a token has the number {str(number)[:20]!a}, and the embedding {rows} rows")


def ids(folder: Path) -> Iterator[Any]:
    """The number of every token that the files name, whatever that may be."""
    read = {name: bounded_json.read_object(folder / name, LARGEST) for name in JSON if (folder / name).exists()}
    settings = read.get("tokenizer_config.json", {})
    if settings.get("fast_tokenizer_files", [ONE_FILE]) != [ONE_FILE]:
        raise BadJson("tokenizer_config.json names another file to read")
    if whole := read.get(ONE_FILE):
        yield from ids_of_whole(whole)
    else:
        if found := [name for name in PIECES if (folder / name).exists()]:
            raise Unconverted(found[0])
        yield from read.get("vocab.json", {}).values()
        yield from lines(folder / "vocab.txt")
    yield from read.get("added_tokens.json", {}).values()
    added = settings.get("added_tokens_decoder", {})
    if not isinstance(added, dict) or not all(number.isascii() and number.isdigit() for number in added):
        raise BadJson("tokenizer_config.json has no numbers for its tokens")
    yield from (int(number[:20]) for number in added)


def ids_of_whole(whole: dict[str, Any]) -> Iterator[Any]:
    model, added = whole.get("model"), whole.get("added_tokens") or []
    vocabulary = model.get("vocab") if isinstance(model, dict) else None
    if not isinstance(vocabulary, dict | list) or not vocabulary:
        raise BadJson(f"{ONE_FILE} has no vocabulary")
    yield from vocabulary.values() if isinstance(vocabulary, dict) else range(len(vocabulary))  # a list: Unigram's
    if not isinstance(added, list) or not all(isinstance(token, dict) for token in added):
        raise BadJson(f"{ONE_FILE} has no list of added tokens")
    yield from (token.get("id") for token in added)


def lines(path: Path) -> range:
    """A token a line, numbered from 0."""
    return range(len(text(path).decode("utf-8").splitlines())) if path.exists() else range(0)


def text(path: Path) -> bytes:
    with path.open("rb") as file:
        read = file.read(LARGEST + 1)
    if len(read) > LARGEST:
        raise BadJson(f"{path.name} has more than {LARGEST} bytes")
    return read


def refused(why: str) -> ModelRefused:
    return ModelRefused("tokenizer-refused", why)
