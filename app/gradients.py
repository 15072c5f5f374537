"""Gradients and saturation as the API sends them: how far the measuring is, and what came of it. Runs in the model
worker."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import torch

from model import gradients, reached, saturation, zoo
from model.fresh import Fresh
from model.training.checkpoint import BadWeights, Network

from .cache import Cache
from .limits import Limits
from .refusals import Refusal
from .schemas import GradientsRequest

Line = dict[str, Any]
KEPT = 8 * 1024 * 1024  # bytes of answers: a class asks for the same ones


class Gradients:
    def __init__(self, model: Callable[[str], zoo.Model], limits: Limits) -> None:
        self.model, self.limits = model, limits  # both raise Refusal
        self.answers: Cache[list[Line]] = Cache(KEPT)

    def lines(self, request: GradientsRequest) -> Iterator[Line]:
        """`{"done", "of"}` after each step, and the results where they are whole. Raises Refusal, zoo.InputError."""
        key = request.model_dump_json()
        if (had := self.answers.get(key)) is not None:
            yield from had
            return
        told: list[Line] = []
        for step in self.of_models(request) if request.models else self.of_fresh(request):
            told.append(finite(step))
            yield told[-1]
        self.answers.put(key, told, len(json.dumps(told)))

    def of_fresh(self, request: GradientsRequest) -> Iterator[Line]:
        if request.measure == "saturation":
            of = len(saturation.D_HEADS)
            for i, one in enumerate(saturation.random(n_keys=request.keys)):
                yield {"done": i + 1, "of": of}
                yield asdict(one)
            return
        if not request.networks:
            raise Refusal("missing-field", field="networks")
        if request.measure == "depth" and any(one.architecture != "transformer" for one in request.networks):
            raise Refusal("invalid-field", field="networks")
        networks = [Fresh(d_model=request.d_model, **one.model_dump()) for one in request.networks]
        by = gradients.by_depth if request.measure == "depth" else gradients.by_distance
        for step in by(networks, request.positions, request.seeds, getattr(torch, request.dtype)):
            yield asdict(step)

    def of_models(self, request: GradientsRequest) -> Iterator[Line]:
        """Of each trained model in turn."""
        if not set(request.models) <= {*zoo.ids(), *zoo.others()}:
            raise Refusal("unknown-model", field="models")
        if request.measure != "distance" and set(request.models) & set(zoo.others()):
            raise Refusal("unsuited-model", field="models")
        for i, id in enumerate(request.models):
            yield from (self.heads(request, id) if request.measure == "saturation" else [self.reached(request, id)])
            yield {"done": i + 1, "of": len(request.models)}

    def checked(self, request: GradientsRequest, id: str) -> zoo.Model:
        """The model, where it may go through this text forth and back."""
        model = self.model(id)
        self.limits.check_backward(model, model.prepare(request.text, self.target(request, model), "native", [], None))
        return model

    def heads(self, request: GradientsRequest, id: str) -> Iterator[Line]:
        model = self.checked(request, id)
        for heads in saturation.of_heads(model.trace(request.text, self.target(request, model))):
            yield {"model": id, "heads": [asdict(head) for head in heads]}

    def reached(self, request: GradientsRequest, id: str) -> Line:
        if id in zoo.others():
            model, network = self.checked(request, "decoder"), other(id)
            tokens = model.tokens(request.text)
            return {"model": id, "trained": True, **asdict(reached.by_distance(network, tokens, model.tokenizer.piece))}
        model = self.checked(request, id)
        tokens = model.tokens(request.text, self.target(request, model))
        transformer = reached.altered(model.transformer, request.norm, request.residual)
        last = -2 if model.kind == "encoder" else -1  # the last word, not the <sep> after it
        by = reached.by_depth if request.measure == "depth" else reached.by_distance
        found = by(transformer, tokens, model.tokenizer.piece, last)
        return {"model": id, "trained": transformer is model.transformer, **asdict(found)}

    def target(self, request: GradientsRequest, model: zoo.Model) -> str | None:
        return request.target if model.kind == "encoder-decoder" else None


def finite(value: Any) -> Any:
    """The same, with None for what is no number: a share of nothing."""
    if isinstance(value, dict):
        return {name: finite(one) for name, one in value.items()}
    if isinstance(value, list):
        return [finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def other(id: str) -> Network:
    """Raises Refusal."""
    try:
        return zoo.load_other(id)
    except BadWeights:
        raise Refusal("model-unavailable") from None
