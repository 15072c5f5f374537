"""Words that surely translate each other (made by model/training/alignment.py), and where they stand in a run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from .tokenizer import Tokenizer

Lexicon = set[tuple[int, int]]  # (id of a word of one language, id of one of the other)


def load(path: Path, tokenizer: Tokenizer) -> Lexicon:
    """Empty where there is no file, or one of another tokenizer. Raises ValueError, LookupError or TypeError for a
    file that holds no lexicon."""
    if not path.exists():
        return set()
    stored = json.loads(path.read_text(encoding="utf-8"))
    if stored["tokenizer"] != tokenizer.sha256:
        return set()
    return {(int(first), int(second)) for first, second in stored["pairs"]}


def dump(lexicon: Lexicon, tokenizer: Tokenizer) -> str:
    return json.dumps({"tokenizer": tokenizer.sha256, "pairs": sorted(lexicon)}, separators=(",", ":"))


def links(first: list[int], second: list[int], lexicon: Lexicon) -> list[tuple[int, int]]:
    """(position in the first, position in the second) of the words that translate each other, where both stand once."""
    found = [(i, j) for i, a in enumerate(first) for j, b in enumerate(second) if (a, b) in lexicon]
    return [(i, j) for i, j in found if first.count(first[i]) == 1 and second.count(second[j]) == 1]


def alignment(source: Sequence[int], target: Sequence[int], lexicon: Lexicon) -> list[tuple[int, int]]:
    """(query, key) of cross-attention: the query that predicts a word of the target, which is the token before it,
    and the key where the word's translation stands in the source."""
    either = lexicon | {(second, first) for first, second in lexicon}
    return [(word - 1, translated) for translated, word in links(list(source), list(target), either) if word > 0]
