"""What a lesson's documents mark as right."""

from __future__ import annotations

from app.lessons import Library
from app.lessons.tree import Node
from model import zoo

LANGUAGES = ("en", "zh")


def article(slug: str, lang: str) -> Node:
    (lesson,) = [lesson for lesson in Library(zoo.load).lessons(lang) if lesson.slug == slug]
    return lesson.article


def questions(slug: str) -> set[str]:
    """The names of all questions of a lesson, which are the same in both languages."""
    names, other = (
        {node.attributes["name"] for node in article(slug, lang).all("predict-question")} for lang in LANGUAGES
    )
    assert names == other
    return names


def right(slug: str, name: str) -> set[int]:
    """Which options are marked, counted from 0: the same in both languages."""
    marked = []
    for lang in LANGUAGES:
        (node,) = [node for node in article(slug, lang).all("predict-question") if node.attributes["name"] == name]
        options = node.all("ol", "options")[0].elements
        marked.append({i for i, option in enumerate(options) if "data-right" in option.attributes})
    assert marked[0] == marked[1], f"{slug} marks {name} differently in the two languages"
    return marked[0]


def where(*holds: bool) -> set[int]:
    """The options that hold."""
    return {i for i, one in enumerate(holds) if one}
