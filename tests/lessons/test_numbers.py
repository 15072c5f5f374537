"""Numbers of a trace, read and written; the browser is tested on the same cases, tests/js/trace_number.test.mjs."""

import json
import math
from pathlib import Path

import pytest
import torch

from app.lessons.numbers import Found, Unreadable, find, measured, written
from model import zoo

CASES = json.loads((Path(__file__).parent / "numbers.json").read_text("utf-8"))
PATTERN = "decoder.blocks.0.attn.pattern"


@pytest.fixture(scope="module")
def hand():
    model = zoo.load("hand-one")
    return model, model.trace("I love eating fish", mask="bidirectional")


@pytest.mark.parametrize("case", CASES["read"], ids=lambda case: case["index"] + case["measure"])
def test_a_number_is_read(hand, case):
    tensor = torch.tensor(case["data"], dtype=torch.float64).reshape(case["shape"])
    index = [None if part == ":" else int(part) for part in case["index"].split(",")]
    left = tensor[tuple(slice(None) if i is None else i for i in index)]
    found = Found(index, left, ["target"] * left.ndim, [list("abcdefgh")[:size] for size in left.shape])
    read = measured(hand[0], found, case["measure"])
    assert read == case["is"] if isinstance(case["is"], str) else read == pytest.approx(case["is"])


@pytest.mark.parametrize("case", CASES["written"], ids=lambda case: case["is"])
def test_a_number_is_written(case):
    assert written(case["value"], case.get("digits"), case.get("percent", False)) == case["is"]


def test_whole_numbers_and_what_is_no_number():
    assert [written(x) for x in (4608, -3, math.inf, -math.inf, math.nan)] == ["4,608", "−3", "∞", "−∞", "NaN"]


@pytest.mark.parametrize("at", ["0,eating,fish", "0,2,3", "0, 2 ,-1", "-1,eating,fish"])
def test_places_are_numbers_or_tokens(hand, at):
    found = find(*hand, PATTERN, at)
    assert found.address == "0,2,3"
    assert float(found.numbers) == pytest.approx(math.e / (2 * math.e + 1 + math.exp(-2)))


def test_a_whole_axis_has_the_names_of_its_tokens(hand):
    found = find(*hand, PATTERN, "0,love")
    assert (found.address, found.axes, found.labels) == ("0,1,:", ["target"], [["I", "love", "eating", "fish"]])
    assert measured(hand[0], found, "argmax") == "I"
    assert measured(hand[0], find(*hand, "logits", "-1"), "argmax") in {"fish", "rice", "eating", "love", "I", "."}


def test_a_word_of_the_vocabulary_is_a_place_in_the_logits(hand):
    trace = hand[1]
    one = float(find(*hand, "logits", "fish,rice").numbers)
    id = next(i for i in range(trace["logits"].shape[1]) if hand[0].tokenizer.piece(i) == "rice")
    assert one == float(trace["logits"][3, id])


@pytest.mark.parametrize(
    ("of", "at", "measure", "said"),
    [
        ("decoder.blocks.9.attn.q", "0", "", 'has no "decoder.blocks.9.attn.q"'),
        ("nothing", "0", "", 'has no "nothing"'),
        (PATTERN, "0,0,4", "", "target has 4 places"),
        (PATTERN, "1,0,0", "", "head has 1 places"),
        (PATTERN, "0,0,0,0", "", "has 4 places"),
        (PATTERN, "0,cat,0", "", '"cat" is there 0 times'),
        ("decoder.blocks.0.attn.q", "0,0,fish", "", "d_head runs over no tokens"),
        (PATTERN, "0,0", "", "these are 4 numbers"),
        (PATTERN, "0", "argmax", "names a place of one axis"),
        (PATTERN, "0", "median", '"median" is none of'),
    ],
)
def test_what_is_not_there_is_said(hand, of, at, measure, said):
    with pytest.raises(Unreadable, match=said):
        measured(hand[0], find(*hand, of, at), measure)


def test_a_token_that_stands_twice_needs_its_number():
    model = zoo.load("hand-one")
    trace = model.trace("fish love fish")
    with pytest.raises(Unreadable, match="2 times"):
        find(model, trace, PATTERN, "0,fish")
