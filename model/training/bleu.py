"""BLEU of a whole set against one reference each (Papineni et al. 2002), n-grams of 1 to 4, 0 to 100.

Units are words and marks in English, as written, and characters in Chinese.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from ..tokenizer import HAN

UNIT = re.compile(rf"{HAN.pattern}|\w+|[^\w\s]")


def bleu(written: Sequence[str], references: Sequence[str]) -> float:
    matches, totals, length, reference_length = [0] * 4, [0] * 4, 0, 0
    for text, reference in zip(written, references, strict=True):
        units, expected = split(text), split(reference)
        length, reference_length = length + len(units), reference_length + len(expected)
        for n in range(1, 5):
            ours, theirs = grams(units, n), grams(expected, n)
            matches[n - 1] += (ours & theirs).total()
            totals[n - 1] += ours.total()
    if 0 in matches:
        return 0.0
    precision = sum(math.log(match / total) for match, total in zip(matches, totals, strict=True)) / 4
    return 100 * math.exp(precision + min(0.0, 1 - reference_length / length))


def split(text: str) -> list[str]:
    # \w+ would swallow a run of Chinese after a Latin letter, so Chinese is set apart first.
    return UNIT.findall(HAN.sub(r" \g<0> ", text))


def grams(units: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(units[at : at + n]) for at in range(len(units) - n + 1))
