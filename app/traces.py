"""Runs that are made, and kept so that another head, name or cell comes without one. Runs in the model worker."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from model import shapes, zoo
from model.trace import Trace
from model.training.checkpoint import BadWeights

from .cache import Cache
from .limits import Limits, spent
from .refusals import KINDS, Refusal
from .schemas import RunRequest
from .settings import MiB, Settings

log = logging.getLogger("headlight")
SMALL = 64 * MiB  # a run of no more is always kept whole


class Clock:
    """How long each stage took, for a Server-Timing header."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, float]] = []

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.stages.append((stage, time.perf_counter() - begun))

    def told(self) -> str:
        return ", ".join(f"{stage};dur={seconds * 1e3:.1f}" for stage, seconds in self.stages)


class Traces:
    def __init__(self, settings: Settings, limits: Limits):
        self.limits, self.most = limits, settings.trace_cache
        self.room = min(max(SMALL, self.most // 2), settings.max_run_memory // 2)  # bytes of one run that are kept
        self.kept: Cache[Trace] = Cache(self.most)
        limits.memory.kept.append(self.kept.clear)

    def prepared(self, model: zoo.Model, request: RunRequest, clock: Clock) -> Trace:
        """The run: as it is kept, or checked and not made yet. Raises Refusal."""
        if (trace := self.kept.get(key(request))) is not None:
            return trace
        asked = request.model_dump(include={"text", "target", "written", "mask", "edits", "checkpoint"})
        with clock.measure("tokenize"):  # an encoder-decoder without a target writes it here
            try:
                self.limits.check_translation(model, request)
                return model.prepare(**asked)
            except zoo.InputError as error:
                raise refusal(error) from None
            except BadWeights:  # of a checkpoint
                log.exception("a checkpoint of the model %s cannot be used", request.model)
                raise Refusal("model-unavailable") from None

    def run(self, model: zoo.Model, trace: Trace, request: RunRequest, asked: set[str], clock: Clock) -> Trace:
        """The prepared run with these tensors at least, made where they are not there. Raises Refusal."""
        if trace.made:
            if asked <= trace.tensors.keys():
                return trace
            there = asked | trace.tensors.keys()
            asked, trace = there if shapes.nbytes(trace.shapes, there) <= self.most else asked, trace.anew()
        wanted = self.keeps(model, trace, asked)
        self.limits.check(model, trace, wanted)
        begun = spent(self.limits.device)
        with clock.measure("forward"):
            model.run(trace, wanted if len(wanted) < len(trace.shapes) else None)
            seconds = spent(self.limits.device) - begun
        self.limits.ran(model, trace, seconds)
        self.kept.put(key(request), trace, trace.nbytes)
        return trace

    def keeps(self, model: zoo.Model, trace: Trace, asked: set[str]) -> set[str]:
        """What would be kept of a run of which these tensors are asked for."""
        return shapes.kept(trace.shapes, asked, self.room - final_bytes(model, trace))


def final_bytes(model: zoo.Model, trace: Trace) -> int:
    """Of what logits are made of, which every run holds."""
    return shapes.WIDTH * model.transformer.config.d_model * sum(map(len, trace.tokens.values()))


def key(request: RunRequest) -> str:
    return request.model_dump_json(include=set(RunRequest.model_fields))


def refusal(error: zoo.InputError) -> Refusal:
    """What the model refuses, as the server says it."""
    assert error.code in KINDS, error.code
    return Refusal(error.code, limit=error.limit, actual=error.actual, field=error.field, words=error.words)
