"""Headlight's web side: `create_app()` is the whole server as an ASGI application."""

from __future__ import annotations

import os

# Read once, when torch is loaded: idle threads of a run must sleep. Spinning, they keep the event loop from its core.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# What torch cannot compute on Apple's GPUs it shall compute on the processor, and not raise an error.
os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from model import zoo

from . import api, beside, pages
from .answers import Answers
from .envelope import Envelope
from .gate import Gate
from .lessons import Library
from .models import Load
from .paths import folder
from .refusals import refuse
from .runs import Runs
from .settings import Settings
from .statics import Statics

__all__ = ["Settings", "create_app"]


def create_app(settings: Settings | None = None, load: Load | None = None) -> FastAPI:
    """The application; settings come from the environment where none are given. load: what reads the models that they
    name. Raises devices.NoSuchDevice, NotHere."""
    settings = settings or Settings()
    app = FastAPI(title="Headlight", version=pages.VERSION, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.answers = answers = Answers(settings, load)
    app.state.runs = Runs(settings.threads, settings.max_queue, settings.deadline, answers.memory.run)
    app.state.lessons = Library(lambda id: zoo.shipped(id, answers.torch_device))  # named, it would be read once more
    app.include_router(api.router)
    app.include_router(beside.router)
    app.include_router(pages.router)
    app.mount("/static", Statics(directory=folder("static")), "static")
    for error in (RequestValidationError, HTTPException):
        app.add_exception_handler(error, refuse)
    app.add_middleware(Gate, settings=settings)
    app.add_middleware(Envelope)  # added last, so outermost
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The server answers at once; the models are loaded meanwhile, the shipped ones first."""
    models, runs = app.state.answers.models, app.state.runs
    for id in zoo.ids():
        runs.later(partial(models.warm, id))
    runs.later(models.start)
    yield
    runs.close()
    models.close()
