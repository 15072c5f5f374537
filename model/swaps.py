"""Tokens of the inputs exchanged for others: {"swap": position, "side": "source" or "target", "token": id}."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .edits import Edit, kind_of
from .input_error import InputError
from .spelling import Spelling
from .tokenizer import Token


def swapped(
    edits: Sequence[Edit], tokens: dict[str, list[Token]], tokenizer: Spelling, masks: bool
) -> dict[str, list[Token]]:
    """The inputs with these tokens in place of their own. A token that came in has the span of the one that stood
    there. Special tokens stay, and none comes in but `<mask>`, where the model is one that was trained on it (`masks`).

    Raises InputError.
    """
    ids = {side: [token.id for token in read] for side, read in tokens.items()}
    for edit in edits:
        if kind_of(edit) == "swap":
            position, side, token = edit["swap"], edit["side"], edit["token"]
            if side not in ids:
                raise InputError("unknown-side", field="edits")
            if not 0 <= position < len(ids[side]):
                raise InputError("unknown-position", field="edits", limit=len(ids[side]) - 1)
            if not 0 <= token < len(tokenizer):
                raise InputError("unknown-token", field="edits", limit=len(tokenizer) - 1)
            goes, comes = tokenizer.is_special(tokens[side][position].id), tokenizer.is_special(token)
            if goes or (comes and not (masks and token == tokenizer.id("<mask>"))):
                raise InputError("special-token", field="edits")
            ids[side][position] = token
    return {side: spelt(read, ids[side], tokenizer) for side, read in tokens.items()}


def spelt(read: list[Token], ids: list[int], tokenizer: Spelling) -> list[Token]:
    """What these ids spell, each where the token at its place was read from."""
    if ids == [token.id for token in read]:
        return read
    now = zip(tokenizer.tokens(ids), read, strict=True)
    return [one if one.start is None else replace(one, start=was.start, end=was.end) for one, was in now]
