"""A folder of text, read for training.

`NAME.txt` holds one text a line (a sentence, a passage, a story). `NAME.tsv` holds one pair a line, English TAB
Chinese; further columns are not read. `NAME.valid.txt` and `NAME.valid.tsv` are for validation, `NAME.test.*` is not
opened. Where there is no validation file of a format, every 50th line of that format is held out. `SOURCES.md`, if
there, goes into the model's card.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Pair = tuple[str, str]

HELD_OUT = 50
DIRECTIONS = ("en-zh", "zh-en")


class BadData(ValueError):
    """A folder that cannot be trained on; the message is one sentence for the person who chose it."""


@dataclass
class Corpus:
    texts: dict[str, list[str]] = field(default_factory=dict)  # by file, so that files can be mixed in shares
    pairs: list[Pair] = field(default_factory=list)  # English, Chinese
    one_way: dict[str, list[Pair]] = field(default_factory=dict)  # English, Chinese; by direction, "en-zh", "zh-en"

    def __iter__(self) -> Iterator[str]:
        """Every text and every side of every pair."""
        for lines in self.texts.values():
            yield from lines
        for pair in self.pairs:
            yield from pair


@dataclass(frozen=True)
class Data:
    train: Corpus
    valid: Corpus
    sha256: str  # of all that was read
    sources: str = ""  # what the folder's SOURCES.md says: whose data it is, and under which licence


def read(folder: str | Path, held_out: Literal["valid", "test"] = "valid") -> Data:
    """The data with one of the two splits that are held out. Raises BadData."""
    folder, train, valid, sha256 = Path(folder), Corpus(), Corpus(), hashlib.sha256()
    if not folder.is_dir():
        raise BadData(f"There is no folder {folder}.")
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".txt", ".tsv"))
    for path in paths:
        split = path.with_suffix("").suffix
        if split in (".valid", ".test") and split != f".{held_out}":
            continue
        content = path.read_bytes()
        sha256.update(content)
        corpus = valid if split == f".{held_out}" else train
        if path.suffix == ".tsv":
            read = [pair_of(line, path, number) for number, line in lines_of(content, path)]
            one_way = split[1:] in DIRECTIONS
            (corpus.one_way.setdefault(split[1:], []) if one_way else corpus.pairs).extend(read)
        else:
            corpus.texts[path.name] = [line for _, line in lines_of(content, path)]
    if held_out == "valid":
        hold_out(train, valid)
    if not any(train):
        raise BadData(
            f"{folder} has no text to train on: it needs .txt files (a text a line) or .tsv files (a pair a line)."
        )
    sources = folder / "SOURCES.md"
    return Data(train, valid, sha256.hexdigest(), sources.read_text(encoding="utf-8") if sources.exists() else "")


def lines_of(content: bytes, path: Path) -> list[tuple[int, str]]:
    """(line number, line) of every line that is not empty."""
    try:
        lines = content.decode().split("\n")
    except UnicodeDecodeError as error:
        raise BadData(f"{path.name} is not UTF-8: byte {error.start} belongs to no character.") from None
    return [(number, line.rstrip("\r")) for number, line in enumerate(lines, 1) if line.strip()]


def pair_of(line: str, path: Path, number: int) -> Pair:
    columns = [column.strip() for column in line.split("\t")]
    if len(columns) < 2 or not (columns[0] and columns[1]):
        raise BadData(f"{path.name}, line {number}: a pair is English, a tab, and Chinese.")
    return columns[0], columns[1]


def hold_out(train: Corpus, valid: Corpus) -> None:
    """Moves every 50th line to validation, where nothing else is there for it."""
    if not valid.texts:
        valid.texts = {name: lines[::HELD_OUT] for name, lines in train.texts.items()}
        train.texts = {name: without(lines) for name, lines in train.texts.items()}
    if not valid.pairs:
        valid.pairs, train.pairs = train.pairs[::HELD_OUT], without(train.pairs)


def without(lines: list[Any]) -> list[Any]:
    return [line for number, line in enumerate(lines) if number % HELD_OUT]
