"""What a lesson's document must have, and may not have. Numbers are checked as they are filled in."""

from __future__ import annotations

import re
from collections.abc import Callable

from model.glossary import GLOSSARY

from . import registry
from .damage import Damaged
from .tree import Node

SECTIONS = ["recall", "predict", "play", "numbers", "blanks", "because", "myth"]  # in this order
OPTIONAL = {"recall", "limits"}  # the first lesson has nothing to recall
TEST = "concept-test"  # the class of a document that is all questions
LEVELS = ["cell", "row", "table"]
MINUTES = range(1, 31)
HTML = {
    "article", "section", "h1", "h2", "h3", "h4", "p", "div", "span", "a", "ul", "ol", "li", "dl", "dt", "dd",
    "em", "strong", "b", "i", "u", "s", "small", "sub", "sup", "code", "kbd", "bdi", "br", "hr", "q", "blockquote",
    "cite", "figure", "figcaption", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "details",
    "summary", "abbr", "mark", "time", "var", "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msub", "msup",
    "msubsup", "mfrac", "msqrt", "mroot", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle",
    "mpadded", "mphantom",
}  # fmt: skip


def check(article: Node, test: bool = False) -> None:
    """Raises Damaged."""
    known = HTML | registry.elements()
    for node in [article, *article]:
        if node.tag not in known:
            raise Damaged(node.line, f"<{node.tag}> is no element of a lesson.")
        for name in node.attributes:
            if name == "style" or re.fullmatch("on[a-z]{3,}", name):
                raise Damaged(node.line, f'a lesson has no "{name}": its look is in the style sheet.')
    check_head(article)
    if not test:
        check_sections(article)
    names: dict[str, Node] = {}
    for node in article:
        if "name" in node.attributes:
            name = node.attributes["name"]
            if name in names:
                raise Damaged(node.line, f'"{name}" is the name of an element on line {names[name].line} already.')
            names[name] = node
        if node.tag in CHECKS:
            CHECKS[node.tag](node)
    check_rounds(article)


def check_head(article: Node) -> None:
    if "lesson" not in article.classes:
        raise Damaged(article.line, 'the <article> needs class="lesson".')
    minutes = article.attributes.get("data-minutes", "")
    if not re.fullmatch(r"\d{1,3}", minutes) or int(minutes) not in MINUTES:
        raise Damaged(article.line, f"data-minutes says how long it takes, {MINUTES[0]} to {MINUTES[-1]}.")
    for tag, count in (("h1", len(article.all("h1"))), ("p", len(article.all("p", "goal")))):
        if count != 1:
            what = "<h1>" if tag == "h1" else '<p class="goal">'
            raise Damaged(article.line, f"a lesson has one {what}; here are {count}.")


def check_sections(article: Node) -> None:
    found = [node for node in article.elements if node.tag == "section"]
    ids = [node.attributes.get("id", "") for node in found]
    for id in SECTIONS:
        if id not in ids and id not in OPTIONAL:
            raise Damaged(article.line, f'the section id="{id}" is missing.')
    if [id for id in ids if id in SECTIONS] != [id for id in SECTIONS if id in ids]:
        raise Damaged(article.line, f"the sections stand in this order: {', '.join(SECTIONS)}.")
    for node, id in zip(found, ids, strict=True):
        if id not in SECTIONS and id not in OPTIONAL:
            raise Damaged(node.line, f'a lesson has no section id="{id}".')
        if not node.all("h2"):
            raise Damaged(node.line, f'the section "{id}" has no <h2>.')


def needs(node: Node, *names: str) -> None:
    for name in names:
        if not node.attributes.get(name):
            raise Damaged(node.line, f"<{node.tag}> needs {name}=.")


def check_question(node: Node) -> None:
    needs(node, "name")
    options = [li for ol in node.all("ol", "options") for li in ol.elements if li.tag == "li"]
    if len(options) < 2:
        raise Damaged(node.line, 'a question needs an <ol class="options"> with two options or more.')
    if not any("data-right" in li.attributes for li in options):
        raise Damaged(node.line, "no option of this question is right: mark it with data-right.")
    check_answer(node)
    if misses := node.attributes.get("misses"):
        check_myth_name(node, misses)


def check_answer(node: Node) -> None:
    if not node.all("div", "answer"):
        raise Damaged(node.line, f'<{node.tag}> has no <div class="answer">.')


def check_rounds(article: Node) -> None:
    """A question of two rounds is asked again, after it was asked."""
    asked: dict[str, Node] = {}
    for node in article:
        if node.tag == "predict-question":
            asked[node.attributes["name"]] = node
        if node.tag == "predict-again":
            question = asked.pop(node.attributes.get("for", ""), None)
            if question is None or "once" in question.attributes:
                raise Damaged(node.line, "for= names no question of two rounds that stands before it.")
    for name, node in asked.items():
        if "once" not in node.attributes:
            raise Damaged(node.line, f'"{name}" is asked again nowhere: add <predict-again for="{name}">, or once.')


def check_blanks(node: Node) -> None:
    needs(node, "name", "of")
    if (blanks := node.attributes.get("blanks", "cell")) not in LEVELS:
        raise Damaged(node.line, f'blanks="{blanks}" is none of {", ".join(LEVELS)}.')
    try:
        within = float(node.attributes.get("within", "0.01"))
    except ValueError:
        within = -1
    if not 0 <= within < 1e6:
        raise Damaged(node.line, "within= is how far an answer may be off: a number, 0 or more.")


def check_card(node: Node) -> None:
    needs(node, "name")
    check_answer(node)


def check_myth(node: Node) -> None:
    check_myth_name(node, node.attributes.get("of", ""))
    if not node.all("p", "wrong"):
        raise Damaged(node.line, '<myth-card> has no <p class="wrong">.')


def check_myth_name(node: Node, name: str) -> None:
    if not re.fullmatch(r"M([1-9]|10|11)", name):
        raise Damaged(node.line, f'"{name}" is no misconception: they are M1 to M11.')


def check_figure(node: Node) -> None:
    needs(node, "view")
    if node.attributes["view"] not in registry.views():
        raise Damaged(node.line, f'there is no view "{node.attributes["view"]}".')
    if not node.text:
        raise Damaged(node.line, "a figure needs a sentence inside it, for who has no JavaScript.")


def check_name(node: Node) -> None:
    needs(node, "of")
    if node.attributes["of"].rpartition(".")[2] not in GLOSSARY:
        raise Damaged(node.line, f'"{node.attributes["of"]}" is not in the glossary.')


CHECKS: dict[str, Callable[[Node], None]] = {
    "predict-question": check_question, "fill-blanks": check_blanks, "because-card": check_card,
    "myth-card": check_myth, "live-figure": check_figure, "a-name": check_name,
}  # fmt: skip
