"""What a lesson is on paper besides its text: a line for the name, and the answers on a page of their own."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from ..i18n import N_
from .tree import Node

LETTERS = "abcdefgh"
FAMILIES = {
    "encoder-only": N_("encoder-only"), "decoder-only": N_("decoder-only"), "encoder-decoder": N_("encoder-decoder"),
}  # fmt: skip
PLAIN = {"live-value": "span", "live-vector": "span", "a-name": "span"}  # on paper nothing is live

Say = Callable[[str], str]


def name_line(say: Say) -> Node:
    return Node("p", {"class": "on-paper name-line"}, [paper("span", say(N_("Name"))), paper("span", say(N_("Date")))])


def answers(article: Node, say: Say) -> Node:
    """Of a filled document, before its answers are folded away."""
    made: list[Node | str] = [paper("h2", say(N_("Answers")))]
    for node in article:
        if node.tag == "predict-question" or "data-of" in node.attributes:  # or an item of the test
            made.append(paper("h3", " ".join(one.text for one in node.elements if one.tag == "p")))
            options = [li for ol in node.all("ol", "options") for li in ol.elements]
            for letter, option in zip(LETTERS, options, strict=False):
                if "data-right" in option.attributes:
                    made.append(Node("p", {"class": "right"}, [f"{letter}) ", *still(option.children)]))
            made += of_answer(node)
        if node.tag == "because-card":
            made += [paper("h3", node.elements[0].text), *of_answer(node)]
        if node.tag == "fill-blanks":
            made += [paper("h3", " ".join(one.text for one in node.elements if one.tag == "p"))]
            made += still(node.all("details")[0].all("table"))
        if node.tag == "sort-jobs":
            made += [paper("p", sorted_job(job, say)) for job in node.all("li")]
    return Node("section", {"class": "on-paper worksheet-answers"}, made)


def sorted_job(job: Node, say: Say) -> str:
    """The families that one job is for, and why."""
    what, why = job.all("p")
    families = say(N_(", ")).join(say(FAMILIES[name]) for name in job.attributes["data-right"].split())
    return f"{what.text}: {families}. {why.text}" if families.isascii() else f"{what.text}：{families}。{why.text}"


def of_answer(node: Node) -> list[Node | str]:
    return still(node.all("div", "answer")[0].children)


def still(nodes: list[Node | str] | list[Node]) -> list[Node | str]:
    copied = [deepcopy(one) for one in nodes]
    for one in copied:
        if isinstance(one, Node):
            for node in [one, *one]:
                node.tag = PLAIN.get(node.tag, node.tag)
    return copied


def paper(tag: str, text: str) -> Node:
    return Node(tag, {}, [text])
