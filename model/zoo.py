"""The models there are, ready to run on text.

    >>> from model import zoo
    >>> trace = zoo.load("decoder").trace("The cat sat on the mat.")
    >>> trace["decoder.blocks.0.attn.pattern"].shape
    torch.Size([4, 8, 8])
"""

from __future__ import annotations

import functools
import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from . import masks
from .edits import BadEdit, Edit, edited
from .generate import LISTED, Sampling, Step, likeliest, write
from .masks import Mask
from .tokenizer import Language, Token, Tokenizer, language, other
from .trace import Seen, Site, Tap, Trace
from .training.checkpoint import BadWeights, load_weights
from .transformer import Transformer

WEIGHTS = Path(__file__).parent / "weights"
TITLES = {
    "decoder": "Decoder, English and Chinese",
    "encoder": "Encoder, English and Chinese",
    "encoder-decoder": "Encoder-decoder, English and Chinese",
}
LANGUAGES: list[Language] = ["en", "zh"]


class InputError(ValueError):
    """A request that this model cannot run. `code` says why, the rest with which numbers."""

    def __init__(self, code: str, *, field: str | None = None, limit: int | None = None, actual: int | None = None):
        facts = {"field": field, "limit": limit, "actual": actual}
        super().__init__(", ".join([code, *(f"{name} {fact}" for name, fact in facts.items() if fact is not None)]))
        self.code, self.field, self.limit, self.actual = code, field, limit, actual


def ids() -> list[str]:
    return list(TITLES)


@functools.cache
def load(id: str, device: str = "cpu") -> Model:
    """A shipped model, loaded once. Raises KeyError where there is none of this name, BadWeights where its files are
    damaged or do not belong together."""
    path = WEIGHTS / f"{id}.safetensors"
    if id not in TITLES:
        raise KeyError(id)
    transformer, metadata = load_weights(path)
    try:
        tokenizer = Tokenizer.load(path.with_name("tokenizer.json"))
    except Exception as error:  # the library has no narrower one
        raise BadWeights(f"tokenizer.json cannot be read: {error}") from None
    if metadata.get("tokenizer") != tokenizer.sha256:
        raise BadWeights(f"{path.name} was trained with another tokenizer than the one beside it")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Model(id, transformer.to(device), tokenizer, sha256)


class Model:
    """A Transformer and its tokenizer. It keeps nothing of a run."""

    def __init__(self, id: str, transformer: Transformer, tokenizer: Tokenizer, sha256: str):
        self.id, self.transformer, self.tokenizer, self.sha256 = id, transformer.eval(), tokenizer, sha256
        self.kind = transformer.config.kind

    def info(self) -> dict[str, Any]:
        """What the API says of it."""
        c = self.transformer.config
        return {
            "id": self.id,
            "title": TITLES.get(self.id, self.id),
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
            "checkpoints": [],
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
        target; the target of an encoder-decoder is written by it (greedily) where none is given.

        Raises InputError.
        """
        return self.run(self.prepare(text, target, mask, edits, checkpoint))

    def prepare(
        self, text: str, target: str | None, mask: Any, edits: Sequence[Edit], checkpoint: int | str | None
    ) -> Trace:
        """What a run will be: its inputs and its sites, checked, and no tensors yet. Raises InputError."""
        if checkpoint is not None:
            raise InputError("unknown-checkpoint", field="checkpoint")
        tokens = self.tokens(text, target)
        sites = self.transformer.sites(self.mask(mask, n=len(tokens.get("target") or tokens["source"])))
        self.edit(edits, sites)
        return Trace(
            sites=sites,
            tokens=tokens,
            model={"id": self.id, "kind": self.kind, "sha256": self.sha256, "config": asdict(self.transformer.config)},
            request={"text": text, "target": target, "mask": mask, "edits": list(edits), "checkpoint": checkpoint},
        )

    @torch.no_grad()
    def run(self, trace: Trace) -> Trace:
        """The prepared trace with everything that one forward pass computes."""
        inputs = {side: self.tensor(tokens) for side, tokens in trace.tokens.items()}
        mask = self.mask(trace.request["mask"], n=len(inputs.get("target", inputs.get("source", ()))))
        tap = Tap(self.edit(trace.request["edits"], trace.sites)).then(trace.record)
        self.transformer(**inputs, mask=mask, tap=tap)
        return trace

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

    def edit(self, asked: Sequence[Edit], sites: list[Site]) -> Seen:
        """What a tap does for these edits."""
        try:
            return edited(asked, sites)
        except BadEdit:
            raise InputError("bad-edit", field="edits") from None

    def tensor(self, tokens: list[Token]) -> Tensor:
        return torch.tensor([token.id for token in tokens], device=self.device)

    @property
    def device(self) -> torch.device:
        return self.transformer.embed.weight.device


def has_visible(text: str) -> bool:
    """Whether any character is neither space nor invisible formatting."""
    return any(not (character.isspace() or unicodedata.category(character) == "Cf") for character in text)
