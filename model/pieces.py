"""A real model's tokenizer, as one of ours: text <-> tokens with the characters that each came from."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from .tokenizer import SURROGATE, Language, LoneSurrogate, Token

NAMES = {"<mask>": "mask_token_id", "<sep>": "sep_token_id"}


class Pieces:
    """Around a fast tokenizer of transformers. What a user types is text: a typed `[SEP]` is no special token."""

    def __init__(self, fast: Any, start: int | None, n_vocab: int, ends: Iterable[int]):
        """start: what an encoder-decoder's target begins with; n_vocab: rows of the embedding"""
        self.fast, self.start, self.n_vocab = fast, start, n_vocab
        self.special_ids: set[int] = {*fast.all_special_ids}
        self.ends = {*ends}
        self.of_bytes = type(fast.backend_tokenizer.decoder).__name__ == "ByteLevel"

    def __len__(self) -> int:
        return self.n_vocab

    def id(self, piece: str) -> int:
        """Of a special token by our name for it; -1 where this tokenizer has none."""
        found = getattr(self.fast, NAMES[piece], None) if piece in NAMES else self.fast.convert_tokens_to_ids(piece)
        return -1 if found is None else int(found)

    def piece(self, id: int) -> str:
        """As text where it is some; else as it stands in the vocabulary, a byte that makes no character as `<0xE7>`."""
        stands = self.fast.convert_ids_to_tokens(id) or f"<{id}>"  # an embedding may have rows that no token uses
        if id in self.special_ids or stands.startswith("##"):
            return str(stands)
        text = self.fast.decode([id], clean_up_tokenization_spaces=False)
        if text and "\ufffd" not in text:
            return str(text)
        return with_bytes(stands) if self.of_bytes else str(stands)

    def is_special(self, id: int) -> bool:
        return id in self.special_ids

    def encode(self, text: str) -> list[Token]:
        """Raises LoneSurrogate."""
        return self.read(text, specials=False)

    def read(self, text: str, specials: bool) -> list[Token]:
        """With the special tokens that this tokenizer puts around a text, or without. Raises LoneSurrogate."""
        if surrogate := SURROGATE.search(text):
            raise LoneSurrogate(surrogate.start())
        read = self.fast(
            text, add_special_tokens=specials, return_offsets_mapping=True, return_special_tokens_mask=True,
            split_special_tokens=True, verbose=False,
        )  # fmt: skip
        tokens = []
        for id, (start, end), special in zip(
            read["input_ids"], read["offset_mapping"], read["special_tokens_mask"], strict=True
        ):
            spans = not special and start < end
            tokens.append(Token(id, text[start:end], start, end) if spans else Token(id, self.piece(id)))
        return in_parts(tokens)

    def for_decoder(self, text: str) -> list[Token]:
        return self.read(text, specials=True)

    def for_encoder(self, text: str) -> list[Token]:
        return self.read(text, specials=True)

    def for_source(self, text: str) -> list[Token]:
        return self.read(text, specials=True)

    def for_target(self, text: str, language: Language) -> list[Token]:
        begin = [] if self.start is None else [Token(self.start, self.piece(self.start))]
        return [*begin, *(self.encode(text) if text else [])]

    def tokens(self, ids: Iterable[int]) -> list[Token]:
        ids, tokens, at = list(ids), list[Token](), 0
        for i, id in enumerate(ids):
            if id in self.special_ids:
                tokens.append(Token(id, self.piece(id)))
                continue
            now = len(self.decode(ids[: i + 1]))
            tokens.append(Token(id, self.piece(id), at, max(now, at)))
            at = max(now, at)
        return tokens

    def decode(self, ids: Iterable[int]) -> str:
        return str(self.fast.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def reading(self, text: str) -> Pieces:
        return self

    def spelt(self, language: Language) -> Pieces:
        return self


PRINTED = (*range(33, 127), *range(161, 173), *range(174, 256))  # bytes that stand for themselves in a vocabulary
STAND_FOR = {chr(byte): byte for byte in PRINTED} | {
    chr(256 + i): byte for i, byte in enumerate(byte for byte in range(256) if byte not in PRINTED)
}  # a character for each byte (Radford et al. 2019, section 2.2, in GPT-2's own encoder)


def with_bytes(stands: str) -> str:
    """What a piece of bytes spells as far as it makes characters, and the bytes that make none, each as `<0xE7>`."""
    if not STAND_FOR.keys() >= set(stands):
        return stands
    spelt = bytes(STAND_FOR[character] for character in stands).decode("utf-8", "surrogateescape")
    return SURROGATE.sub(lambda found: f"<0x{ord(found[0]) & 0xFF:02X}>", spelt)


def in_parts(tokens: list[Token]) -> list[Token]:
    """Where several tokens have the characters of one, each says which part of it it is."""
    told = list[Token]()
    for span, group in groupby(tokens, lambda token: (token.start, token.end)):
        of = list(group)
        several = len(of) > 1 and span != (None, None)
        told += [Token(t.id, t.text, t.start, t.end, (i, len(of)) if several else None) for i, t in enumerate(of)]
    return told
