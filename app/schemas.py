"""The requests, as the API takes them. Strict: `true`, `"1"` and `1.0` are not whole numbers here, and an unknown
field is an error."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from model.entries import LARGEST

from .refusals import Refusal

Position = Annotated[int, Field(ge=0, le=1_000_000)]
Cell = Annotated[tuple[Position, Position, bool], Field(strict=False)]  # JSON has lists, not tuples
Rows = Annotated[tuple[Position, Position], Field(strict=False)]
Ids = Annotated[list[Position], Field(max_length=4_096)]  # what is longer than a model reads, the model refuses
Cells = Annotated[list[Cell], Field(max_length=1_024)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Site = Annotated[Name, Field(description="A site, as the trace names it.", examples=["decoder.blocks.0.attn"])]


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Prefix(Request):
    """Causal, with the first positions visible to every query."""

    prefix: Position


class Window(Request):
    """Of what the native mask allows, the keys at a distance under this."""

    window: Position


class Painted(Request):
    """The native mask with single cells [query, key, visible] switched on or off."""

    painted: Cells


class OfHeads(Request):
    head: Position | None = Field(None, description="Left out: every head of the site.")


class Zero(OfHeads):
    """Heads that add nothing."""

    zero: Site


class Mean(OfHeads):
    """Heads whose output is at every position its mean over the positions."""

    mean: Site


class Uniform(OfHeads):
    """Heads that look at all keys that the mask allows alike."""

    uniform: Site


class Diagonal(OfHeads):
    """Heads in which each query sees itself alone, where the mask allows it. Not in cross-attention."""

    diagonal: Site


class Paint(OfHeads):
    """Cells [query, key, visible] of a mask, of one attention or of one of its heads, painted on what it has."""

    paint: Site
    cells: Cells = Field(examples=[[[2, 0, False]]])


class Swap(Request):
    """Another token at this position of the inputs, not in place of a special token. No special token comes in but
    <mask>, into the source of an encoder."""

    swap: Position
    side: Literal["source", "target"]
    token: Position = Field(description="Its id in the vocabulary.")


class Weight(Request):
    """An entry of a matrix, of a model that says it is `editable`. As in `x @ W`, a row belongs to a feature that is
    read and a column to one that is made; of an embedding a row is a token's or a position's."""

    weight: Name = Field(description="A matrix, as /api/models/{id}/weights names it.")
    row: Position
    column: Position
    value: float = Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)


def kind_of(edit: Any) -> str | None:
    """Of an edit as it was sent, or as it was read."""
    fields = edit if isinstance(edit, dict) else getattr(type(edit), "model_fields", {})
    kinds = ("zero", "mean", "uniform", "diagonal", "paint", "swap", "weight")
    return next((kind for kind in kinds if kind in fields), None)


Edit = Annotated[
    Annotated[Zero, Tag("zero")]
    | Annotated[Mean, Tag("mean")]
    | Annotated[Uniform, Tag("uniform")]
    | Annotated[Diagonal, Tag("diagonal")]
    | Annotated[Paint, Tag("paint")]
    | Annotated[Swap, Tag("swap")]
    | Annotated[Weight, Tag("weight")],
    Discriminator(kind_of),
]
Mask = Literal["native", "bidirectional", "causal"] | Prefix | Window | Painted


class RunRequest(Request):
    """What one run of a model depends on."""

    model: str = Field(description="An id from /api/models.", examples=["decoder"])
    text: str = Field(
        description="What the model reads: an encoder and an encoder-decoder as source, a decoder as target.",
        examples=["The cat sat on the mat."],
    )
    target: str | None = Field(None, description="Encoder-decoder only; left out, the model writes it (greedy).")
    written: Ids | None = Field(
        None,
        description="Ids of tokens that stand last, exactly as a model wrote them, after the text's (decoder) or the "
        "target's (encoder-decoder); given, even empty, no target is written.",
    )
    mask: Mask = Field(
        "native", description="What queries may see, in the model's own inputs, special tokens included."
    )
    checkpoint: int | str | None = Field(None, description="A training checkpoint, where the model has them.")
    edits: list[Edit] = Field(
        [],
        max_length=64,
        description="Interventions, in order.",
        examples=[
            [{"mean": "decoder.blocks.0.attn", "head": 1}, {"paint": "decoder.blocks.1.attn", "cells": [[2, 0, False]]}]
        ],
    )


class TraceRequest(RunRequest):
    names: list[Name] | None = Field(
        None,
        max_length=64,
        description="Globs over the tensors' names; left out: everything stored. Derived names "
        "(scores, pattern, thumbnails, head_out_norm, head_out_share, head_scores, head_chance, next_probabilities, "
        "lens_ids, lens_probabilities) are sent only when a glob ends in them.",
        examples=[["*.attn.q", "*.attn.k", "*.log_denominator", "*.pattern"]],
    )
    heads: list[Position] | None = Field(
        None,
        min_length=1,
        max_length=256,
        description="These heads only; of keys and values, for each of them those that it reads.",
    )
    queries: Rows | None = Field(
        None,
        description="scores and pattern: the rows from the first of these queries to before the second.",
        examples=[[0, 1]],
    )
    dtype: Literal["float32", "float16"] = Field(
        "float32", description="float16 halves the bytes; a tensor it cannot hold without overflow stays float32."
    )
    predictions: bool = Field(
        True,
        description="false leaves the predictions of every position out; of a long text they are most of an answer.",
    )


class FigureRequest(RunRequest):
    site: Site
    head: Position
    view: Literal["weights", "scores", "lines", "qkv", "values"] = "weights"
    sink: Literal["shown", "hidden"] = Field("shown", description="weights, values: the first position, or without it.")
    measure: Literal["norms", "weights"] = Field(
        "norms", description="values: of all queries and keys, weight times norm of the value, or the weight alone."
    )
    query: Position | None = Field(None, description="values: whose keys are drawn one by one; left out, the last.")
    threshold: float = Field(0.01, ge=0, le=1, description="lines: the least weight that has one.")
    beside: list[Position] = Field([], max_length=256, description="lines: other heads, drawn with this one.")
    direction: Literal["columns", "rows"] = Field("columns", description="lines: from left to right, or downwards.")


class ImportanceRequest(RunRequest):
    """Each head of the model edited in turn, after `edits`."""

    position: Position = Field(description="Whose prediction is asked about.", examples=[3])
    token: Position | None = Field(None, description="The token whose probability is told; null: the likeliest there.")
    by: Literal["zero", "mean"] = Field("zero", description="What is done to each head.")


class FreshNetwork(Request):
    """A small network before any training."""

    architecture: Literal["rnn", "lstm", "transformer"]
    n_layers: int = Field(2, ge=1, le=24, description="Blocks, or cells one above the other.")
    norm: Literal["pre", "post", "none"] = Field("pre", description="This and the next two: of a Transformer.")
    residual: bool = True
    start: Literal["torch", "gpt-2"] = Field("torch", description="How its weights are drawn.")
    forget_bias: float = Field(0.0, ge=-8, le=8, description="Of an LSTM: added to the bias of its forget gates.")


class GradientsRequest(Request):
    """Fresh networks are measured on random inputs, or trained models on a text."""

    measure: Literal["distance", "depth", "saturation"]
    networks: list[FreshNetwork] = Field([], max_length=8, examples=[[{"architecture": "lstm", "forget_bias": 2}]])
    positions: int = Field(64, ge=2, le=256, description="How many vectors the fresh networks read.")
    d_model: Literal[16, 32, 64] = Field(32, description="Of the fresh networks.")
    seeds: int = Field(5, ge=1, le=20, description="How many times they are drawn.")
    dtype: Literal["float64", "float32"] = Field("float64", description="What the fresh networks compute in.")
    keys: int = Field(16, ge=2, le=64, description="saturation, without models: how many keys a query has.")
    models: list[Name] = Field([], max_length=4, description="Trained models, to be measured on the text.")
    text: str = ""
    target: str | None = Field(None, description="Encoder-decoder only; left out, the model writes it (greedy).")
    norm: Literal["pre", "post", "none"] | None = Field(
        None, description="Where the trained models' norms are put; null: where they are."
    )
    residual: bool = Field(True, description="false: the trained models without their residual connections.")


class WriteRequest(Request):
    """What a model goes on from."""

    model: str = Field(description="An id from /api/models: a decoder or an encoder-decoder.", examples=["decoder"])
    text: str = Field(description="What to continue, or to translate.", examples=["The cat sat on"])
    target: str | None = Field(None, description="Encoder-decoder only: the beginning of the translation.")
    written: Ids = Field(
        [], description="Ids of tokens that were written before, to go on from exactly these.", examples=[[4886, 5712]]
    )
    mask: Mask = Field(
        "native",
        description="What the decoder's self-attention may see, as in a trace. With one that lets a query see a token "
        "written after it everything is computed anew for each token, and takes that much longer.",
    )
    checkpoint: int | str | None = Field(None, description="A training checkpoint, where the model has them.")
    edits: list[Edit] = Field([], max_length=64, description="Interventions, as in a trace.")
    max_new_tokens: int = Field(32, ge=1, le=256)


class GenerateRequest(WriteRequest):
    temperature: Annotated[float, Field(ge=0, le=0)] | Annotated[float, Field(ge=0.01, le=10)] = Field(
        1.0, description="0 takes the likeliest token every time."
    )
    top_k: int | None = Field(None, ge=1, le=1_000_000, description="Sample among this many likeliest tokens.")
    top_p: float | None = Field(
        None, gt=0, le=1, description="Sample among the likeliest tokens of this total probability."
    )
    seed: int = Field(0, ge=0, le=2**32 - 1, description="The same seed writes the same text, in one request or more.")
    listed: int = Field(
        10, ge=1, le=200, description="How many of the likeliest tokens to tell with each.", examples=[50]
    )


class BeamsRequest(WriteRequest):
    width: int = Field(4, ge=1, le=8, description="How many beginnings are followed at once; 1 is greedy.")
    length_penalty: float = Field(
        0.0,
        ge=0,
        le=2,
        description="A beam is chosen by log-probability / length ** this: 0 the whole, 1 the mean.",
        examples=[1],
    )


def parse(body: bytes) -> Any:
    """The body as Python values. Only what JSON allows passes: no NaN, no infinity, no half characters."""
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_not_finite, parse_float=_finite)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Refusal("invalid-unicode") from None
    except (ValueError, RecursionError):  # a UnicodeDecodeError and a JSONDecodeError are ValueErrors
        raise Refusal("malformed-json") from None
    return value


def _finite(number: str) -> float:
    value = float(number)
    return value if math.isfinite(value) else _not_finite(number)


def _not_finite(_: str) -> NoReturn:
    raise Refusal("not-finite")
