"""Every lesson there is: whole, alike in both languages, readable without a script, its numbers the models' own."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from html import unescape
from pathlib import Path

import numpy as np
import pytest
import torch
from lessons.documents import FOLDER, lessons, library

from app.lessons.tree import Node, parse
from model import facts, zoo
from model.glossary import dims

LESSONS = lessons()
SLUGS = sorted({one.slug for one in LESSONS})
# what differs with the language
WORDS = {
    "text",
    "caption",
    "label",
    "rows",
    "columns",
    "title",
    "alt",
    "aria-label",
    "lang",
    "data-text",
    "data-target",
    "href",
}
INLINE = {"em", "strong", "b", "i", "bdi", "span"}  # how a word is stressed is each language's own
PLACES = {"at", "query", "key"}  # name tokens
NAMED = re.compile(r"[^\d\s,:.-][^,]*")
MINUS = str.maketrans({"−": "-", ",": None, "\N{NO-BREAK SPACE}": None, "%": None})


def one_of(lesson) -> str:
    return lesson.path.name


@pytest.mark.parametrize("lesson", LESSONS, ids=one_of)
def test_a_document_is_whole_and_its_numbers_are_there(lesson):
    html = library().filled(lesson)
    for tag in ("live-value", "live-vector"):
        assert not re.search(rf"<{tag}[^>]*></{tag}>", html)
    assert lesson.title and lesson.goal and 1 <= lesson.minutes <= 15


@pytest.mark.parametrize("slug", SLUGS)
def test_a_lesson_is_there_in_both_languages(slug):
    assert {one.lang for one in LESSONS if one.slug == slug} == {"en", "zh"}


def skeleton(node: Node) -> list:
    """Elements, classes, names and attributes, without words; a place that is a token's text counts as a token. Within
    a paragraph the order is the language's own."""
    own = {}
    for name, value in node.attributes.items():
        if name in WORDS:
            own[name] = "words"
        else:
            own[name] = NAMED.sub("token", value) if name in PLACES else value
    inner = [skeleton(one) for one in plain(node)]
    return [node.tag, own, sorted(inner, key=repr) if node.tag in ("p", "li", "td", "dd") else inner]


def plain(node: Node) -> list[Node]:
    """The elements in this one; what is only stressed counts as what is in it."""
    return [one for child in node.elements for one in (plain(child) if child.tag in INLINE else [child])]


@pytest.mark.parametrize("slug", SLUGS)
def test_both_languages_have_the_same_skeleton(slug):
    both = [skeleton(one.article) for one in LESSONS if one.slug == slug]
    assert both[0] == both[1]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.html")), ids=lambda path: path.name)
def test_a_document_has_no_script_no_style_and_no_template(path: Path):
    source = path.read_text("utf-8")
    assert not re.search(r"<script|<style|<link|style=|javascript:|\{\{|\{%|https?://", source, re.IGNORECASE)


@pytest.mark.parametrize("lesson", LESSONS, ids=one_of)
def test_it_is_about_as_long_as_it_says(lesson):
    """Read at an ordinary pace, with time to play."""
    if lesson.slug == "concept-test":
        return
    text = lesson.article.text
    words = len(re.findall(r"[\u4e00-\u9fff]", text)) if lesson.lang == "zh" else len(re.findall(r"[A-Za-z]+", text))
    assert words < (2000 if lesson.lang == "zh" else 1300)


@pytest.mark.parametrize("lesson", LESSONS, ids=one_of)
def test_without_a_script_everything_can_be_read(lesson):
    page = parse(library().filled(lesson))
    for question in page.all("predict-question"):
        assert question.all("ol", "options") and question.all("details", "answer")
    for blanks in page.all("fill-blanks"):
        empty, full = blanks.all("table")
        assert [cell for cell in empty.all("td", "blank") if not cell.text]
        assert all(
            cell.text for cell in full.all("td") if not cell.attributes.get("class") and cell is not full.all("td")[0]
        )
    for figure in page.all("live-figure"):
        assert len(figure.text) > 10
    (answers,) = page.all("section", "worksheet-answers")
    for jobs in page.all("sort-jobs"):
        assert all(one.all("p")[0].text in answers.text for one in jobs.all("li"))


@pytest.mark.parametrize("lesson", LESSONS, ids=one_of)
def test_every_live_number_is_the_models(lesson):
    """Worked out again with numpy, the attention by a softmax over q · k, and compared as it is printed."""
    article = parse(library().filled(lesson))
    for node in article:
        if node.tag not in ("live-value", "live-vector") or node.attributes["of"].startswith("fact."):
            continue
        own = {name: node.attributes.get(name, article.attributes.get(f"data-{name}")) for name in RUN}
        values, axes, tokens = numbers(own, node.attributes["of"], node.attributes["data-index"])
        printed = unescape(node.text)
        if node.tag == "live-vector":
            assert printed[0] + printed[-1] == "[]"
            for word, value in zip(printed[1:-1].split(), values, strict=True):
                near(word, value, own)
        elif node.attributes.get("measure") == "argmax" and axes[-1] in tokens:
            assert printed == tokens[axes[-1]][int(values.argmax())]
        elif node.attributes.get("measure") == "argmax":
            assert values.max() - values[name_index(own, axes[-1], printed)] < 1e-6
        else:
            value = again(values.ravel(), node.attributes.get("measure"))
            near(printed, 100 * value if node.attributes.get("as") == "percent" else value, own)


RUN = ("model", "text", "target", "mask", "edits")


def near(printed: str, value: float, own: dict) -> None:
    """Equal to as many decimals as are printed."""
    word = printed.translate(MINUS)
    decimals = len(word.partition(".")[2])
    assert abs(float(word) - value) <= 0.5 * 10**-decimals + 2e-6, (printed, value, own)


def name_index(own: dict, axis: str, printed: str) -> int:
    tokenizer = zoo.load(own["model"]).tokenizer
    return (
        next(i for i in range(len(tokenizer)) if tokenizer.piece(i).strip() == printed)
        if axis == "n_vocab"
        else int(printed)
    )


def again(values: np.ndarray, measure: str | None) -> float:
    """Each measure by its definition."""
    n, mean = len(values), math.fsum(values) / len(values)
    return {
        None: lambda: float(values[0]) if n == 1 else math.nan,
        "sum": lambda: math.fsum(values),
        "norm": lambda: math.sqrt(math.fsum(x * x for x in values)),
        "mean": lambda: mean,
        "std": lambda: math.sqrt(math.fsum((x - mean) ** 2 for x in values) / n),
        "max": lambda: sorted(values)[-1],
        "min": lambda: sorted(values)[0],
        "entropy": lambda: -math.fsum(p * math.log2(p) for p in values if p > 0),
        "count": lambda: n,
    }[measure]()


def numbers(own: dict, of: str, index: str) -> tuple[np.ndarray, list[str], dict[str, list[str]]]:
    """The numbers at a place, the axes that are left, and the texts of the tokens."""
    name, colon, count = (own["mask"] or "native").partition(":")
    trace = zoo.load(own["model"]).trace(
        own["text"],
        own["target"] or None,
        mask={name: int(count)} if colon else name,
        edits=json.loads(own["edits"] or "[]"),
    )
    site, _, last = of.rpartition(".")
    if last in ("scores", "pattern"):
        q, k = (trace.tensors[f"{site}.{one}"].double() for one in "qk")
        whole = q @ k.transpose(-1, -2) * trace.site(site).scale
        if last == "pattern":
            whole = torch.softmax(whole.masked_fill(~trace.visible(site), -math.inf), -1).nan_to_num(0)
        array = whole.numpy()
    else:
        array = trace[of].double().numpy()
    places = [None if part == ":" else int(part) for part in index.split(",")] if index else []
    axes = [axis for axis, at in zip(dims(of, trace.model["kind"]), places, strict=True) if at is None]
    texts = {side: [token.text.strip() or token.text for token in tokens] for side, tokens in trace.tokens.items()}
    return array[tuple(slice(None) if at is None else at for at in places)], axes, texts


def sources() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.py")))


def test_every_fact_is_computed_another_way():
    said = sources()
    assert [name for name in facts.FACTS if not re.search(rf"\b{name}\b", said)] == []


def test_every_question_is_worked_out():
    """Which option is right is a test's to say: tests/lessons/test_answers_....py names each question."""
    said = sources()
    names = Counter(q.attributes["name"] for one in LESSONS for q in one.article.all("predict-question"))
    assert [name for name in names if f'"{name}"' not in said] == []
