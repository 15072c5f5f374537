"""Two languages. English is the source and stands in the code; the Chinese is a gettext catalog.

A message has named placeholders, `"at most {limit} characters"`, filled after it is looked up.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from babel.messages.pofile import read_po
from starlette.requests import HTTPConnection

from .paths import LOCALE

LANGUAGES = ("en", "zh")
CHINESE = LOCALE / "zh_CN" / "LC_MESSAGES" / "messages.po"


def N_(message: str) -> str:
    """Marks a message to be translated later, where the visitor's language is known."""
    return message


@cache
def catalog() -> dict[str, str]:
    """Every message and its Chinese."""
    with CHINESE.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="zh_CN") if m.id and m.string and not m.fuzzy}


def translate(lang: str, message: str, **values: Any) -> str:
    """The message in this language; what has no translation stays English."""
    text = catalog().get(message, message) if lang == "zh" else message
    return text.format(**values)


def language(request: HTTPConnection) -> str:
    """What the visitor reads: `?lang=` says, else the first of Accept-Language that we have, else English."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else negotiate(request.headers.get("accept-language", ""))


def of_environment(environment: Mapping[str, str]) -> str:
    """What whoever types a command reads, by the variables that say so; the first that is set counts. HEADLIGHT_LANG is
    our own.

    >>> of_environment({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"})
    'zh'
    """
    for name in ("HEADLIGHT_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def negotiate(header: str) -> str:
    """
    >>> negotiate("fr, zh-TW;q=0.8, en;q=0.5")
    'zh'
    """
    ranked = []
    for place, part in enumerate(header[:1000].split(",")):
        tag, _, weight = part.partition(";")
        ranked.append((-_quality(weight), place, tag.strip().lower().partition("-")[0]))
    for refused, _, tag in sorted(ranked):
        if tag in LANGUAGES and refused < 0:
            return tag
    return "en"


def _quality(weight: str) -> float:
    try:
        return float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0
