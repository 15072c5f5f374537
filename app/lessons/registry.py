"""What the page's scripts know: the elements of a lesson and the views of a live figure.

The scripts' own tables are read, `static/js/lessons/elements.js` and `figures.js`, so that a new element or figure is
one line, there. An entry stands on a line of its own.
"""

from __future__ import annotations

import re

from ..paths import folder

ENTRY = re.compile(r'^  "?([a-z][a-z0-9_-]*)"?[:,]', re.MULTILINE)


def elements() -> set[str]:
    return entries("elements.js", "ELEMENTS")


def views() -> set[str]:
    return entries("figures.js", "FIGURES")


def entries(file: str, table: str) -> set[str]:
    source = (folder("static") / "js" / "lessons" / file).read_text("utf-8")
    begun = source.index(f"export const {table} = {{")
    return set(ENTRY.findall(source[begun : source.index("\n};", begun) + 1]))
