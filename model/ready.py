"""A model ready to run on text."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from . import masks
from .edits import Edit, edited, remasked, tap
from .generate import LISTED, Sampling, Step, likeliest, write
from .input_error import InputError
from .lexicon import Lexicon, alignment
from .masks import Mask
from .swaps import swapped
from .tokenizer import Language, Token, Tokenizer, language, other
from .trace import Trace
from .transformer import Transformer

LANGUAGES: list[Language] = ["en", "zh"]


class Model:
    """A Transformer and its tokenizer. It keeps nothing of a run."""

    def __init__(
        self,
        id: str,
        transformer: Transformer,
        tokenizer: Tokenizer,
        sha256: str,
        title: str = "",
        births: dict[str, Any] | None = None,
        load_at: Callable[[int], Model] | None = None,  # this model after so many steps of its training
        lexicon: Lexicon | None = None,  # by which cross-attention is told to align
    ):
        self.id, self.transformer, self.tokenizer, self.sha256 = id, transformer.eval(), tokenizer, sha256
        self.kind, self.title, self.births, self.load_at = transformer.config.kind, title or id, births, load_at
        self.lexicon = lexicon or set()

    @property
    def checkpoints(self) -> list[int]:
        """The steps of its training whose weights are kept; the last of them is this model."""
        return self.births["checkpoints"] if self.births else []

    def at(self, checkpoint: int | str | None) -> Model:
        """This model as it was at a checkpoint. Raises InputError, or BadWeights where its file is damaged."""
        if checkpoint is None or [checkpoint] == self.checkpoints[-1:]:
            return self
        if not isinstance(checkpoint, int) or checkpoint not in self.checkpoints or self.load_at is None:
            raise InputError("unknown-checkpoint", field="checkpoint")
        return self.load_at(checkpoint)

    def info(self) -> dict[str, Any]:
        """What the API says of it."""
        c = self.transformer.config
        return {
            "id": self.id,
            "title": self.title,
            "kind": c.kind,
            "n_layers": c.n_layers,
            "n_heads": c.n_heads,
            "n_kv_heads": c.n_heads,
            "d_model": c.d_model,
            "d_head": c.d_head,
            "n_ctx": c.n_ctx,
            "n_vocab": c.n_vocab,
            "mask": self.transformer.native_mask.spec,
            "languages": LANGUAGES,
            "source": "shipped",
            "parameters": sum(parameter.numel() for parameter in self.transformer.parameters()),
            "captures": "full",
            "checkpoints": self.checkpoints,
            "license": "MIT",
        }

    def trace(
        self,
        text: str,
        target: str | None = None,
        mask: Any = "native",
        edits: Sequence[Edit] = (),
        checkpoint: int | str | None = None,
    ) -> Trace:
        """One run, and everything it computed. An encoder and an encoder-decoder read `text` as source, a decoder as
        target; the target of an encoder-decoder is written by it (greedily) where none is given, and that before any
        edit: an edited run has the same positions.

        Raises InputError.
        """
        return self.run(self.prepare(text, target, mask, edits, checkpoint))

    def prepare(
        self, text: str, target: str | None, mask: Any, edits: Sequence[Edit], checkpoint: int | str | None
    ) -> Trace:
        """What a run will be: its inputs and its sites, checked, and no tensors yet. Raises InputError."""
        at = self.at(checkpoint)
        tokens = swapped(edits, at.tokens(text, target), self.tokenizer, masks=self.kind == "encoder")
        ids = {side: [token.id for token in read] for side, read in tokens.items()}
        sites = self.transformer.sites(self.mask(mask, n=len(tokens.get("target") or tokens["source"])))
        sites = remasked(edits, sites, {side: len(read) for side, read in tokens.items()})
        edited(edits, sites)  # what does not fit is refused here
        return Trace(
            sites=sites,
            tokens=tokens,
            model={"id": self.id, "kind": self.kind, "sha256": at.sha256, "config": asdict(self.transformer.config)},
            request={"text": text, "target": target, "mask": mask, "edits": list(edits), "checkpoint": checkpoint},
            links=alignment(ids.get("source", []), ids.get("target", []), self.lexicon),
        )

    @torch.no_grad()
    def run(self, trace: Trace) -> Trace:
        """The prepared trace with everything that one forward pass computes."""
        transformer = self.at(trace.request["checkpoint"]).transformer
        trace.W_o = transformer.W_o()
        transformer(**self.inputs(trace), tap=tap(trace).then(trace.record))
        return trace

    def inputs(self, trace: Trace) -> dict[str, Any]:
        """side -> token ids"""
        return {side: self.tensor(tokens) for side, tokens in trace.tokens.items()}

    @torch.no_grad()
    def predictions(self, trace: Trace, n: int = LISTED) -> list[list[dict[str, Any]]]:
        """For each position the n likeliest tokens, by a softmax over the whole vocabulary."""
        return [self.listed(likeliest(row, n)) for row in trace["logits"].cpu().softmax(-1)]

    def listed(self, probabilities: list[tuple[int, float]]) -> list[dict[str, Any]]:
        """Entries of the vocabulary with what they are called and how probable they are."""
        return [{"id": id, "text": self.tokenizer.piece(id), "probability": p} for id, p in probabilities]

    def generate(
        self,
        text: str,
        target: str | None = None,
        max_new_tokens: int = 32,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int = 0,
    ) -> Iterator[Step]:
        """What a decoder continues `text` with, or an encoder-decoder translates it to, beginning with `target`.

        Raises InputError, at the first step.
        """
        if self.kind == "encoder":
            raise InputError("unsuited-model", field="model")
        self.check(text, target)
        if self.kind == "decoder":
            source, begun = [], self.fits(self.tokenizer.for_decoder(text), "text")
        else:
            source, begun = self.fits(self.tokenizer.for_source(text), "text"), self.begun(text, target)
        room = self.transformer.config.n_ctx - len(begun)
        yield from self.write(source, begun, min(max_new_tokens, room), Sampling(temperature, top_k, top_p, seed))

    @torch.no_grad()
    def write(self, source: list[Token], begun: list[Token], most: int, sampling: Sampling) -> Iterator[Step]:
        """At most this many tokens after those of `begun`; the source is encoded once."""
        memory = self.transformer.encode(self.tensor(source)) if source else None

        def logits_after(written: list[int]) -> Tensor:
            ids = torch.tensor([*(token.id for token in begun), *written], device=self.device)
            with torch.no_grad():  # a generator's own context does not hold between its steps
                return self.transformer.unembed(self.transformer.decode(ids, memory)[-1:])[0].cpu()

        return write(logits_after, self.tokenizer.id("<eos>"), most, sampling)

    def tokens(self, text: str, target: str | None = None) -> dict[str, list[Token]]:
        """The model's inputs, special tokens included. Raises InputError."""
        self.check(text, target)
        if self.kind == "encoder":
            return {"source": self.fits(self.tokenizer.for_encoder(text), "text")}
        if self.kind == "decoder":
            return {"target": self.fits(self.tokenizer.for_decoder(text), "text")}
        source, begun = self.fits(self.tokenizer.for_source(text), "text"), self.begun(text, target)
        if target is None:
            begun = self.translated(source, begun)
        return {"source": source, "target": begun}

    def translated(self, source: list[Token], begun: list[Token]) -> list[Token]:
        """The greedy translation, without the <eos> that it predicts at last; cut where it does not come to an end."""
        most = min(2 * len(source) + 10, self.transformer.config.n_ctx - 1)
        written = [step.id for step in self.write(source, begun, most, Sampling())]
        if written[-1] == self.tokenizer.id("<eos>"):
            written.pop()
        return self.tokenizer.tokens([*(token.id for token in begun), *written])

    def begun(self, text: str, target: str | None) -> list[Token]:
        """How an encoder-decoder's target begins. It is in the other language, unless `target` starts with another
        language token."""
        to, target = other(language(text)), target or ""
        for named in LANGUAGES:
            if target.startswith(f"<2{named}>"):
                to, target = named, target.removeprefix(f"<2{named}>")
        return self.fits(self.tokenizer.for_target(target, to), "target")

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

    def fits(self, tokens: list[Token], field: str) -> list[Token]:
        limit = self.transformer.config.n_ctx
        if len(tokens) > limit:
            raise InputError("too-many-tokens", field=field, limit=limit, actual=len(tokens))
        return tokens

    def mask(self, spec: Any, n: int) -> Mask:
        """What the self-attention over n positions may see."""
        try:
            mask = masks.parse(spec, self.transformer.native_mask)
        except ValueError:
            raise InputError("bad-mask", field="mask") from None
        if isinstance(mask, masks.Painted) and any(max(query, key) >= n for query, key, _ in mask.cells):
            raise InputError("bad-mask", field="mask")
        return mask

    def tensor(self, tokens: list[Token]) -> Tensor:
        return torch.tensor([token.id for token in tokens], device=self.device)

    @property
    def device(self) -> torch.device:
        return self.transformer.embed.weight.device


def has_visible(text: str) -> bool:
    """Whether any character is neither space nor invisible formatting."""
    return any(not (character.isspace() or unicodedata.category(character) == "Cf") for character in text)
