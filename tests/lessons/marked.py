"""Which options of a question are marked as right, against what a test works out."""

from __future__ import annotations

from lessons.documents import LETTERS, right

LANGUAGES = ("en", "zh")


def questions(slug: str) -> set[str]:
    """The names of all questions of a lesson."""
    return set(marks(slug))


def marked(slug: str, name: str) -> str:
    """The letters of a question's right options."""
    return marks(slug)[name]


def marks(slug: str) -> dict[str, str]:
    """Alike in both languages."""
    en, zh = (right(slug, lang) for lang in LANGUAGES)
    assert en == zh
    return en


def where(*holds: bool) -> str:
    """The letters of the options that hold."""
    return "".join(letter for letter, one in zip(LETTERS, holds, strict=False) if one)
