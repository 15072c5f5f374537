"""The HTTP API: models, traces, generation, glossary, and whether the server is well."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from fastapi.routing import APIRoute

from model import zoo
from model.glossary import GLOSSARY
from model.transformer import Norms

from .answers import Answer, Answers
from .i18n import language
from .refusals import Refusal
from .runs import Runs
from .schemas import (
    BeamsRequest,
    FigureRequest,
    GenerateRequest,
    GradientsRequest,
    ImportanceRequest,
    TraceRequest,
    parse,
)
from .wire import JSON, SAFETENSORS

NDJSON = "application/x-ndjson"

T = TypeVar("T")


class StrictRequest(Request):
    async def json(self) -> Any:
        return parse(await self.body())


class StrictRoute(APIRoute):
    """A route whose body is JSON, says so, and is read by our own rules."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if self.body_field and media != JSON:
                raise Refusal("unsupported-type")
            return await handle(StrictRequest(request.scope, request.receive))

        return strict


async def answers(request: Request) -> Answers:
    return request.app.state.answers


async def runs(request: Request) -> Runs:
    return request.app.state.runs


AnswersOf = Annotated[Answers, Depends(answers)]
RunsOf = Annotated[Runs, Depends(runs)]

router = APIRouter(route_class=StrictRoute)


@router.get("/api/models")
async def models(request: Request, answers: AnswersOf, runs: RunsOf) -> list[dict[str, Any]]:
    """The models there are. Straight after a start this waits until the shipped ones are loaded; of the others each
    says its `state`: "waiting", "loading", "ready", "unloaded" or "failed"."""
    if not answers.models.ready:
        await runs.run("models", lambda: None)  # behind the loading
    return answers.models.listed(language(request))


@router.get("/api/models/{id}/births")
async def births(id: str, answers: AnswersOf, runs: RunsOf) -> dict[str, Any]:
    """How a kind of head came up in training: its score in every head at many steps, and the steps whose weights are
    kept, to be asked for as `checkpoint`. Only of a model that lists checkpoints."""
    return await runs.run(("births", id), partial(answers.births, id))


@router.get("/api/models/{id}/vocabulary", response_class=Response, responses={200: {"content": {JSON: {}}}})
async def vocabulary(
    id: str, request: Request, answers: AnswersOf, runs: RunsOf, spelling: Literal["en", "zh"] = "en"
) -> Response:
    """Every token that the model knows: `texts` by id, as they stand in the vocabulary, and `special`, the ids of those
    that stand for no text. `spelling` is for a model that has its words in either language."""
    answer = await runs.run(("vocabulary", id, spelling), partial(answers.vocabulary, id, spelling))
    return sent(answer, request, answer.timing)


@router.get("/api/models/{id}/structure", response_class=Response, responses={200: {"content": {JSON: {}}}})
async def structure(id: str, request: Request, answers: AnswersOf, runs: RunsOf) -> Response:
    """What the model is made of: `parts` in the order in which they run, with the tensors that each reads and makes,
    and every parameter with its shape, its count and the part that it belongs to."""
    answer = await runs.run(("structure", id), partial(answers.structure, id))
    return sent(answer, request, answer.timing)


@router.get("/api/models/{id}/weights")
async def weights(id: str, answers: AnswersOf, runs: RunsOf) -> dict[str, Any]:
    """Of a model that says it is `editable`: `matrices`, each by its name and as rows, as an edit counts them,
    `features`, what the features of its stream stand for, and `words`, those of its vocabulary."""
    return await runs.run(("weights", id), partial(answers.weights, id))


@router.get("/api/block", response_class=Response, responses={200: {"content": {JSON: {}}}})
async def block(
    request: Request,
    answers: AnswersOf,
    runs: RunsOf,
    text: Annotated[str, Query(max_length=1_000, examples=["我爱吃鱼"])],
    norm: Norms = "pre-mlp",
    residual: bool = True,
    mask: Literal["causal", "bidirectional"] = "causal",
) -> Response:
    """The block that can be computed by hand, with the same matrices and built otherwise: its norms elsewhere, or
    without a residual. A trace as JSON, of what stands on the residual stream and what is added to it."""
    asked = TraceRequest(model="hand", text=text, mask=mask)
    key = ("block", asked.model_dump_json(), norm, residual)
    answer = await runs.run(key, partial(answers.block, asked, norm, residual))
    return sent(answer, request, answer.timing)


@router.post(
    "/api/trace",
    response_class=Response,
    responses={200: {"content": {SAFETENSORS: {"schema": {"type": "string", "format": "binary"}}, JSON: {}}}},
)
async def trace(body: TraceRequest, request: Request, answers: AnswersOf, runs: RunsOf) -> Response:
    """Run a model once and send every intermediate asked for, as safetensors, or as JSON where `Accept` says so."""
    answers.check_text(body)
    media = JSON if prefers_json(request) else SAFETENSORS
    answer = answers.cached(body, media)
    hit = answer is not None
    if answer is None:
        answer = await runs.run((body.model_dump_json(), media), partial(answers.trace, body, media))
    return sent(answer, request, "cache;desc=hit" if hit else answer.timing)


@router.post("/api/figure", response_class=HTMLResponse)
async def figure(body: FigureRequest, request: Request, answers: AnswersOf, runs: RunsOf) -> Response:
    """One head of a run as an HTML file that works by itself, without this server and without a network."""
    answers.check_text(body)
    lang = language(request)
    html = await runs.run(("figure", body.model_dump_json(), lang), partial(answers.figure, body, lang))
    name = f"headlight {body.site} {body.head} {body.view}.html"
    kept = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HTMLResponse(html, headers=kept)


def sent(answer: Answer, request: Request, timing: str) -> Response:
    """The answer, or 304 where the client has these very bytes."""
    headers = {"ETag": answer.etag, "Cache-Control": "private, no-cache", "Vary": "Accept", "Server-Timing": timing}
    had = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if answer.etag in had:
        return Response(status_code=304, headers=headers)
    return Response(answer.body, media_type=answer.media, headers=headers)


def prefers_json(request: Request) -> bool:
    accepted = [part.partition(";")[0].strip() for part in request.headers.get("accept", "").split(",")]
    return JSON in accepted and SAFETENSORS not in accepted


@router.post(
    "/api/generate",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {"schema": {"type": "string"}}}}},
)
async def generate(body: GenerateRequest, request: Request, answers: AnswersOf, runs: RunsOf) -> Response:
    """Write a text, one JSON line for each token as it comes: `{"id", "text", "probability", "after_temperature",
    "after_top_k", "after_top_p", "top", "kept"}`.

    What goes wrong after the first line is told as a last line, a problem document.
    """
    answers.check_text(body)
    return await streamed(runs.each(partial(answers.generate, body)), request)


@router.post(
    "/api/beams",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {"schema": {"type": "string"}}}}},
)
async def beams(body: BeamsRequest, request: Request, answers: AnswersOf, runs: RunsOf) -> Response:
    """Write a text by beam search, one JSON line for each step: `{"kept", "dropped"}`, and at last `{"winner"}`."""
    answers.check_text(body)
    return await streamed(runs.each(partial(answers.beams, body)), request)


async def streamed(steps: AsyncGenerator[dict[str, Any]], request: Request) -> Response:
    """A line for each step, as it comes."""
    first = await anext(steps, None)  # a refusal of the request is still a status of its own
    return StreamingResponse(lines(first, steps, request), media_type=NDJSON, headers={"Cache-Control": "no-store"})


@router.post(
    "/api/importance",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {"schema": {"type": "string"}}}}},
)
async def importance(body: ImportanceRequest, request: Request, answers: AnswersOf, runs: RunsOf) -> Response:
    """Which heads matter for a prediction: each head in turn is switched off, or set to its mean, and the probability
    of one token told again. First a line with the token and its probability in the run itself,
    `{"token", "probability", "heads"}`, then one for each head:
    `{"site", "head", "probability", "difference", "log_difference", "top"}`."""
    answers.check_text(body)
    return await streamed(one_by_one(runs.each(partial(answers.importance, body))), request)


@router.post(
    "/api/gradients",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {"schema": {"type": "string"}}}}},
)
async def gradients(body: GradientsRequest, request: Request, answers: AnswersOf, runs: RunsOf) -> Response:
    """How far gradients reach, by distance or by depth, and how saturated the softmax of attention is: of small
    networks before any training, or of trained models on a text. JSON lines: `{"done", "of"}` as the measuring goes on,
    and the results between them."""
    answers.check_text(body)
    return await streamed(runs.each(partial(answers.gradients, body)), request)


async def one_by_one(batches: AsyncGenerator[list[T]]) -> AsyncGenerator[T]:
    async with aclosing(batches):
        async for batch in batches:
            for one in batch:
                yield one


async def lines(
    first: dict[str, Any] | None, steps: AsyncGenerator[dict[str, Any]], request: Request
) -> AsyncIterator[str]:
    async with aclosing(steps):  # a client that leaves ends the writing
        if first is not None:
            yield line(first)
        try:
            async for step in steps:
                yield line(step)
        except Refusal as refusal:
            yield line(refusal.problem(language(request), request.state.id))
        except Exception:
            yield line(Refusal("internal").problem(language(request), request.state.id))
            raise  # for the log


def line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


@router.get("/api/glossary")
async def glossary() -> list[dict[str, Any]]:
    """Every name of a trace: what its axes run over, how it is made from the others, what it means."""
    return [
        {"name": name, "dims": entry.dims.split(), "formula": entry.formula, "en": entry.en, "zh": entry.zh,
         "derived": entry.derived}
        for name, entry in GLOSSARY.items()
    ]


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(answers: AnswersOf) -> Response:
    """503 until the shipped models are loaded and have run once, and where none that was trained could be."""
    models = answers.models
    if not models.ready:
        raise Refusal("starting", retry_after=2)
    if not models.infos.keys() & set(zoo.trained()):
        raise Refusal("model-unavailable")
    return JSONResponse({"status": "ready", "models": list(models.infos), "unavailable": models.unavailable})
