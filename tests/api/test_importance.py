"""Which heads matter for a prediction, held against one run after another."""

import json
import math

import numpy as np
import pytest
from api.client import CHINESE, NDJSON, TEXT, about, post, tensors

from model import importance, zoo

PAINT = {"paint": "decoder.blocks.1.attn", "head": 2, "cells": [[3, 1, False]]}
EVEN = {"uniform": "decoder.blocks.0.attn"}
ASKED = {
    "decoder": {"text": TEXT},
    "encoder": {"text": TEXT, "by": "mean"},
    "encoder-decoder": {"text": CHINESE, "target": "I love", "by": "mean"},
    "decoder after edits": {"text": TEXT, "edits": [PAINT, EVEN], "mask": {"window": 3}},
    "decoder after a swap": {"text": TEXT, "edits": [{"swap": 2, "side": "target", "token": 2000}], "by": "mean"},
    "decoder at a checkpoint": {"text": TEXT, "checkpoint": zoo.load("decoder").checkpoints[2]},
    "encoder-decoder that writes": {"text": CHINESE, "by": "zero"},
}


def asked(client, model, **fields):
    response = client.post("/api/importance", json={"model": model, **fields})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == NDJSON
    return [json.loads(line) for line in response.text.splitlines()]


def probabilities(client, model, position, **fields):
    logits = tensors(post(client, model=model, names=["logits"], **fields))["logits"][position].astype("float64")
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


@pytest.mark.parametrize("case", ASKED)
def test_each_head_is_as_a_run_of_its_own_tells(client, monkeypatch, case):
    monkeypatch.setattr(importance, "TOKENS", 40)  # several batches
    model, fields = case.partition(" ")[0], ASKED[case]
    by = fields.get("by", "zero")
    run = {name: value for name, value in fields.items() if name != "by"}
    position = 2
    first, *lines = asked(client, model, position=position, **fields)
    sites = about(post(client, model=model, names=["logits"], **run))["sites"]
    heads = [(site["name"], head) for site in sites for head in range(site["n_heads"])]
    assert first["heads"] == len(heads)
    assert [(line["site"], line["head"]) for line in lines] == heads
    before = probabilities(client, model, position, **run)
    token = first["token"]["id"]
    assert token == before.argmax()
    assert first["token"]["text"] == zoo.load(model).tokenizer.piece(token)
    assert first["probability"] == pytest.approx(before[token], abs=1e-5)
    for line in lines:
        edit = {by: line["site"], "head": line["head"]}
        after = probabilities(client, model, position, **{**run, "edits": [*run.get("edits", []), edit]})
        assert line["probability"] == pytest.approx(after[token], abs=1e-5)
        assert line["difference"] == pytest.approx(after[token] - before[token], abs=2e-5)
        assert line["log_difference"] == pytest.approx(math.log(after[token] / before[token]), abs=1e-3)
        assert line["top"]["probability"] == pytest.approx(after.max(), abs=1e-5)
        assert after[line["top"]["id"]] == pytest.approx(after.max(), abs=1e-5)
    assert max(abs(line["difference"]) for line in lines) > 0.01


def test_the_probability_of_any_token_can_be_asked_about(client):
    cat = zoo.load("decoder").tokenizer.id(" cat")
    first, *lines = asked(client, "decoder", text=TEXT, position=1, token=cat)
    assert first["token"] == {"id": cat, "text": " cat"}
    assert first["probability"] == pytest.approx(probabilities(client, "decoder", 1)[cat], abs=1e-5)
    assert all(line["difference"] == pytest.approx(line["probability"] - first["probability"]) for line in lines)


def test_what_a_head_does_does_not_depend_on_the_batch_that_it_is_in(monkeypatch):
    monkeypatch.setattr(importance, "TOKENS", 1)
    model = zoo.load("decoder")
    batches = list(importance.effects(model, model.trace(TEXT), 2, 300, "zero"))
    assert [len(batch) for batch in batches] == [1] * 16
    monkeypatch.undo()
    (batch,) = importance.effects(model, model.trace(TEXT), 2, 300, "zero")
    alone = [effect.log_probability for one in batches for effect in one]
    assert [effect.log_probability for effect in batch] == pytest.approx(alone, abs=1e-4)
