"""JSON that someone else wrote, read within bounds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DEEPEST = 32
COMMAS = 4_000_000  # n numbers or names take n - 1 commas: this bounds what a small file can become in memory


class BadJson(ValueError):
    """Too large, too deep, or no JSON."""


def read_object(path: Path, limit: int) -> dict[str, Any]:
    """The object in a file of at most `limit` bytes. Raises BadJson."""
    value = read(path, limit)
    if not isinstance(value, dict):
        raise BadJson(f"{path.name}: no object")
    return value


def read(path: Path, limit: int) -> Any:
    """What a file of at most `limit` bytes holds. Raises BadJson."""
    with path.open("rb") as file:
        text = file.read(limit + 1)
    if len(text) > limit:
        raise BadJson(f"{path.name} has more than {limit} bytes")
    try:
        return parse(text)
    except BadJson as error:
        raise BadJson(f"{path.name}: {error}") from None


def parse(text: bytes, commas: int = COMMAS) -> Any:
    """What UTF-8 text says; a name stands once in an object. Raises BadJson."""
    if text.count(b",") > commas:
        raise BadJson(f"more than {commas} entries")
    try:
        value = json.loads(text.decode("utf-8"), object_pairs_hook=each_once)
    except (ValueError, RecursionError) as error:  # ValueError: also what is not UTF-8, and a number too long
        raise BadJson(f"not JSON: {type(error).__name__}") from None
    for _ in inside(value):
        pass
    return value


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BadJson("a name stands twice in an object")
    return made


def inside(value: Any) -> Iterator[tuple[str, Any]]:
    """Every name with what stands under it, at any depth; what a list holds goes by the list's name. Raises BadJson
    below DEEPEST."""
    waiting = [("", value, 1)]
    while waiting:
        name, value, depth = waiting.pop()
        if not isinstance(value, dict | list):
            continue
        if depth > DEEPEST:
            raise BadJson(f"deeper than {DEEPEST}")
        for within, item in value.items() if isinstance(value, dict) else ((name, item) for item in value):
            yield within, item
            if isinstance(item, dict | list):
                waiting.append((within, item, depth + 1))
