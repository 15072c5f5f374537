"""The test of ten ideas, as its documents have it."""

from __future__ import annotations

from lessons.documents import lesson

from app.lessons.tree import Node


def items(lang: str) -> list[Node]:
    return [node for node in lesson("concept-test", lang).article if "data-of" in node.attributes]


def options(item: Node) -> list[Node]:
    return item.all("ol", "options")[0].elements
