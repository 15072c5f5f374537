"""Lesson 1: the right options and the numbers it says, worked out by other ways."""

import numpy as np
import pytest
import torch
from lessons.documents import lesson, right

from model import beside, facts, far

SLUG = "01-why-attention"
LANGUAGES = ("en", "zh")


def shortest(n, neighbours):
    """Hand-overs from word 0 to word n - 1, by walking on from all that was reached."""
    reached, steps = {0}, 0
    while n - 1 not in reached:
        reached |= {to for word in reached for to in neighbours(word)}
        steps += 1
    return steps


def bench(n):
    return shortest(n, lambda word: [min(n - 1, word + 1)])


def table(n):
    return shortest(n, lambda _: range(n))


def hand_overs():
    options = [(64, 64), (63, 1), (63, 63), (1, 1)]
    return "".join(letter for letter, option in zip("abcd", options, strict=True) if option == (bench(64), table(64)))


def careful():
    """Of a hundred notes, by handing on: each time one in a hundred goes."""
    notes = 100.0
    for _ in range(bench(64)):
        notes -= notes / 100
    return "".join(letter for letter, told in zip("abc", (37, 53, 99), strict=True) if abs(told - notes) < 0.5)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_marked_options_are_right(lang):
    assert right(SLUG, lang) == {"hand-overs": hand_overs(), "careful": careful()}


def test_ways_and_steps_are_those_of_a_walk():
    for n in ("4", "16", "64"):
        assert facts.value("hand_overs", kind="recurrent", n=n) == bench(int(n))
        assert facts.value("hand_overs", kind="attention", n=n) == table(int(n))
        assert facts.value("steps_in_turn", kind="recurrent", n=n) == bench(int(n)) + 1
        assert facts.value("steps_in_turn", kind="attention", n=n) == 1
    assert facts.value("hand_over_table", lengths="4,16,64") == [[1, 1, 1], [3, 15, 63]]


def test_what_survives_is_multiplied_step_by_step():
    for kept in (0.9, 0.99):
        assert facts.value("survives", kept=str(kept), handed="63") == pytest.approx(np.prod([kept] * 63))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_text_is_long_enough_and_its_changes_are_those_of_plain_runs(lang):
    text = lesson(SLUG, lang).article.attributes["data-text"]
    three = beside.load()
    ids = [token.id for token in three.tokens(text)]
    assert facts.value("texts_tokens", text=text) == len(ids) >= 33
    near, far_ = {}, {}
    for net in beside.NAMES:
        told = {at: facts.value("far_change", net=net, distance=at, text=text) for at in ("1", "30")}
        for at, nats in told.items():
            each = []
            for token in far.others(three):
                other = list(ids)
                other[-1 - int(at)] = token
                with torch.no_grad():
                    p, q = (three.nets[net](target=torch.tensor(row))[-1].double().softmax(-1) for row in (ids, other))
                each.append(float((p * (p.log() - q.log())).sum()))
            assert nats == pytest.approx(np.mean(each), rel=0.02, abs=1e-6)
        near[net], far_[net] = told["1"], told["30"]
    assert max(far_, key=far_.get) == "transformer"  # as the text says
    assert all(near[net] > max(far_[net], near["transformer"]) for net in ("rnn", "lstm"))

