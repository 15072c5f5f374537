"""A number of a trace as a lesson names it, and as the page writes it.

static/js/lessons/reading.js does the same in the browser; both are tested on the same cases.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import torch
from torch import Tensor

from model.glossary import dims
from model.trace import Trace
from model.zoo import Model

MINUS, NBSP = "−", "\N{NO-BREAK SPACE}"
MEASURES: dict[str, Callable[[Tensor], Tensor]] = {  # of numbers in one row, float64
    "sum": torch.sum,
    "norm": lambda x: x.norm(),
    "mean": torch.mean,
    "std": lambda x: x.std(correction=0),  # of these numbers, not of what they are a sample of
    "max": torch.max,
    "min": torch.min,
    "argmax": torch.argmax,
    "entropy": lambda x: -torch.xlogy(x, x).sum() / math.log(2),  # in bits, of probabilities
    "count": lambda x: torch.tensor(x.numel()),
}

Index = list[int | None]  # an axis each; None: the whole of it


class Unreadable(Exception):
    """Why there is no such number, in a sentence."""


@dataclass(frozen=True)
class Found:
    """Numbers of a trace, the axes that are left, and what stands along each."""

    index: Index
    numbers: Tensor
    axes: list[str]
    labels: list[list[str]]

    @property
    def address(self) -> str:
        return ",".join(":" if i is None else str(i) for i in self.index)


def find(model: Model, trace: Trace, of: str, at: str) -> Found:
    """Raises Unreadable."""
    try:
        tensor, axes = trace[of], dims(of, model.kind)
    except KeyError:
        raise Unreadable(f'a run of "{model.id}" has no "{of}".') from None
    parts = [part.strip() for part in at.split(",")] if at.strip() else []
    if len(parts) > tensor.ndim:
        raise Unreadable(f'at="{at}" has {len(parts)} places; {of} has {tensor.ndim} axes: {", ".join(axes)}.')
    parts += [":"] * (tensor.ndim - len(parts))
    index = [place(model, trace, axis, size, part) for axis, size, part in zip(axes, tensor.shape, parts, strict=True)]
    left = [axis for axis, i in zip(axes, index, strict=True) if i is None]
    numbers = tensor[tuple(slice(None) if i is None else i for i in index)]
    labels = [along(trace, axis, size) for axis, size in zip(left, numbers.shape, strict=True)]
    return Found(index, numbers.cpu().double(), left, labels)


def place(model: Model, trace: Trace, axis: str, size: int, part: str) -> int | None:
    """Where a word of `at` stands on its axis; None for all of it. Raises Unreadable."""
    if part in ("", ":"):
        return None
    if re.fullmatch(r"-?\d+", part):
        if not -size <= int(part) < size:
            raise Unreadable(f"{part} is outside: {axis} has {size} places, counted from 0.")
        return int(part) % size
    if axis == "n_vocab":
        stand = [id for id in range(len(model.tokenizer)) if model.tokenizer.piece(id).strip() == part]
    elif axis in trace.tokens:
        stand = [i for i, token in enumerate(trace.tokens[axis]) if token.text.strip() == part]
    else:
        raise Unreadable(f'"{part}" is no number, and {axis} runs over no tokens.')
    if len(stand) != 1:
        raise Unreadable(f'the token "{part}" is there {len(stand)} times: give its place as a number.')
    return stand[0]


def along(trace: Trace, axis: str, size: int) -> list[str]:
    """What stands at the places of an axis."""
    if axis in trace.tokens:
        return [token.text.strip() or token.text for token in trace.tokens[axis]]
    return [str(i) for i in range(size)]


def measured(model: Model, found: Found, measure: str) -> float | str:
    """One number of these; the name of a place for `argmax`. Raises Unreadable."""
    if not measure:
        if found.numbers.numel() != 1:
            count = found.numbers.numel()
            raise Unreadable(f"these are {count} numbers: say which one (at=), or what of them (measure=).")
        return float(found.numbers)
    if measure not in MEASURES:
        raise Unreadable(f'"{measure}" is none of {", ".join(MEASURES)}.')
    if found.numbers.numel() == 0:
        raise Unreadable("there are no numbers here.")
    result = MEASURES[measure](found.numbers.flatten())
    if measure != "argmax":
        return float(result)
    if len(found.axes) != 1:
        raise Unreadable("argmax names a place of one axis: give the others in at=.")
    if found.axes[0] == "n_vocab":
        return model.tokenizer.piece(int(result)).strip()
    return found.labels[0][int(result)]


def written(value: float | int | str, digits: int | None = None, percent: bool = False) -> str:
    """
    >>> written(-2.0, 0), written(0.41362, 4), written(0.5, None, True)
    ('−2', '0.4136', '50.0\\xa0%')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, int) and digits is None and not percent:
        return f"{value:,}".replace("-", MINUS)
    value = 100 * value if percent else value
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return f"{MINUS}∞" if value < 0 else "∞"
    places = (1 if percent else 4) if digits is None else digits
    size = Decimal(abs(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)  # as the browser's toFixed does
    sign = MINUS if value < 0 and size else ""
    return f"{sign}{size:f}{f'{NBSP}%' if percent else ''}"


def digits_for(values: Sequence[float]) -> int:
    """How many decimals a table of these needs: none where all are whole."""
    return 0 if all(float(value).is_integer() for value in values) else 4
