"""What a run may take, weighed before it starts. Runs in the model worker.

Memory is counted from the shapes that the run will have: most runs, in a new process, took between 0.55 and 1.0 of
what was counted. On a graphics card what it has left bounds a run, too.

Time is counted from its operations, by the best rate of this model's earlier runs of a like size; before there are any,
by the rate of a product of two matrices here, which no run surpasses: what is refused then would surely have been too
slow. A short run tells nothing of a long one, nor does the time for which other work had the processor.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable, Collection
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from model import demand, importance, zoo
from model.trace import Trace
from model.writing import translation_steps

from .cards import card
from .memory import Memory
from .refusals import Refusal
from .schemas import RunRequest, WriteRequest
from .settings import Settings

LIKE = 4  # times as many operations as a run's, of which its rate still tells
SIDE = 1024  # of the matrices whose product is timed
BACKWARD = 3  # a pass forth and back costs as much as so many passes forth


class Limits:
    def __init__(self, settings: Settings, memory: Memory):
        self.most, self.seconds, self.memory, self.device = (
            settings.max_run_memory, settings.deadline, memory, memory.device,
        )  # fmt: skip
        # id of a model -> of its runs, how many operations they were and how many a second; none that another surpasses
        self.runs: dict[str, list[tuple[float, float]]] = {}

    def check(
        self, model: zoo.Model, trace: Trace, wanted: Collection[str], copies: int = 1, passes: float = 1
    ) -> None:
        """Of a prepared run. copies: of its inputs that are held at the same time; passes: that are made until it
        answers. Raises Refusal: `too-much-memory`, `too-long-to-run`."""
        unembedding: Callable[[Tensor], Tensor] | None = model.transformer.unembedding
        if unembedding is None and "logits" in trace.shapes:
            wanted = {*wanted, "logits"}  # they can be made of nothing that is kept
        self.fits(demand.bytes_of(trace, wanted, copies))
        self.in_time(model, demand.operations(trace, parameters(model)) * passes)

    def check_importance(self, model: zoo.Model, trace: Trace, kept: Collection[str]) -> None:
        """Of the batch of edited copies that goes through the model at a time, beside what is kept of the run. Raises
        Refusal."""
        n_heads = sum(site.n_heads for site in trace.sites)
        batch = max(1, min(n_heads, importance.TOKENS // max(map(len, trace.tokens.values()))))
        self.fits(demand.bytes_of_edited(trace, kept, batch if model.transformer.batched else 1))
        self.in_time(model, demand.operations(trace, parameters(model)) * batch)

    def check_writing(self, model: zoo.Model, request: WriteRequest, beams: int = 1) -> None:
        """Of one token more, of each beam, where all that stands before is read anew. Raises Refusal, InputError."""
        if model.kind == "encoder" or not model.transformer.predicts:
            return  # it is refused as unsuited
        asked = request.model_dump(include={"text", "target", "written", "mask", "edits", "checkpoint"})
        trace = model.prepare(**asked)
        self.check(model, trace, {"logits"}, beams if model.transformer.batched else 1, beams)

    def check_translation(self, model: zoo.Model, request: RunRequest) -> None:
        """Of the target that an encoder-decoder writes where it is given none. Raises Refusal, InputError."""
        if model.kind != "encoder-decoder":
            return
        if request.target is not None or request.written is not None:
            return
        begun = model.prepare(request.text, None, "native", [], None, written=[])
        steps, first = translation_steps(len(begun.tokens["source"])), demand.operations(begun, parameters(model))
        step = 2.0 * parameters(model) if model.transformer.reads_on else first  # of one token, or of all anew
        self.in_time(model, first + step * (steps - 1))

    def check_backward(self, model: zoo.Model, trace: Trace) -> None:
        """Of one that is gone through backwards too, for which everything is held."""
        self.fits(demand.bytes_of_backward(trace))
        self.in_time(model, demand.operations(trace, parameters(model)) * BACKWARD)

    def fits(self, size: int) -> None:
        if size > (room := self.memory.room(size, self.most)):
            raise Refusal("too-much-memory", limit=room, actual=size, field="text")

    def in_time(self, model: zoo.Model, operations: float) -> None:
        seconds = operations / self.rate(model, operations)
        if seconds > self.seconds:
            raise Refusal("too-long-to-run", limit=math.ceil(self.seconds), actual=math.ceil(seconds), field="text")

    def rate(self, model: zoo.Model, operations: float) -> float:
        """Operations a second, of a run of so many."""
        like = [rate for size, rate in self.runs.get(model.id, []) if size * LIKE >= operations]
        return max(like, default=0.0) or product_rate(self.device)

    def ran(self, model: zoo.Model, trace: Trace, seconds: float) -> None:
        """Learn from a run, which took so long by itself."""
        size = demand.operations(trace, parameters(model))
        found = [*self.runs.get(model.id, []), (size, size / max(seconds, 1e-6))]
        self.runs[model.id] = [
            (of, rate) for of, rate in {*found} if not any(of <= size and rate < best for size, best in found)
        ]


def parameters(model: zoo.Model) -> int:
    found = counted.get(model.transformer)
    if found is None:
        found = counted[model.transformer] = sum(parameter.numel() for parameter in model.transformer.parameters())
    return found


counted: WeakKeyDictionary[object, int] = WeakKeyDictionary()  # of a model's every run, gone with it


def spent(device: str) -> float:
    """Seconds until now: on a CPU, those that each thread of this process had it for; on a graphics card, when all that
    it was asked for is computed, for it answers before."""
    if device == "cpu":
        return time.process_time() / torch.get_num_threads()
    if (of := card(device)) is not None:
        of.finish(device)
    return time.perf_counter()


@functools.cache
def product_rate(device: str) -> float:
    """Operations a second of a product of matrices here, at the best of a few."""
    a = torch.ones(SIDE, SIDE, device=device)
    taken = []
    for _ in range(4):
        begun = spent(device)
        float((a @ a)[0, 0])
        taken.append(spent(device) - begun)
    return 2.0 * SIDE**3 / max(min(taken), 1e-6)
