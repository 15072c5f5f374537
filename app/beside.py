"""An RNN, an LSTM and a Transformer side by side: how they learnt, what each makes of a text, what a word far back
does, and how long each takes over a text here and now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import numpy as np
import torch
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from torch import Tensor

from model import beside, far, race
from model.beside import Beside, Reading
from model.generate import likeliest
from model.input_error import InputError
from model.tokenizer import Token
from model.training.checkpoint import BadWeights

from . import devices
from .api import NDJSON, RunsOf, StrictRoute, streamed
from .refusals import Refusal
from .schemas import Position
from .schemas import Request as Body
from .settings import Settings
from .traces import refusal

LISTED = 5  # likeliest tokens told of each prediction

router = APIRouter(route_class=StrictRoute)


async def settings(request: Request) -> Settings:
    return request.app.state.answers.settings


SettingsOf = Annotated[Settings, Depends(settings)]


class BesideRequest(Body):
    text: str = Field(description="What the three models read.", examples=["The cat sat on the mat."])


class FarRequest(BesideRequest):
    distance: int = Field(
        1,
        ge=1,
        le=1_000_000,
        description="How far before the last token: what a swap there does is told in full.",
        examples=[3],
    )
    token: Position | None = Field(
        None, description="The id of the token that is put in; left out, four that are drawn with a fixed seed."
    )


class RaceRequest(Body):
    tokens: int = Field(64, ge=2, le=128, description="The length of the texts, in tokens.", examples=[16])
    rows: int = Field(1, ge=1, le=16, description="How many texts are read side by side.")
    repeats: int = Field(5, ge=1, le=9, description="Rounds that are timed.", examples=[1])


@router.get("/api/beside")
async def info(runs: RunsOf) -> dict[str, Any]:
    """The three models, and how the loss of each fell in training."""
    return await runs.run("beside", told)


@router.post("/api/beside")
async def reading(body: BesideRequest, runs: RunsOf, settings: SettingsOf) -> dict[str, Any]:
    """What each of the three makes of a text: its likeliest next tokens and its loss at every position, the state that
    a recurrent one hands on, and the attention weights of the Transformer."""
    check(body, settings)
    return await runs.run(("beside", body.model_dump_json()), partial(read, body))


@router.post("/api/beside/far")
async def distance(body: FarRequest, runs: RunsOf, settings: SettingsOf) -> dict[str, Any]:
    """How much the prediction after the last token changes when the token so far back is another one, by distance."""
    check(body, settings)
    return await runs.run(("far", body.model_dump_json()), partial(swap, body))


@router.post(
    "/api/beside/race",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {"schema": {"type": "string"}}}}},
)
async def laps(body: RaceRequest, request: Request, runs: RunsOf, settings: SettingsOf) -> Response:
    """How long each model takes over a text, all at once and token by token, measured now on the server's CPU. First a
    line `{"device", "threads", "tokens", "rows", "repeats"}`, then one a lap, `{"model", "way", "seconds"}`, and at
    last `{"ratios": [{"model", "way", "median", "ratio"}]}`: to the Transformer at once."""
    return await streamed(runs.each(partial(run, body)), request)


def check(body: BesideRequest, settings: Settings) -> None:
    """Refuse what is too long before anything reads it."""
    if len(body.text) > settings.max_characters:
        raise Refusal("text-too-long", field="text", limit=settings.max_characters, actual=len(body.text))


def loaded() -> Beside:
    """Raises Refusal."""
    try:
        return beside.load()
    except BadWeights:
        raise Refusal("model-unavailable") from None


def told() -> dict[str, Any]:
    three = loaded()
    try:
        curves = beside.curves()
    except BadWeights:
        raise Refusal("model-unavailable") from None
    models = [{**three.info(name), "cpu_ms": curves["cpu_ms"][name], "curve": curves[name]} for name in beside.NAMES]
    return {"models": models, "held_out_tokens": curves["held_out_tokens"], "longest": beside.N_READ}


def tokens_of(three: Beside, text: str) -> list[Token]:
    """Raises Refusal."""
    try:
        return three.tokens(text)
    except InputError as error:
        raise refusal(error) from None


def read(body: BesideRequest) -> dict[str, Any]:
    """Raises Refusal."""
    three = loaded()
    tokens = tokens_of(three, body.text)
    models = {name: shown(three, three.read(name, [token.id for token in tokens])) for name in beside.NAMES}
    return {"tokens": [asdict(token) for token in tokens], "models": models}


def shown(three: Beside, one: Reading) -> dict[str, Any]:
    """A reading as the API tells it."""
    handed = {name: rounded(tensor) for name, tensor in one.handed.items()}
    pattern = {} if one.pattern is None else {"pattern": rounded(one.pattern)}
    top = [listed(three, row) for row in one.logits.softmax(-1)]
    return {"losses": one.losses, "top": top, **handed, **pattern}


def listed(three: Beside, probabilities: Tensor) -> list[dict[str, Any]]:
    """The likeliest tokens of [n_vocab]."""
    return [
        {"id": id, "text": three.tokenizer.piece(id), "probability": p} for id, p in likeliest(probabilities, LISTED)
    ]


def rounded(tensor: Tensor) -> Any:
    """Nested lists, to five places."""
    return np.round(tensor.double().numpy(), 5).tolist()


def swap(body: FarRequest) -> dict[str, Any]:
    """Raises Refusal."""
    three = loaded()
    tokens = tokens_of(three, body.text)
    ids, farthest = [token.id for token in tokens], len(tokens) - 2
    if body.distance > farthest:
        raise Refusal("out-of-range", field="distance", limit=farthest)
    if body.token is not None and body.token >= len(three.tokenizer):
        raise Refusal("unknown-token", field="token", limit=len(three.tokenizer) - 1)
    put = far.others(three) if body.token is None else [body.token]
    models = {}
    for name, net in three.nets.items():
        rows = torch.cat([torch.tensor([ids]), far.swapped(ids, body.distance, put[:1])])
        before, now = far.after(net, rows).exp()
        curve = [{"mean": change.mean, **asdict(change)} for change in far.changes(net, ids, put)]
        models[name] = {"curve": curve, "before": listed(three, before), "after": listed(three, now)}
    replaced = [{"id": id, "text": three.tokenizer.piece(id)} for id in put]
    return {"tokens": [asdict(t) for t in tokens], "distance": body.distance, "put": replaced, "models": models}


def run(body: RaceRequest) -> Iterator[dict[str, Any]]:
    """Raises Refusal."""
    three = loaded()
    device = devices.describe("cpu")
    yield {"device": device.name, "threads": torch.get_num_threads(), **body.model_dump()}
    laps = []
    for lap in race.laps(three, body.tokens, body.rows, body.repeats):
        laps.append(lap)
        yield asdict(lap)
    medians = race.medians(laps)
    unit = medians["transformer", "at once"]
    yield {
        "ratios": [
            {"model": model, "way": way, "median": median, "ratio": median / unit}
            for (model, way), median in medians.items()
        ]
    }
