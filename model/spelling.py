"""What a model needs of the one who cuts its texts into tokens and spells them again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from .tokenizer import Language, Token


class Spelling(Protocol):
    """A vocabulary, and how it is read and written."""

    special_ids: set[int]  # of the tokens that stand for no text
    ends: set[int]  # of those that a text may end with and yet go on from

    def __len__(self) -> int: ...

    def id(self, piece: str) -> int: ...

    def piece(self, id: int) -> str:
        """As it stands in the vocabulary."""

    def is_special(self, id: int) -> bool: ...

    def encode(self, text: str) -> list[Token]:
        """Raises InputError or ValueError where it cannot be read."""

    def for_decoder(self, text: str) -> list[Token]:
        """A text to be continued, with what stands before it."""

    def tokens(self, ids: Iterable[int]) -> list[Token]:
        """Ids with what they spell, and where it stands in the text that they spell together."""

    def decode(self, ids: Iterable[int]) -> str:
        """The text that these spell."""

    def reading(self, text: str) -> Spelling:
        """The same vocabulary in the language of this text, where it is spelt differently in each."""

    def spelt(self, language: Language) -> Spelling:
        """In this language."""


class Framing(Spelling, Protocol):
    """What an encoder needs besides."""

    def for_encoder(self, text: str) -> list[Token]:
        """A text to be read, with the special tokens around it."""

    def for_source(self, text: str) -> list[Token]:
        """What the encoder of an encoder-decoder reads."""

    def for_target(self, text: str, language: Language) -> list[Token]:
        """What its decoder has written in this language, with what it begins with."""


def entry(tokenizer: Spelling, id: int) -> dict[str, Any]:
    """An entry of the vocabulary as the API tells it; `special` is there where it stands for no text."""
    return {"id": id, "text": tokenizer.piece(id), **({"special": True} if tokenizer.is_special(id) else {})}
