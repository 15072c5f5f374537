"""The pages, in the visitor's language."""

from __future__ import annotations

import json
import mimetypes
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from .i18n import catalog, language, translate
from .paths import folder

mimetypes.add_type("text/javascript", ".js")  # some systems say otherwise, and a browser then runs no module

VERSION = version("headlight")

router = APIRouter(include_in_schema=False)
templates = Environment(
    loader=FileSystemLoader(folder("templates")), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def static(path: str) -> str:
    """The address of a file in static/."""
    return f"/static/{path}"


def context(request: Request) -> dict[str, Any]:
    """What every template is given."""
    lang, answers = language(request), request.app.state.answers
    return {
        "_": partial(translate, lang),
        "lang": lang,
        "catalog": catalog(),  # English -> Chinese, for the page's own words
        "importmap": json.loads((folder("static") / "vendor" / "importmap.json").read_bytes()),
        "nonce": request.state.nonce,  # of this response's Content-Security-Policy
        "limits": {"characters": answers.settings.max_characters},
        "device": asdict(answers.device),
        "version": VERSION,
        "static": static,
    }


@router.get("/")
async def workbench(request: Request) -> HTMLResponse:
    return page(request, "workbench.html")


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The API, from its own description; Swagger UI's files are ours, so that it works offline."""
    return page(request, "docs.html")


def page(request: Request, template: str) -> HTMLResponse:
    return HTMLResponse(templates.get_template(template).render(context(request)), headers={"Vary": "Accept-Language"})
