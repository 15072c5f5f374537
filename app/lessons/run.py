"""Which run of a model an element of a lesson is about: said by the element, else by its article."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from model.trace import Trace
from model.training.checkpoint import BadWeights
from model.zoo import InputError, Model

from .damage import Damaged
from .tree import Node

NAMES = ("model", "text", "target", "mask", "edits")  # of the element, or data-... of the article


@dataclass(frozen=True)
class Run:
    model: str
    text: str
    target: str | None
    mask: str
    edits: str  # JSON, as the API takes them


class Traces:
    """The runs of one document, each made once."""

    def __init__(self, load: Callable[[str], Model]):
        self.load = load
        self.made: dict[Run, tuple[Model, Trace]] = {}

    def of(self, node: Node, article: Node) -> tuple[Model, Trace]:
        """Raises Damaged."""
        run = asked(node, article)
        if run not in self.made:
            self.made[run] = self.make(run, node.line)
        return self.made[run]

    def make(self, run: Run, line: int) -> tuple[Model, Trace]:
        try:
            model = self.load(run.model)
        except (KeyError, BadWeights):
            raise Damaged(line, f'the model "{run.model}" is not here.') from None
        try:
            return model, model.trace(run.text, run.target, mask=spec(run.mask), edits=json.loads(run.edits or "[]"))
        except InputError as error:
            raise Damaged(line, f'"{run.model}" does not read this: {error.code} ({error.field}).') from None
        except ValueError:
            raise Damaged(line, "edits= is not JSON, as the API takes them.") from None


def asked(node: Node, article: Node) -> Run:
    said = {name: node.attributes.get(name, article.attributes.get(f"data-{name}", "")) for name in NAMES}
    if not said["model"] or not said["text"]:
        raise Damaged(node.line, f"<{node.tag}> needs model= and text=, or the article data-model= and data-text=.")
    return Run(said["model"], said["text"], said["target"] or None, said["mask"] or "native", said["edits"])


def spec(word: str) -> Any:
    """`prefix:3` as the API has it, {"prefix": 3}; other words as they are."""
    name, colon, count = word.partition(":")
    return {name: int(count)} if colon else name
