"""Writing as the API tells it: a line for each token, or for each step of a beam search."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from model.beams import Beam, Kept
from model.generate import Candidate, Step
from model.spelling import entry
from model.zoo import Model


def token(model: Model, step: Step) -> dict[str, Any]:
    """The token that was written, the likeliest ones beside it, and what each cut kept."""
    return {
        **candidate(model, step),
        "top": [candidate(model, one) for one in step.top],
        "kept": {"top_k": asdict(step.top_k), "top_p": asdict(step.top_p)},
    }


def candidate(model: Model, one: Candidate) -> dict[str, Any]:
    return {
        **entry(model.tokenizer, one.id), "probability": one.probability,
        "after_temperature": one.after_temperature, "after_top_k": one.after_top_k, "after_top_p": one.after_top_p,
    }  # fmt: skip


def beams(model: Model, step: Kept) -> dict[str, Any]:
    return {
        "kept": [beam(model, one) for one in step.kept],
        "dropped": [beam(model, one) for one in step.dropped],
    }


def beam(model: Model, one: Beam) -> dict[str, Any]:
    """A beam by its last token; what stands before it is its parent's."""
    return {
        "parent": one.parent, **entry(model.tokenizer, one.ids[-1]),
        "log_probability": one.log_probability, "total": one.total, "score": one.score, "finished": one.finished,
    }  # fmt: skip


def winner(model: Model, one: Beam) -> dict[str, Any]:
    """The whole of a beam."""
    return {
        "winner": {
            "ids": one.ids, "text": model.tokenizer.decode(one.ids), "total": one.total, "score": one.score,
            "finished": one.finished,
        }
    }  # fmt: skip
