"""Text to tokens and back, exactly, with the characters each token came from.

One vocabulary for English and Chinese, by byte-pair encoding (Sennrich et al. 2016, section 3.2). A word keeps the
space before it, as a real space, so `" cat"` is one token and the pieces of a text, put side by side, are the text.
A character outside the vocabulary falls back to its UTF-8 bytes, one token each; no text is unknown and none is
changed. The special tokens are entries that no text spells: a typed `<mask>` is plain text, in several tokens.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tokenizers

Language = Literal["en", "zh"]

SPECIAL = ("<pad>", "<bos>", "<eos>", "<mask>", "<cls>", "<sep>", "<2en>", "<2zh>")
BYTES = tuple(f"<0x{byte:02X}>" for byte in range(256))

HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
WORD = re.compile(r"[^\W\d_]+")
SURROGATE = re.compile("[\ud800-\udfff]")


class LoneSurrogate(ValueError):
    """Half of a UTF-16 pair stands in the text: it is no character, and has no UTF-8."""

    def __init__(self, position: int):
        super().__init__(f"character {position} is a lone surrogate, half a character: the text is not valid Unicode")
        self.position = position


@dataclass(frozen=True)
class Token:
    """One entry of a sequence. `start` and `end` count characters of the text; a special token has none.

    Where a character is spelt in several bytes, each byte is a token with the whole character's text and span, and
    `part` says which byte of how many: (0, 3), (1, 3), (2, 3).
    """

    id: int
    text: str
    start: int | None = None
    end: int | None = None
    part: tuple[int, int] | None = None


class Tokenizer:
    def __init__(self, bpe: tokenizers.Tokenizer):
        self._bpe = bpe
        self._ids: dict[str, int] = bpe.get_vocab()
        self._pieces = {id: piece for piece, id in self._ids.items()}
        self._bytes = {self._ids[piece]: byte for byte, piece in enumerate(BYTES)}
        self.special_ids = {self._ids[piece] for piece in SPECIAL}
        self.ends = set[int]()  # special tokens alone end a text

    @classmethod
    def load(cls, path: str | Path) -> Tokenizer:
        return cls(tokenizers.Tokenizer.from_file(str(path)))

    def save(self, path: str | Path) -> None:
        self._bpe.save(str(path), pretty=False)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def sha256(self) -> str:
        """Of the tokenizer's own JSON: weights name the tokenizer that they were trained with by it."""
        return hashlib.sha256(self._bpe.to_str().encode()).hexdigest()

    def id(self, piece: str) -> int:
        return self._ids[piece]

    def piece(self, id: int) -> str:
        """As it stands in the vocabulary: "<bos>", " cat", "猫", or "<0xE2>" for a byte."""
        return self._pieces[id]

    def is_special(self, id: int) -> bool:
        return id in self.special_ids

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of many texts at once, without spans."""
        return [encoding.ids for encoding in self._bpe.encode_batch(list(texts), add_special_tokens=False)]

    def encode(self, text: str) -> list[Token]:
        """Raises LoneSurrogate."""
        if surrogate := SURROGATE.search(text):
            raise LoneSurrogate(surrogate.start())
        return self.tokens(self._bpe.encode(text, add_special_tokens=False).ids)

    def decode(self, ids: Iterable[int]) -> str:
        """The text that these spell; special tokens spell none, and a byte that makes no character becomes U+FFFD."""
        return "".join(t.text for t in self.tokens(ids) if t.start is not None and not (t.part and t.part[0]))

    def tokens(self, ids: Iterable[int]) -> list[Token]:
        """Ids with what they spell, and where it stands in the text that they spell together."""
        ids, tokens, at = list(ids), list[Token](), 0
        while len(tokens) < len(ids):
            first = ids[len(tokens)]
            if first in self.special_ids:
                tokens.append(Token(first, self._pieces[first]))
                continue
            text, parts = self._spelt(ids[len(tokens) : len(tokens) + 4])
            for part in range(parts):
                tokens.append(Token(ids[len(tokens)], text, at, at + len(text), (part, parts) if parts > 1 else None))
            at += len(text)
        return tokens

    def _spelt(self, ids: list[int]) -> tuple[str, int]:
        """What the first of these spells, and how many it takes: several where it begins a character in bytes."""
        if ids[0] not in self._bytes:
            return self._pieces[ids[0]], 1
        spelt = bytes(self._bytes[id] for id in itertools.takewhile(self._bytes.__contains__, ids))
        for length in range(1, len(spelt) + 1):
            with contextlib.suppress(UnicodeDecodeError):
                return spelt[:length].decode(), length
        return "\ufffd", 1

    def reading(self, text: str) -> Tokenizer:
        """Of any text: a token is spelt alike in all."""
        return self

    def spelt(self, language: Language) -> Tokenizer:
        return self

    def special(self, piece: str) -> Token:
        return Token(self._ids[piece], piece)

    def for_encoder(self, text: str, pair: str | None = None) -> list[Token]:
        """`<cls> text <sep>`, and `pair <sep>` after it where there is one; its spans count from its own start."""
        tokens = [self.special("<cls>"), *self.encode(text), self.special("<sep>")]
        return tokens if pair is None else [*tokens, *self.encode(pair), self.special("<sep>")]

    def for_decoder(self, text: str, translation: str | None = None) -> list[Token]:
        """`<bos> text`, to be continued; or `<bos> text <sep> translation`."""
        tokens = [self.special("<bos>"), *self.encode(text)]
        return tokens if translation is None else [*tokens, self.special("<sep>"), *self.encode(translation)]

    def for_source(self, text: str) -> list[Token]:
        """`text <eos>`: what the encoder of an encoder-decoder reads."""
        return [*self.encode(text), self.special("<eos>")]

    def for_target(self, text: str, language: Language) -> list[Token]:
        """`<2en> text` or `<2zh> text`, to be continued: what the decoder of an encoder-decoder has written."""
        return [self.special(f"<2{language}>"), *self.encode(text)]


def language(text: str) -> Language:
    """By script: Chinese where it has at least as many Chinese characters as words of other letters."""
    han = len(HAN.findall(text))
    return "zh" if han and han >= len(WORD.findall(HAN.sub(" ", text))) else "en"


def other(language: Language) -> Language:
    """The language that a text is translated to."""
    return "en" if language == "zh" else "zh"
