"""A lesson's document as a tree of elements that know their line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from .damage import Damaged

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Node:
    """An element: its attributes (one without a value has ""), and what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)
    line: int = 0

    def __iter__(self) -> Iterator[Node]:
        """Every element in this one, in the order of the document."""
        for child in self.elements:
            yield child
            yield from child

    @property
    def elements(self) -> list[Node]:
        return [child for child in self.children if isinstance(child, Node)]

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        """The words, with single spaces."""
        words = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join("".join(words).split())

    def all(self, tag: str, of: str = "") -> list[Node]:
        """The elements in this one with this tag and, where it is given, this class."""
        return [node for node in self if node.tag == tag and (not of or of in node.classes)]

    def html(self) -> str:
        attributes = "".join(
            f" {name}" if value == "" else f' {name}="{escape(value)}"' for name, value in self.attributes.items()
        )
        inner = "".join(escape(one, quote=False) if isinstance(one, str) else one.html() for one in self.children)
        return f"<{self.tag}{attributes}>{inner}" + ("" if self.tag in VOID else f"</{self.tag}>")


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, line=self.getpos()[0])
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        line, node = self.getpos()[0], self.open[-1]
        if node.tag != tag:
            inside = f"<{node.tag}> of line {node.line} is still open" if node.tag else "nothing is open"
            raise Damaged(line, f"</{tag}> ends here, but {inside}.")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_decl(self, decl: str) -> None:
        raise Damaged(self.getpos()[0], "a lesson is one <article>, without a declaration.")


def parse(source: str) -> Node:
    """The document's <article>. Raises Damaged."""
    reader = Reader()
    reader.feed(source)
    reader.close()
    if len(reader.open) > 1:
        raise Damaged(reader.open[-1].line, f"<{reader.open[-1].tag}> is never ended.")
    elements = reader.root.elements
    if [node.tag for node in elements] != ["article"] or any(
        isinstance(one, str) and one.strip() for one in reader.root.children
    ):
        raise Damaged(1, "a lesson is one <article> and nothing beside it.")
    return elements[0]
