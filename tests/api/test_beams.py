"""Beam search, step by step."""

import json

import numpy as np
import pytest
from api.client import CHINESE, NDJSON, TEXT, post, tensors, written

from model import zoo


def searched(client, text=TEXT, model="decoder", **asked):
    response = client.post("/api/beams", json={"model": model, "text": text, **asked})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == NDJSON
    assert response.headers["cache-control"] == "no-store"
    *steps, last = [json.loads(line) for line in response.text.splitlines()]
    assert last.keys() == {"winner"}
    return steps, last["winner"]


def ids_of(steps, number, beam):
    """All that a beam of a step has written, by way of its parents."""
    before = [] if beam["parent"] is None else ids_of(steps, number - 1, steps[number - 1]["kept"][beam["parent"]])
    return [*before, beam["id"]]


@pytest.mark.parametrize("model", ["decoder", "encoder-decoder"])
def test_one_beam_is_greedy(client, model):
    greedy = written(client, CHINESE, model, temperature=0, max_new_tokens=12)
    steps, winner = searched(client, CHINESE, model, width=1, max_new_tokens=12)
    assert [step["kept"][0]["id"] for step in steps] == [line["id"] for line in greedy] == winner["ids"]
    for step, line in zip(steps, greedy, strict=True):
        assert step["dropped"] == []
        assert np.exp(step["kept"][0]["log_probability"]) == pytest.approx(line["probability"], abs=1e-5)


@pytest.mark.parametrize("model", ["decoder", "encoder-decoder"])
def test_every_number_is_the_traces_own(client, model):
    steps, _ = searched(client, CHINESE, model, width=3, max_new_tokens=4, length_penalty=0.5)
    for number, step in enumerate(steps):
        for beam in [*step["kept"], *step["dropped"][:2]]:
            ids = ids_of(steps, number, beam)
            logits = tensors(post(client, CHINESE, model, names=["logits"], written=ids[:-1]))["logits"]
            rows = logits[-len(ids) :].astype("float64")
            each = [row[id] - np.logaddexp.reduce(row) for row, id in zip(rows, ids, strict=True)]
            assert beam["log_probability"] == pytest.approx(each[-1], abs=1e-4)
            assert beam["total"] == pytest.approx(sum(each), abs=1e-4)
            assert beam["score"] == pytest.approx(sum(each) / len(ids) ** 0.5, abs=1e-4)
            assert beam["text"] == zoo.load(model).tokenizer.piece(beam["id"])


@pytest.mark.parametrize("penalty", [0, 1])
def test_the_winner_is_the_best_that_ended(client, penalty):
    steps, winner = searched(client, "I see a dog.", "encoder-decoder", width=4, length_penalty=penalty)
    ended = [
        (beam["score"], ids_of(steps, number, beam))
        for number, step in enumerate(steps) for beam in step["kept"] if beam["finished"]
    ]  # fmt: skip
    assert len(ended) == 4
    assert (winner["score"], winner["ids"]) == max(ended)
    assert winner["finished"]
    assert winner["text"] == zoo.load("encoder-decoder").tokenizer.decode(winner["ids"])
    assert "<eos>" not in winner["text"]


def test_a_search_goes_on_from_the_target_and_from_what_was_written(client):
    steps, winner = searched(client, CHINESE, "encoder-decoder", width=2)
    rest = searched(client, CHINESE, "encoder-decoder", width=1, written=winner["ids"][:2])[1]
    assert [*winner["ids"][:2], *rest["ids"]] == winner["ids"]
    _, named = searched(client, CHINESE, "encoder-decoder", target="I love", width=1)
    greedy = written(client, CHINESE, "encoder-decoder", target="I love", temperature=0)
    assert named["ids"] == [line["id"] for line in greedy]
    assert len(steps) >= len(winner["ids"])


def test_where_there_is_no_room_nothing_wins(client):
    full = " the" * (zoo.load("decoder").info()["n_ctx"] - 1)
    assert searched(client, full) == ([], {"ids": [], "text": "", "total": 0, "score": 0, "finished": False})
