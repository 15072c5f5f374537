"""Puts numbers into a lesson's document, so that it can be read without a script.

What the page's scripts need besides stands in data-... attributes: the place of a number without words
(`data-index="0,2,:"`), and the axis that `argmax` names a place of (`data-axis="target"`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import partial

from torch import Tensor

from model import facts
from model.zoo import Model

from ..i18n import N_, translate
from . import worksheet
from .checks import LEVELS
from .damage import Damaged
from .numbers import Found, Unreadable, digits_for, find, measured, written
from .run import NAMES, Traces
from .tree import Node

FACT = "fact."
OWN = {"of", "digits", "as", "class", "lang", "id"}  # of a live value; what else it says goes to its fact
COLOURS = {"q": "of-query", "k": "of-key", "v": "of-value"}


class Filling:
    """One document, filled with the numbers of runs of these models. Raises Damaged."""

    def __init__(self, article: Node, lang: str, load: Callable[[str], Model]):
        self.article, self.lang, self.traces = deepcopy(article), lang, Traces(load)
        self.say = partial(translate, lang)

    def filled(self) -> Node:
        for node in [*self.article]:
            if node.tag in FILLS:
                try:
                    FILLS[node.tag](self, node)
                except Unreadable as reason:
                    raise Damaged(node.line, str(reason)) from None
        last = worksheet.answers(self.article, self.say)
        for node in self.article.all("div", "answer"):
            node.tag, node.children = "details", [summary(self.say(N_("Answer"))), *node.children]
        for node in self.article.all("myth-card"):
            node.children.insert(0, Node("p", {"class": "card-label"}, [self.say(N_("Often said, and not so"))]))
        self.article.children += [last]
        place = next(i for i, one in enumerate(self.article.children) if isinstance(one, Node) and one.tag == "h1")
        self.article.children.insert(place + 1, worksheet.name_line(self.say))
        return self.article

    def found(self, node: Node) -> Found:
        model, trace = self.traces.of(node, self.article)
        return find(model, trace, node.attributes["of"], node.attributes.get("at", ""))

    def value(self, node: Node) -> None:
        attributes = node.attributes
        if "of" not in attributes:
            raise Damaged(node.line, f"<{node.tag}> needs of=.")
        if attributes["of"].startswith(FACT):
            value = self.fact(node)
            if not isinstance(value, float | int | str):
                raise Damaged(node.line, f"{attributes['of']} is not one number.")
        else:
            found, measure = self.found(node), attributes.get("measure", "")
            value = measured(self.traces.of(node, self.article)[0], found, measure)
            attributes["data-index"] = found.address
            if measure == "argmax":
                attributes["data-axis"] = found.axes[0]
        node.children = [written(value, digits(node), attributes.get("as") == "percent")]

    def vector(self, node: Node) -> None:
        if node.attributes.get("of", "").startswith(FACT):
            rows, _, _ = self.rows(node)
            values = rows[0]
        else:
            found = self.found(node)
            if found.numbers.ndim != 1:
                raise Unreadable(f"a vector has one axis; here are left: {', '.join(found.axes) or 'none'}.")
            node.attributes["data-index"] = found.address
            values = found.numbers.tolist()
        places = digits(node)
        shown = (written(float(value), digits_for(values) if places is None else places) for value in values)
        node.children = [f"[{' '.join(shown)}]"]

    def fact(self, node: Node) -> facts.Value:
        name = node.attributes["of"].removeprefix(FACT)
        if name not in facts.FACTS:
            raise Damaged(node.line, f'there is no fact "{name}" in model/facts.')
        words = {key: value for key, value in node.attributes.items() if key not in OWN and not key.startswith("data-")}
        if node.tag == "fill-blanks":
            words = {key: value for key, value in words.items() if key not in TABLE}
        takes = inspect.signature(facts.FACTS[name]).parameters
        anything = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in takes.values())
        for key in NAMES:  # a run that the fact asks for and the element does not name is the article's
            said = self.article.attributes.get(f"data-{key}")
            if (key in takes or anything) and key not in words and said:
                words[key] = said
        try:
            return facts.value(name, **words)
        except (TypeError, ValueError, KeyError, LookupError) as error:
            raise Damaged(node.line, f"the fact {name} does not take these words: {error}.") from None

    def rows(self, node: Node) -> tuple[list[list[float]], list[str], list[str]]:
        """The numbers of a table, what stands before each row, and above each column."""
        of, at = node.attributes["of"], node.attributes.get("at", "")
        if of.startswith(FACT):
            value = self.fact(node)
            if isinstance(value, float | int | str) or not value:
                raise Damaged(node.line, f"{of} is no row of numbers.")
            rows = [list(map(float, row)) if isinstance(row, Sequence) else [float(row)] for row in value]
            if not isinstance(value[0], Sequence):
                rows = [[one for row in rows for one in row]]
            heads, columns = [""] * len(rows), [str(i) for i in range(len(rows[0]))]
        else:
            found = self.found(node)
            node.attributes["data-index"] = found.address
            if found.numbers.ndim not in (1, 2):
                raise Unreadable(f"a table has one axis or two; here are left: {', '.join(found.axes) or 'none'}.")
            rows = as_rows(found.numbers)
            heads, columns = ([""], *found.labels) if found.numbers.ndim == 1 else found.labels
            if found.numbers.ndim == 1:
                words = [part.strip() for part in at.split(",") if not part.strip().lstrip("-").isdigit()]
                heads = [" ".join([of.rpartition(".")[2], *(word for word in words if word not in ("", ":"))])]
        heads, columns = (
            [word.strip() for word in node.attributes[name].split(",")] if name in node.attributes else own
            for name, own in (("rows", heads), ("columns", columns))
        )
        if len(heads) != len(rows) or len(columns) != len(rows[0]):
            named, there = f"{len(heads)} × {len(columns)}", f"{len(rows)} × {len(rows[0])}"
            raise Unreadable(f"rows= and columns= name {named}; the table is {there}.")
        return rows, heads, columns

    def blanks(self, node: Node) -> None:
        rows, heads, columns = self.rows(node)
        places, begin = digits(node), node.attributes.setdefault("blanks", LEVELS[0])
        places = digits_for([value for row in rows for value in row]) if places is None else places
        shown = [[written(value, places) for value in row] for row in rows]
        blanks: list[list[Node]] = []
        for i, row in enumerate(rows):
            blanks.append([])
            for j, value in enumerate(row):
                own = level(rows, i, j)
                empty = LEVELS.index(own) <= LEVELS.index(begin)
                about = {"data-level": own, "data-value": repr(value), "data-shown": shown[i][j]}
                cell = Node("td", {"class": "blank", **about} if empty else about, ["" if empty else shown[i][j]])
                blanks[-1].append(cell)
        answers = [[Node("td", {}, [text]) for text in row] for row in shown]
        answer = [summary(self.say(N_("Answer"))), table(heads, columns, answers)]
        node.children += [table(heads, columns, blanks), Node("details", {"class": "answer"}, [*answer])]

    def name(self, node: Node) -> None:
        if colour := COLOURS.get(node.attributes["of"].rpartition(".")[2].removesuffix("_unrotated")):
            node.attributes["class"] = " ".join([*node.classes, colour])


TABLE = {"name", "blanks", "within", "rows", "columns"}  # of <fill-blanks>, not of its fact
FILLS: dict[str, Callable[[Filling, Node], None]] = {
    "live-value": Filling.value, "live-vector": Filling.vector, "fill-blanks": Filling.blanks, "a-name": Filling.name,
}  # fmt: skip


def digits(node: Node) -> int | None:
    word = node.attributes.get("digits")
    if word is not None and not (word.isdigit() and int(word) <= 12):
        raise Damaged(node.line, f'digits="{word}" is not 0 to 12.')
    return None if word is None else int(word)


def as_rows(numbers: Tensor) -> list[list[float]]:
    return [numbers.tolist()] if numbers.ndim == 1 else numbers.tolist()


def level(rows: list[list[float]], i: int, j: int) -> str:
    """From which level on a reader fills this cell in: first the largest number of the last row, then the row, then
    the table."""
    last = rows[-1]
    if i < len(rows) - 1:
        return "table"
    return "cell" if j == max(range(len(last)), key=lambda column: abs(last[column])) else "row"


def table(heads: list[str], columns: list[str], cells: list[list[Node]]) -> Node:
    named = any(heads)
    top = [*([Node("td")] if named else []), *(Node("th", {"scope": "col"}, [name]) for name in columns)]
    body = [
        Node("tr", {}, [*([Node("th", {"scope": "row"}, [head])] if named else []), *row])
        for head, row in zip(heads, cells, strict=True)
    ]
    parts: list[Node | str] = [Node("thead", {}, [Node("tr", {}, [*top])]), Node("tbody", {}, [*body])]
    return Node("table", {"class": "numbers"}, parts)


def summary(text: str) -> Node:
    return Node("summary", {}, [text])
