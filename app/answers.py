"""Requests to answers: the model, its caches, and the bytes that are sent. Everything here runs in the model worker,
or in the command line's only thread."""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from model import block as by_hand
from model import importance, zoo
from model.beams import Kept, best
from model.entries import matrices
from model.inputs import LANGUAGES
from model.spelling import Spelling
from model.spelling import entry as spelt
from model.structure import structure
from model.tokenizer import Language
from model.trace import Trace
from model.transformer import Norms

from . import devices, figures, steps, wire
from .cache import Cache
from .gradients import Gradients
from .limits import Limits
from .memory import Memory
from .models import Load, Models
from .refusals import Refusal
from .schemas import (
    BeamsRequest,
    FigureRequest,
    GenerateRequest,
    GradientsRequest,
    ImportanceRequest,
    RunRequest,
    TraceRequest,
    WriteRequest,
)
from .settings import Settings
from .traces import Clock, Traces, refusal

log = logging.getLogger("headlight")


@dataclass(frozen=True)
class Answer:
    body: bytes
    media: str
    timing: str  # Server-Timing

    @cached_property  # a kept answer is sent many times
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


class Answers:
    def __init__(self, settings: Settings, load: Load | None = None):
        """load: what reads the models of the settings. Raises NoSuchDevice, NotHere."""
        self.settings = settings
        self.torch_device = devices.choose(settings.device)
        devices.exact()
        self.memory = Memory(self.torch_device)
        self.models = Models(
            settings.models, self.torch_device, settings.model_memory, load,
            dtype=settings.dtype, any_type=settings.any_model_type, memory=self.memory,
        )  # fmt: skip
        self.device = devices.describe(self.torch_device, settings.threads)
        self.answers: Cache[Answer] = Cache(settings.answer_cache)
        self.limits = Limits(settings, self.memory)
        self.traces = Traces(settings, self.limits)
        self.measured = Gradients(self.models.get, self.limits)

    def births(self, id: str) -> dict[str, Any]:
        """How a kind of head came up while this model was trained. Raises Refusal."""
        curve = self.models.get(id).births
        if curve is None:
            raise Refusal("not-found")
        return curve

    def vocabulary(self, id: str, spelling: Language = "en") -> Answer:
        """Every token that this model knows, by its id, and which of them are special. Raises Refusal."""
        tokenizer = self.models.get(id).tokenizer.spelt(spelling)
        special = [one for one in range(len(tokenizer)) if tokenizer.is_special(one)]
        return compact({"texts": pieces(tokenizer), "special": special}, "vocabulary")

    def structure(self, id: str) -> Answer:
        """The parts of this model, and which parameters are whose. Raises Refusal."""
        model = self.models.get(id)
        own = model.source == "shipped"
        told: Any = structure(model.transformer) if own else model.transformer.structure
        if told is None:
            raise Refusal("no-structure", field="model")
        return compact({"model": id, **told}, "structure")

    def block(self, request: TraceRequest, norm: Norms, residual: bool) -> Answer:
        """A run of the block computed by hand, built so, as JSON. Raises Refusal."""
        model, clock = by_hand.built(norm, residual), Clock()
        with clock.measure("forward"):
            try:
                trace = model.trace(request.text, mask=request.mask)
            except zoo.InputError as error:
                raise refusal(error) from None
        with clock.measure("encode"):
            asked = request.model_copy(update={"names": by_hand.shown(trace)})
            body = self.encode(model.reading(request.text), trace, asked, wire.JSON)
        return Answer(body, wire.JSON, clock.told())

    def weights(self, id: str) -> dict[str, Any]:
        """Every matrix of a model whose weights can be edited, as `x @ W` has it, and what its features stand for.
        Raises Refusal."""
        model = self.models.get(id)
        if model.features is None:
            raise Refusal("not-editable", field="model")
        rows = {name: matrix.tolist() for name, matrix in matrices(model.transformer).items()}
        words = {lang: pieces(model.tokenizer.spelt(lang)) for lang in LANGUAGES}
        return {"features": model.features, "words": words, "matrices": rows}

    def check_text(self, request: RunRequest | WriteRequest | GradientsRequest) -> None:
        """Refuse what is too long before anything reads it."""
        for field, text in (("text", request.text), ("target", request.target or "")):
            if len(text) > self.settings.max_characters:
                raise Refusal("text-too-long", limit=self.settings.max_characters, actual=len(text), field=field)

    def cached(self, request: TraceRequest, media: str) -> Answer | None:
        return self.answers.get((request.model_dump_json(), media))

    def trace(self, request: TraceRequest, media: str) -> Answer:
        """The bytes of a trace. Raises Refusal, before the model runs."""
        clock = Clock()
        model = self.models.get(request.model)
        trace = self.traces.prepared(model, request, clock)
        names = wire.chosen(trace, request.names)
        wire.check_heads(trace, request.heads)
        wire.rows_of(trace, request)
        number, limit = (None, self.settings.max_response)
        if media == wire.JSON:
            number, limit = wire.JSON_NUMBER, self.settings.max_json
        wire.check_size(trace, names, request, number, limit)
        trace = self.traces.run(model, trace, request, wire.needed(trace, names), clock)
        with clock.measure("encode"):
            body = self.encode(model.reading(request.text), trace, request, media)
        answer = Answer(body, media, clock.told())
        self.answers.put((request.model_dump_json(), media), answer, len(body))
        return answer

    def figure(self, request: FigureRequest, lang: str) -> str:
        """One head of a run as an HTML file that stands by itself. Raises Refusal."""
        model = self.models.get(request.model)
        trace = self.traces.prepared(model, request, Clock())
        if request.site not in [site.name for site in trace.sites]:
            raise Refusal("unknown-name", field="site")
        wire.check_heads(trace, [request.head, *request.beside])
        if trace.site(request.site).captures != "full" and request.view not in ("weights", "lines"):
            raise Refusal("unknown-name", field="view")
        n_query, n_key = trace.lengths(request.site)
        if request.query is not None and request.query >= n_query:
            raise Refusal("out-of-range", field="query")
        if (size := n_query * n_key * (1 + len(request.beside)) * wire.JSON_NUMBER) > self.settings.max_json:
            raise Refusal("figure-too-large", limit=self.settings.max_json, actual=size)
        of_site = {name for name in trace.shapes if name.startswith(f"{request.site}.")}
        return figures.standalone(self.traces.run(model, trace, request, of_site, Clock()), request, lang)

    def encode(self, model: zoo.Model, trace: Trace, request: TraceRequest, media: str) -> bytes:
        """Raises Refusal where a name or a head is asked for that is not there."""
        names = wire.chosen(trace, request.names)
        about = wire.metadata(trace, str(self.device))
        if request.predictions:
            about["predictions"] = model.predictions(trace)
        if "lens_ids" in names:
            about["lens_tokens"] = model.named(trace["lens_ids"].flatten().tolist())
        tensors = wire.arrays(trace, names, request)
        if media == wire.JSON:
            return wire.to_json(tensors, about, model.info()["kind"])
        return wire.to_safetensors(tensors, about)

    def generate(self, request: GenerateRequest) -> Iterator[dict[str, Any]]:
        """One token after another, as the API sends them. Raises Refusal."""
        asked = request.model_dump(exclude={"model"})
        try:
            model = self.models.get(request.model).reading(request.text)
            self.limits.check_writing(model, request)
            for step in model.generate(**asked):
                yield steps.token(model, step)
        except zoo.InputError as error:
            raise refusal(error) from None

    def beams(self, request: BeamsRequest) -> Iterator[dict[str, Any]]:
        """One step of the search after another, and the winner. Raises Refusal."""
        asked = request.model_dump(exclude={"model"})
        try:
            model, searched = self.models.get(request.model).reading(request.text), list[Kept]()
            self.limits.check_writing(model, request, request.width)
            for step in model.beams(**asked):
                searched.append(step)
                yield steps.beams(model, step)
        except zoo.InputError as error:
            raise refusal(error) from None
        yield steps.winner(model, best(searched))

    def importance(self, request: ImportanceRequest) -> Iterator[list[dict[str, Any]]]:
        """What is asked about, then of each head what becomes of it, as the API sends them. Raises Refusal."""
        model = self.models.get(request.model).reading(request.text)
        trace = self.traces.prepared(model, request, Clock())
        if model.transformer.captures == "pattern":  # no head can be edited
            raise Refusal("weights-only", field="model")
        self.limits.check_importance(model, trace, self.traces.keeps(model, trace, set()))
        trace = self.traces.run(model, trace, request, set(), Clock())
        try:
            token, before = importance.predicted(model, trace, request.position, request.token)
        except zoo.InputError as error:
            raise refusal(error) from None
        entry = spelt(model.tokenizer, token)
        yield [{"token": entry, "probability": math.exp(before), "heads": sum(site.n_heads for site in trace.sites)}]
        for effects in importance.effects(model, trace, request.position, token, request.by):
            yield [
                {
                    "site": effect.site, "head": effect.head, "probability": math.exp(effect.log_probability),
                    "difference": math.exp(effect.log_probability) - math.exp(before),
                    "log_difference": effect.log_probability - before, "top": model.listed([effect.likeliest])[0],
                }
                for effect in effects
            ]  # fmt: skip

    def gradients(self, request: GradientsRequest) -> Iterator[dict[str, Any]]:
        """How far the measuring is, and what came of it, as the API sends them. Raises Refusal."""
        try:
            yield from self.measured.lines(request)
        except zoo.InputError as error:
            raise refusal(error) from None


def pieces(tokenizer: Spelling) -> list[str]:
    """All of a vocabulary, by id."""
    return [tokenizer.piece(one) for one in range(len(tokenizer))]


def compact(told: Any, timing: str) -> Answer:
    return Answer(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), wire.JSON, timing)
