"""A vocabulary of a few whole words, each written in English or in Chinese: one id, two spellings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from .input_error import InputError
from .tokenizer import HAN, Language, Token

WORD = re.compile(r"[^\W\d_]+|\S")  # a run of letters, or one other character


class Words:
    """Reads the words that it knows in one of the languages, and no others. Spaces between them are no tokens."""

    def __init__(self, words: Mapping[Language, Sequence[str]], stop: int, language: Language = "en"):
        """words: by language, in the order of their ids; stop: the id of the full stop"""
        self.words, self.stop, self.language = words, stop, language
        self.special_ids, self.ends = set[int](), {stop}
        self._ids = {word.lower(): id for id, word in enumerate(words[language])}

    def __len__(self) -> int:
        return len(self._ids)

    def id(self, piece: str) -> int:
        return self._ids[piece.lower()]

    def piece(self, id: int) -> str:
        return self.words[self.language][id]

    def is_special(self, id: int) -> bool:
        return id in self.special_ids

    def reading(self, text: str) -> Words:
        """In the language of this text: Chinese where it has a Chinese character or the Chinese full stop."""
        chinese = HAN.search(text) or self.words["zh"][self.stop] in text
        return self.spelt("zh" if chinese else "en")

    def spelt(self, language: Language) -> Words:
        return self if language == self.language else Words(self.words, self.stop, language)

    def encode(self, text: str) -> list[Token]:
        """Chinese characters one by one, English words with capitals or without. Raises InputError, `unknown-word`."""
        cut = re.compile(r"\S") if self.language == "zh" else WORD
        found = list(cut.finditer(text))
        if any(match[0].lower() not in self._ids for match in found):
            raise InputError("unknown-word", field="text", words=self.known)
        return [Token(self.id(match[0]), match[0], match.start(), match.end()) for match in found]

    def for_decoder(self, text: str) -> list[Token]:
        """The words alone: nothing stands before them."""
        return self.encode(text)

    def tokens(self, ids: Iterable[int]) -> list[Token]:
        tokens, at = list[Token](), 0
        for id in ids:
            at += bool(tokens and self.language == "en" and id != self.stop)  # the space before an English word
            text = self.piece(id)
            tokens.append(Token(id, text, at, at + len(text)))
            at += len(text)
        return tokens

    def decode(self, ids: Iterable[int]) -> str:
        between = " " if self.language == "en" else ""
        text = between.join(self.piece(id) for id in ids)
        return text.replace(f"{between}{self.piece(self.stop)}", self.piece(self.stop))

    @property
    def known(self) -> str:
        """All that can be read, in both languages."""
        return " / ".join(" ".join(words) for words in self.words.values())
