"""The pages, in the visitor's language."""

from __future__ import annotations

import json
import logging
import mimetypes
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.datastructures import State
from starlette.responses import HTMLResponse

from model import zoo
from model.examples import EXAMPLES
from model.heads import KINDS

from . import statics
from .i18n import catalog, language, translate
from .lessons import Damaged, Lesson
from .paths import folder
from .refusals import Refusal

mimetypes.add_type("text/javascript", ".js")  # some systems say otherwise, and a browser then runs no module

VERSION = version("headlight")

router = APIRouter(include_in_schema=False)
templates = Environment(
    loader=FileSystemLoader(folder("templates")), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
log = logging.getLogger("headlight")
PATIENCE = 3  # deadlines that a lesson is waited for
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def importmap(version: str) -> dict[str, Any]:
    """What the page's modules call the libraries by, at the addresses of this version."""
    named = json.loads((folder("static") / "vendor" / "importmap.json").read_bytes())
    at = {name: path.replace("/static/", f"/static/{version}/", 1) for name, path in named["imports"].items()}
    return {"imports": at}


def context(request: Request) -> dict[str, Any]:
    """What every template is given."""
    lang, answers, version = language(request), request.app.state.answers, statics.version()
    return {
        "_": partial(translate, lang),
        "lang": lang,
        "catalog": catalog(),  # English -> Chinese, for the page's own words
        "importmap": importmap(version),
        "nonce": request.state.nonce,  # of this response's Content-Security-Policy
        "examples": [asdict(example) for example in EXAMPLES],
        "kinds": [
            {
                "name": name,
                "title": {"en": kind.title_en, "zh": kind.title_zh},
                "meaning": {"en": kind.en, "zh": kind.zh},
            }
            for name, kind in KINDS.items()
        ],
        "limits": {"characters": answers.settings.max_characters, "response": answers.settings.max_response},
        "device": asdict(answers.device),
        "version": VERSION,
        "static": lambda path: f"/static/{version}/{path}",
    }


@router.get("/")
async def workbench(request: Request) -> HTMLResponse:
    return page(request, "workbench.html")


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The API, from its own description; Swagger UI's files are ours, so that it works offline."""
    return page(request, "docs.html")


@router.get("/patterns")
async def patterns(request: Request) -> HTMLResponse:
    """Every view in its states, each at work on a fixed sentence."""
    return page(request, "patterns.html")


@router.get("/models/{id}")
async def card(request: Request, id: str) -> HTMLResponse:
    """What is known of a model: its data, figures, heads and weaknesses."""
    text = zoo.card(id, language(request))
    if text is None:
        raise Refusal("not-found")
    return page(request, "card.html", id=id, ids=zoo.cards(), runs=zoo.ids(), card=Markup(MARKDOWN.render(text)))


@router.get("/lessons")
async def lessons(request: Request) -> HTMLResponse:
    """What lessons there are. Who looks at the list opens one of them next: they are filled meanwhile."""
    state = request.app.state
    found = state.lessons.lessons(language(request))
    fill_ahead(state, found)
    return page(request, "lessons.html", lessons=[described(one) for one in found])


@router.get("/lessons/{slug}")
async def lesson(request: Request, slug: str) -> HTMLResponse:
    """A lesson with its numbers; one whose document is damaged says so."""
    state = request.app.state
    row = state.lessons.lessons(language(request))
    place = next((i for i, one in enumerate(row) if one.slug == slug), None)
    if place is None:
        raise Refusal("not-found")
    own, before, after = row[place], row[:place][-1:], row[place + 1 :][:1]
    around: dict[str, Any] = {"before": [described(one) for one in before], "after": [described(one) for one in after]}
    try:
        article = await filled(state, own)
    except Damaged:
        log.exception("the lesson %s cannot be shown", own.path.name)
        return page(request, "lesson.html", status=500, lesson=described(own), article=None, **around)
    return page(request, "lesson.html", lesson=described(own), article=Markup(article), **around)


async def filled(state: State, lesson: Lesson) -> str:
    """The lesson with its numbers; a busy server has more time for it than for a run. Raises Refusal, Damaged."""
    for left in reversed(range(PATIENCE)):
        try:
            return await state.runs.run(("lesson", lesson.path), partial(state.lessons.filled, lesson))
        except Refusal as refusal:
            if refusal.slug != "deadline" or not left:
                raise
    raise AssertionError("the last try returns or raises")


def fill_ahead(state: State, lessons: list[Lesson]) -> None:
    """One lesson after the other, each behind whatever waits by then."""

    def fill(lesson: Lesson, *others: Lesson) -> None:
        try:
            with suppress(Damaged):  # told to whoever opens it
                state.lessons.filled(lesson)
        finally:
            if others:
                state.runs.later(partial(fill, *others))

    if not all(map(state.lessons.has, lessons)):
        state.runs.later(partial(fill, *lessons))


def described(lesson: Lesson) -> dict[str, Any]:
    """What the list of lessons says of one; of one that is damaged, only that."""
    about = {"slug": lesson.slug, "number": lesson.number}
    try:
        known = {"title": lesson.title, "goal": lesson.goal, "minutes": lesson.minutes, "exercises": lesson.exercises}
        return {**about, **known, "damaged": False}
    except Damaged:
        return {**about, "title": lesson.slug, "goal": "", "minutes": None, "exercises": [], "damaged": True}


def page(request: Request, template: str, status: int = 200, **more: Any) -> HTMLResponse:
    html = templates.get_template(template).render(context(request), **more)
    return HTMLResponse(html, status, headers={"Vary": "Accept-Language"})
