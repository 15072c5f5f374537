"""The lessons' documents as the tests read them."""

from __future__ import annotations

import functools
from pathlib import Path

from app.lessons import Lesson, Library
from model import zoo

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "lessons"
LETTERS = "abcdefgh"


@functools.cache
def library() -> Library:
    return Library(zoo.shipped)


def lessons() -> list[Lesson]:
    return [one for lang in ("en", "zh") for one in library().lessons(lang)]


def lesson(slug: str, lang: str) -> Lesson:
    return next(one for one in library().lessons(lang) if one.slug == slug)


def right(slug: str, lang: str) -> dict[str, str]:
    """question -> the letters of its right options, as the document marks them"""
    found = {}
    for question in lesson(slug, lang).article.all("predict-question"):
        options = [li for ol in question.all("ol", "options") for li in ol.elements]
        marked = [letter for letter, li in zip(LETTERS, options, strict=False) if "data-right" in li.attributes]
        found[question.attributes["name"]] = "".join(marked)
    return found
