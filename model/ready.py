"""A model ready to run on text."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from . import masks, shapes
from .beams import Kept
from .edits import Edit, edited, remasked, steady, tap
from .entries import changed
from .generate import LISTED, Step, likeliest_of_all
from .input_error import InputError
from .inputs import LANGUAGES, Inputs
from .lexicon import Lexicon, alignment
from .masks import Mask
from .sampling import Sampling
from .spelling import Spelling, entry
from .swaps import swapped
from .tokenizer import Language, Token
from .trace import Shape, Trace
from .transformer import Transformer
from .writing import Writing, translation_steps


class Model:
    """A Transformer and its tokenizer. It keeps nothing of a run."""

    def __init__(
        self,
        id: str,
        transformer: Transformer,
        tokenizer: Spelling,
        sha256: str,
        title: str = "",
        births: dict[str, Any] | None = None,
        load_at: Callable[[int], Model] | None = None,  # this model after so many steps of its training
        lexicon: Lexicon | None = None,  # by which cross-attention is told to align
        # What each feature of its stream stands for, by language; of a model whose matrices may be edited for a run.
        features: Mapping[Language, Sequence[str]] | None = None,
        source: str = "shipped",  # or "folder"
        license: str | None = "MIT",
        stored_dtype: str = "float32",
    ):
        self.id, self.transformer, self.tokenizer, self.sha256 = id, transformer.eval(), tokenizer, sha256
        self.kind, self.title, self.births, self.load_at = transformer.config.kind, title or id, births, load_at
        self.lexicon, self.features, self.source, self.license = lexicon or set(), features, source, license
        self.stored_dtype = stored_dtype
        self.inputs = Inputs(tokenizer, self.kind, transformer.config.n_ctx)

    def reading(self, text: str) -> Model:
        """This model, its vocabulary spelt in the language of this text."""
        spelling = self.tokenizer.reading(text)
        if spelling is self.tokenizer:
            return self
        model = copy.copy(self)
        model.tokenizer, model.inputs = spelling, Inputs(spelling, self.kind, self.inputs.n_ctx)
        return model

    def changed(self, edits: Sequence[Edit]) -> Model:
        """This model with entries of its matrices changed, where an edit says so. Raises InputError."""
        transformer = changed(edits, self.transformer, editable=self.features is not None)
        if transformer is self.transformer:
            return self
        model = copy.copy(self)
        model.transformer = transformer
        return model

    def of(self, trace: Trace) -> Model:
        """The model that a prepared run goes through: at its checkpoint, its matrices edited."""
        return self.at(trace.request["checkpoint"]).changed(trace.request["edits"])

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
            "n_kv_heads": getattr(c, "n_kv_heads", c.n_heads),
            "d_model": c.d_model,
            "d_head": c.d_head,
            "n_ctx": c.n_ctx,
            "n_vocab": c.n_vocab,
            "mask": self.transformer.native_mask.spec,
            "languages": LANGUAGES,
            "source": self.source,
            "dtype": self.dtype,
            "stored_dtype": self.stored_dtype,
            "parameters": sum(parameter.numel() for parameter in self.transformer.parameters()),
            "captures": self.transformer.captures,
            "predicts": self.transformer.predicts,
            "relative_bias": self.transformer.relative_bias,
            "checkpoints": self.checkpoints,
            "editable": self.features is not None,
            "license": self.license,
        }

    def trace(
        self,
        text: str,
        target: str | None = None,
        mask: Any = "native",
        edits: Sequence[Edit] = (),
        checkpoint: int | str | None = None,
        written: Sequence[int] | None = None,
    ) -> Trace:
        """One run, and everything it computed. An encoder and an encoder-decoder read `text` as source, a decoder as
        target; the target of an encoder-decoder is written by it (greedily) where neither it nor `written` is given,
        and that before any edit: an edited run has the same positions. The ids `written` stand after these tokens, as
        they are.

        Raises InputError.
        """
        return self.run(self.prepare(text, target, mask, edits, checkpoint, written))

    def prepare(
        self,
        text: str,
        target: str | None,
        mask: Any,
        edits: Sequence[Edit],
        checkpoint: int | str | None,
        written: Sequence[int] | None = None,
    ) -> Trace:
        """What a run will be: its inputs and its sites, checked, and no tensors yet. Raises InputError."""
        at = self.at(checkpoint).reading(text).changed(edits)
        tokens = swapped(edits, at.tokens(text, target, written), at.tokenizer, masks=self.kind == "encoder")
        ids = {side: [token.id for token in read] for side, read in tokens.items()}
        sites = self.transformer.sites(self.mask(mask, n=len(tokens.get("target") or tokens["source"])))
        sites = remasked(edits, sites, {side: len(read) for side, read in tokens.items()})
        edited(edits, sites)  # what does not fit is refused here
        if self.transformer.captures == "pattern" and (edits or mask != "native"):
            raise InputError("weights-only", field="edits" if edits else "mask")
        return Trace(
            sites=sites,
            tokens=tokens,
            model={
                "id": self.id, "kind": self.kind, "sha256": at.sha256, "dtype": self.dtype,
                "config": asdict(self.transformer.config),
            },
            request={
                "text": text, "target": target, "written": None if written is None else list(written), "mask": mask,
                "edits": list(edits), "checkpoint": checkpoint,
            },
            links=alignment(ids.get("source", []), ids.get("target", []), self.lexicon),
            W_o=at.transformer.W_o(),
            read_out=at.transformer.read_out,
            shapes=shapes.scaled(self.tried, self.kind, {side: len(read) for side, read in tokens.items()}),
        )

    @cached_property
    def tried(self) -> dict[str, Shape]:
        """The shapes of all that a run computes, where it reads few tokens."""
        return shapes.tried(self.transformer)

    @torch.no_grad()
    def run(self, trace: Trace, wanted: Collection[str] | None = None) -> Trace:
        """The prepared trace with everything that one forward pass computes, or with what is wanted of it. Logits that
        are not are never held: what they are made of is kept in their place."""
        transformer, recording = self.of(trace).transformer, tap(trace).then(trace.record)
        unembedding = transformer.unembedding
        trace.wanted = wanted if wanted is None or unembedding is not None else {*wanted, "logits"}
        if trace.wanted is None or "logits" in trace.wanted:
            transformer(**self.sides(trace), tap=recording)
        else:
            trace.final, trace.unembedding = transformer.trunk(**self.sides(trace), tap=recording), unembedding
        return trace

    def sides(self, trace: Trace) -> dict[str, Any]:
        """side -> token ids"""
        return {side: self.tensor(tokens) for side, tokens in trace.tokens.items()}

    @torch.no_grad()
    def predictions(self, trace: Trace, n: int = LISTED) -> list[list[dict[str, Any]]]:
        """For each position the n likeliest tokens, by a softmax over the whole vocabulary."""
        if not self.transformer.predicts:
            return []
        told = self.reading(trace.request["text"])
        if n not in trace.likeliest:
            trace.likeliest[n] = likeliest_of_all(trace.logits, trace.shapes["logits"][0], n)
        return [told.listed(row) for row in trace.likeliest[n]]

    def named(self, ids: Iterable[int]) -> dict[int, str]:
        """What these entries of the vocabulary are called."""
        return {id: self.tokenizer.piece(id) for id in sorted({*ids})}

    def listed(self, probabilities: list[tuple[int, float]]) -> list[dict[str, Any]]:
        """Entries of the vocabulary with what they are called and how probable they are."""
        return [{**entry(self.tokenizer, id), "probability": p} for id, p in probabilities]

    def generate(
        self,
        text: str,
        target: str | None = None,
        max_new_tokens: int = 32,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int = 0,
        listed: int = LISTED,
        **run: Any,
    ) -> Iterator[Step]:
        """What a decoder continues `text` with, or an encoder-decoder translates it to, beginning with `target`. Each
        step is what a trace of all that stands before it would predict.

        run: `written`, `mask`, `edits`, `checkpoint`, as of a trace

        Raises InputError, at the first step.
        """
        sampling = Sampling(temperature, top_k, top_p, seed)
        yield from self.writing(text, target, **run).steps(max_new_tokens, sampling, listed)

    def beams(
        self,
        text: str,
        target: str | None = None,
        max_new_tokens: int = 32,
        width: int = 4,
        length_penalty: float = 0.0,
        **run: Any,
    ) -> Iterator[Kept]:
        """As generate, by beam search. Raises InputError, at the first step."""
        yield from self.writing(text, target, **run).beams(width, max_new_tokens, length_penalty)

    def writing(
        self,
        text: str,
        target: str | None,
        written: Sequence[int] = (),
        mask: Any = "native",
        edits: Sequence[Edit] = (),
        checkpoint: int | str | None = None,
    ) -> Writing:
        """Raises InputError."""
        if self.kind == "encoder" or not self.transformer.predicts:
            raise InputError("unsuited-model", field="model")
        run = self.prepare(text, target, mask, edits, checkpoint, written)
        return Writing(self.of(run), run.tokens, run.sites, tap(run), steady(edits))

    def tokens(
        self, text: str, target: str | None = None, written: Sequence[int] | None = None
    ) -> dict[str, list[Token]]:
        """The model's inputs, special tokens included. Raises InputError."""
        tokens = self.reading(text).inputs.tokens(text, target, written)
        if self.kind == "encoder-decoder" and target is None and written is None:
            tokens["target"] = self.translated(tokens)
        return tokens

    def translated(self, tokens: dict[str, list[Token]]) -> list[Token]:
        """The greedy translation, without what it ends with; cut where it does not come to an end."""
        writing = Writing(self, tokens, self.transformer.sites())
        steps = writing.steps(translation_steps(len(tokens["source"])), Sampling())
        return self.tokenizer.tokens([*writing.begun, *(step.id for step in steps if step.id not in writing.ends)])

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
    def dtype(self) -> str:
        """What it computes in; softmax and what a trace keeps are float32 whatever this is."""
        return str(self.transformer.embed.weight.dtype).removeprefix("torch.")

    @property
    def device(self) -> torch.device:
        return self.transformer.embed.weight.device
