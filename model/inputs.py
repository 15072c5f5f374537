"""From a request's text to a model's inputs, or why it cannot read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import cast

from .input_error import InputError
from .spelling import Framing, Spelling
from .tokenizer import Language, Token, language, other
from .transformer import Kind

LANGUAGES: list[Language] = ["en", "zh"]


class Inputs:
    """What a model of this kind reads."""

    def __init__(self, tokenizer: Spelling, kind: Kind, n_ctx: int):
        self.tokenizer, self.kind, self.n_ctx = tokenizer, kind, n_ctx

    def tokens(self, text: str, target: str | None, written: Sequence[int] | None) -> dict[str, list[Token]]:
        """By side, special tokens included. The ids `written` stand last, as they are; their spans go on in the text
        that all spell together. Raises InputError."""
        self.check(text, target)
        if written is not None:
            self.check_written(written)
        if self.kind == "decoder":
            begun = self.fits(self.tokenizer.for_decoder(text), "text")
            return {"target": self.followed(begun, written)}
        if self.kind == "encoder":
            return {"source": self.fits(self.framing.for_encoder(text), "text")}
        source, begun = self.fits(self.framing.for_source(text), "text"), self.begun(text, target)
        return {"source": source, "target": self.followed(begun, written)}

    def followed(self, begun: list[Token], written: Sequence[int] | None) -> list[Token]:
        """These tokens, and the ids that were written after them."""
        if not written:
            return begun
        return self.fits(self.tokenizer.tokens([*(token.id for token in begun), *written]), "written")

    @property
    def ends(self) -> set[int]:
        """What ends the writing of such a model."""
        return self.last | self.tokenizer.ends

    @property
    def last(self) -> set[int]:
        """What nothing stands after: any special token, but that a decoder writes a translation after <sep>."""
        special = self.tokenizer.special_ids
        return special - {self.tokenizer.id("<sep>")} if special and self.kind == "decoder" else special

    @property
    def framing(self) -> Framing:
        """Every tokenizer of a model with an encoder."""
        return cast(Framing, self.tokenizer)

    def begun(self, text: str, target: str | None) -> list[Token]:
        """How an encoder-decoder's target begins. It is in the other language, unless `target` starts with another
        language token."""
        to, target = other(language(text)), target or ""
        for named in LANGUAGES:
            if target.startswith(f"<2{named}>"):
                to, target = named, target.removeprefix(f"<2{named}>")
        return self.fits(self.framing.for_target(target, to), "target")

    def check(self, text: str, target: str | None) -> None:
        """Raises InputError for what no tokenizer should be asked about."""
        if target is not None and self.kind != "encoder-decoder":
            raise InputError("needs-no-target", field="target")
        if not has_visible(text):
            raise InputError("empty-text", field="text")
        for field, read in (("text", text), ("target", target or "")):
            try:
                read.encode()
            except UnicodeEncodeError:
                raise InputError("invalid-unicode", field=field) from None

    def check_written(self, written: Sequence[int]) -> None:
        """Raises InputError for ids that this model cannot have written and gone on from."""
        if self.kind == "encoder":
            raise InputError("unsuited-model", field="written")
        if any(not 0 <= id < len(self.tokenizer) for id in written):
            raise InputError("unknown-token", field="written", limit=len(self.tokenizer) - 1)
        if self.last & {*written}:
            raise InputError("special-written", field="written")

    def fits(self, tokens: list[Token], field: str) -> list[Token]:
        if not tokens:  # a real model's tokenizer may leave all of it out
            raise InputError("empty-text", field=field)
        if len(tokens) > self.n_ctx:
            raise InputError("too-many-tokens", field=field, limit=self.n_ctx, actual=len(tokens))
        return tokens


def has_visible(text: str) -> bool:
    """Whether any character is neither space nor invisible formatting."""
    return any(not (character.isspace() or unicodedata.category(character) == "Cf") for character in text)
