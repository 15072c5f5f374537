"""What each kind of model learns to do.

    encoder          fill in masked tokens (Devlin et al. 2018, section 3.1) of texts and of pairs side by side
    decoder          continue: first pure repeats, until it can copy by looking back; then pairs, texts and some repeats
    encoder-decoder  translate, both ways

A task makes batches from a random generator: `batch(step, rng)` to train on, `valid(rng)` to be measured on.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Literal, Protocol

import numpy as np
import torch

from ..lexicon import Lexicon
from ..masks import Prefix
from ..recurrent import Config as RecurrentConfig
from ..tokenizer import SPECIAL, Tokenizer
from ..transformer import Config
from .alignment import lexicon
from .batches import UNASKED, Batch, Examples, Ids, counts, padded, pairs, texts, unpadded
from .data import BadData, Data

Kind = Literal["encoder", "decoder", "encoder-decoder", "lstm", "rnn"]

N_TOKENS = 3000  # in a batch


class Task(Protocol):
    label_smoothing: float
    reads: Literal["source", "target"]  # which input a plain text is
    material: Material

    def batch(self, step: int, rng: np.random.Generator) -> Batch: ...

    def valid(self, rng: np.random.Generator) -> dict[str, list[Batch]]:
        """Batches by what they measure."""

    def held_out(self, n: int) -> list[dict[str, Ids]]:
        """About n inputs of the model, evenly from what is not trained on: one side of each pair, or else texts."""


class Material:
    """The data as ids."""

    def __init__(self, tokenizer: Tokenizer, data: Data, n_ctx: int):
        self.tokenizer = tokenizer
        self.texts, self.valid_texts = (texts(tokenizer, corpus, n_ctx) for corpus in (data.train, data.valid))
        self.pairs, self.valid_pairs = (pairs(tokenizer, corpus.pairs, n_ctx) for corpus in (data.train, data.valid))
        one_way = {direction: pairs(tokenizer, lines, n_ctx) for direction, lines in data.train.one_way.items()}
        self.one_way = {direction: examples for direction, examples in one_way.items() if len(examples)}

    @functools.cached_property
    def lexicon(self) -> Lexicon:
        """Words that surely translate each other, from the training pairs."""
        return lexicon(self.pairs.examples, self.tokenizer)

    def shares(self, size: Callable[[Examples], float]) -> np.ndarray:
        """How often each file of texts is read: by the square root of its size, so that a small one is heard too."""
        weight = np.array([size(examples) ** 0.5 for examples in self.texts.values()])
        return weight / weight.sum()

    def pick_texts(self, rng: np.random.Generator, n_tokens: int, shares: np.ndarray) -> list[Ids]:
        examples = list(self.texts.values())[rng.choice(len(shares), p=shares)]
        return [text for (text,) in examples.pick(rng, n_tokens)]

    def pick_pairs(self, rng: np.random.Generator, n_tokens: int) -> list[tuple[Ids, ...]]:
        """(source, target), half of them English to Chinese."""
        return [pair if rng.random() < 0.5 else pair[::-1] for pair in self.pairs.pick(rng, n_tokens)]

    def share_of_pairs(self, share: float) -> float:
        """The share of pairs to train on, of pairs and texts: as asked, where both are there."""
        return share if len(self.pairs) and self.texts else float(len(self.pairs) > 0)

    def held_out(self, n: int) -> list[Ids]:
        """About n texts, evenly from all: the first side of the pairs, where there are pairs."""
        texts = [text for examples in self.valid_texts.values() for (text,) in examples.examples]
        texts = [pair[0] for pair in self.valid_pairs.examples] or texts
        return texts[:: max(1, len(texts) // n)]

    def directions(self) -> dict[str, list[list[tuple[Ids, ...]]]]:
        """All pairs for validation, in batches, by direction."""
        batches = self.valid_pairs.all(N_TOKENS)
        return {"en-zh": batches, "zh-en": [[pair[::-1] for pair in batch] for batch in batches]}


class FillIn:
    """15 % of the tokens are asked for; of these 80 % are masked, 10 % another token, 10 % themselves."""

    label_smoothing = 0.0
    reads: Literal["source", "target"] = "source"
    pairs = 0.35  # of the batches

    def __init__(self, material: Material):
        self.material, self.shares = material, material.shares(len)  # mostly sentences
        id = material.tokenizer.id
        self.cls, self.sep, self.mask, self.n_vocab = id("<cls>"), id("<sep>"), id("<mask>"), len(material.tokenizer)

    def batch(self, step: int, rng: np.random.Generator) -> Batch:
        if rng.random() < self.material.share_of_pairs(self.pairs):
            return self.ask([self.frame(*pair) for pair in self.material.pick_pairs(rng, N_TOKENS)], rng)
        return self.ask([self.frame(text) for text in self.material.pick_texts(rng, N_TOKENS, self.shares)], rng)

    def valid(self, rng: np.random.Generator) -> dict[str, list[Batch]]:
        sets: dict[str, list[Batch]] = {}
        for name, side in (("en", 0), ("zh", 1)):
            alone = Examples([(pair[side],) for pair in self.material.valid_pairs.examples])
            sets[name] = [self.ask([self.frame(*text) for text in batch], rng) for batch in alone.all(N_TOKENS)]
        batches = self.material.valid_pairs.all(N_TOKENS)
        sets["pair"] = [self.ask([self.frame(*pair) for pair in batch], rng) for batch in batches]
        for name, examples in self.material.valid_texts.items():
            sets[name] = [self.ask([self.frame(*text) for text in batch], rng) for batch in examples.all(N_TOKENS)]
        return sets

    def held_out(self, n: int) -> list[dict[str, Ids]]:
        return [{"source": self.frame(text)} for text in self.material.held_out(n)]

    def frame(self, *sequences: Ids) -> list[int]:
        """<cls> text <sep>, or <cls> text <sep> text <sep>"""
        return [self.cls, *(id for ids in sequences for id in [*ids, self.sep])]

    def ask(self, rows: list[list[int]], rng: np.random.Generator) -> Batch:
        source = padded(rows).numpy()
        asked = (source >= len(SPECIAL)) & (rng.random(source.shape) < 0.15)
        labels = np.where(asked, source, UNASKED)
        how = rng.random(source.shape)
        random = rng.integers(len(SPECIAL), self.n_vocab, source.shape)
        shown = np.where(how < 0.8, self.mask, np.where(how < 0.9, random, source))
        return Batch(
            {"source": torch.from_numpy(np.where(asked, shown, source)), "mask": unpadded(rows)},
            torch.from_numpy(labels),
        )


class Continue:
    """Next tokens. A sequence that repeats a short unit is learnt by looking back to what followed last time (an
    induction head; Olsson et al. 2022), but only if nothing else is trained until that has formed."""

    label_smoothing = 0.0
    reads: Literal["source", "target"] = "target"
    n_tokens = N_TOKENS  # in a batch
    repeats_first = 800  # steps of nothing but repeats
    prefix = 0.5  # of the pairs have a prefix mask
    repeats, pairs = 0.1, 0.5  # of the batches after that; of the others

    def __init__(self, material: Material):
        self.material, self.shares = material, material.shares(lambda examples: examples.sizes.sum())
        id = material.tokenizer.id
        self.bos, self.eos, self.sep = id("<bos>"), id("<eos>"), id("<sep>")
        counted = np.zeros(len(material.tokenizer))
        for examples in (*material.texts.values(), material.pairs):
            for example in examples.examples:
                for ids in example:
                    np.add.at(counted, ids, 1)
        self.unigram = counted**0.5 / (counted**0.5).sum()  # flatter than the language

    def batch(self, step: int, rng: np.random.Generator) -> Batch:
        if step < self.repeats_first or rng.random() < self.repeats:
            return self.repeat(rng, unit=int(rng.integers(4, 17)), copies=int(rng.integers(3, 6)))
        if rng.random() < self.material.share_of_pairs(self.pairs):
            return self.translate(self.material.pick_pairs(rng, self.n_tokens), prefix=rng.random() < self.prefix)
        return self.read(self.material.pick_texts(rng, self.n_tokens, self.shares))

    def valid(self, rng: np.random.Generator) -> dict[str, list[Batch]]:
        sets: dict[str, list[Batch]] = {}
        for direction, batches in self.material.directions().items():
            for name, prefix in (("causal", False), ("prefix", True)) if self.prefix else (("causal", False),):
                asked = [self.translate(batch, prefix, target_only=True) for batch in batches]
                sets[f"{direction}, {name} mask"] = asked
        for name, examples in self.material.valid_texts.items():
            sets[name] = [self.read([text for (text,) in batch]) for batch in examples.all(N_TOKENS)]
        sets["second copy of 20 random tokens"] = [self.repeat(rng, unit=20, copies=2)]
        return sets

    def held_out(self, n: int) -> list[dict[str, Ids]]:
        return [{"target": [self.bos, *text]} for text in self.material.held_out(n)]

    def read(self, rows: list[Ids]) -> Batch:
        return self.ask([[self.bos, *ids, self.eos] for ids in rows])

    def translate(self, rows: list[tuple[Ids, ...]], prefix: bool, target_only: bool = False) -> Batch:
        """<bos> source <sep> target <eos>; where the source is seen whole, only the target is asked for."""
        sources = [[self.bos, *source, self.sep] for source, _ in rows]
        whole = [[*source, *target, self.eos] for source, (_, target) in zip(sources, rows, strict=True)]
        batch = self.ask(whole, unasked=[len(source) for source in sources] if prefix or target_only else None)
        if prefix:
            batch.inputs["mask"] = Prefix(counts(sources))
        return batch

    def repeat(self, rng: np.random.Generator, unit: int, copies: int) -> Batch:
        """<bos>, then the same random tokens again and again; asked from the second copy on."""
        n_rows = 2000 // (1 + unit * copies)
        rows = np.tile(rng.choice(len(self.unigram), (n_rows, unit), p=self.unigram), copies)
        return self.ask([[self.bos, *row] for row in rows.tolist()], unasked=[1 + unit] * n_rows)

    def ask(self, rows: list[list[int]], unasked: list[int] | None = None) -> Batch:
        """Each position is asked for the next token, but for the first `unasked` tokens of a row."""
        labels = padded(rows, fill=UNASKED)
        for row, n in zip(labels, unasked or [0] * len(rows), strict=True):
            row[:n] = UNASKED
        return Batch({"target": padded(rows)[:, :-1]}, labels[:, 1:])


class Remember(Continue):
    """The same texts and pairs for a model without attention: it has no mask, and repeats do not teach it to look
    back, so it is not taught them first."""

    repeats_first = 0
    prefix = 0.0


class ReadOn(Remember):
    """As Remember, without repeats and in small batches: what models with and without attention are compared on."""

    n_tokens = 600
    repeats = 0.0

    def valid(self, rng: np.random.Generator) -> dict[str, list[Batch]]:
        sets = super().valid(rng)
        return {name: batches for name, batches in sets.items() if "random" not in name}


class Translate:
    """Pairs, both ways; where there are pairs for one direction alone, half of the batches are of these."""

    label_smoothing = 0.1
    reads: Literal["source", "target"] = "source"
    one_way = 0.5  # of the batches

    def __init__(self, material: Material):
        self.material = material
        id = material.tokenizer.id
        self.eos, self.to = id("<eos>"), (id("<2en>"), id("<2zh>"))

    def batch(self, step: int, rng: np.random.Generator) -> Batch:
        if self.material.one_way and rng.random() < self.one_way:
            direction = list(self.material.one_way)[rng.integers(len(self.material.one_way))]
            rows = self.material.one_way[direction].pick(rng, N_TOKENS)
            return self.ask(rows, [int(direction == "en-zh")] * len(rows))
        rows = self.material.pairs.pick(rng, N_TOKENS)
        return self.ask(rows, [int(to_chinese) for to_chinese in rng.random(len(rows)) < 0.5])

    def valid(self, rng: np.random.Generator) -> dict[str, list[Batch]]:
        batches = self.material.valid_pairs.all(N_TOKENS)
        return {
            direction: [self.ask(batch, [target] * len(batch)) for batch in batches]
            for direction, target in (("en-zh", 1), ("zh-en", 0))
        }

    def held_out(self, n: int) -> list[dict[str, Ids]]:
        pairs = self.material.valid_pairs.examples
        return [
            {"source": [*source, self.eos], "target": [self.to[1], *target]}
            for source, target in pairs[:: max(1, len(pairs) // n)]
        ]

    def ask(self, rows: list[tuple[Ids, ...]], to: list[int]) -> Batch:
        """source <eos> -> <2en> or <2zh>, target <eos>; `to` is the side of each pair that is the target."""
        sources = [[*row[1 - side], self.eos] for row, side in zip(rows, to, strict=True)]
        targets = [[self.to[side], *row[side], self.eos] for row, side in zip(rows, to, strict=True)]
        return Batch(
            {
                "source": padded(sources),
                "source_mask": unpadded(sources),
                "target": padded(targets)[:, :-1],
            },
            padded(targets, fill=UNASKED)[:, 1:],
        )


def task(kind: Kind, tokenizer: Tokenizer, data: Data, config: Config | RecurrentConfig) -> Task:
    """Raises BadData if the data has not what this kind learns from."""
    material = Material(tokenizer, data, config.n_ctx)
    if kind == "encoder-decoder":
        if not len(material.pairs):
            raise BadData("An encoder-decoder learns from pairs: the folder needs a .tsv file, English TAB Chinese.")
        return Translate(material)
    if kind == "encoder":
        return FillIn(material)
    return Remember(material) if kind in ("lstm", "rnn") else Continue(material)


def validation(task: Task) -> dict[str, list[Batch]]:
    """What the task is measured on, by name; the same batches at any time."""
    return {name: batches for name, batches in task.valid(np.random.default_rng(0)).items() if batches}
