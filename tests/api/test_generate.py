"""Text that a model writes, token by token."""

import json
import threading

import numpy as np
import pytest
from api.client import CHINESE, TEXT, about, post, tensors, written

from app.refusals import Refusal
from model import zoo


def test_greedy_writing_takes_what_the_trace_predicts(client):
    for id in ("decoder", "encoder-decoder"):
        (step,) = written(client, model=id, temperature=0, max_new_tokens=1)
        target = {"target": ""} if id == "encoder-decoder" else {}
        response = post(client, model=id, names=["logits"], **target)
        assert step["id"] == tensors(response)["logits"][-1].argmax()
        top = about(response)["predictions"][-1]
        assert [entry["id"] for entry in step["top"]] == [entry["id"] for entry in top]
        assert step["probability"] == pytest.approx(top[0]["probability"], abs=1e-6)
        assert {key: step[key] for key in ("id", "text")} == {key: top[0][key] for key in ("id", "text")}


def test_each_line_is_a_token_with_its_probability_and_the_likeliest_ten(client):
    lines = written(client, max_new_tokens=5, seed=3)
    assert 1 <= len(lines) <= 5
    for line in lines:
        assert line.keys() - {"special"} == {
            "id", "text", "probability", "after_temperature", "after_top_k", "after_top_p", "top", "kept"
        }  # fmt: skip
        for one in (line, *line["top"]):
            assert one.get("special", False) == zoo.load("decoder").tokenizer.is_special(one["id"])
        assert 0 < line["probability"] <= 1
        probabilities = [entry["probability"] for entry in line["top"]]
        assert len(probabilities) == 10
        assert probabilities == sorted(probabilities, reverse=True)
        assert line["text"] == zoo.load("decoder").tokenizer.piece(line["id"])


def test_a_line_shows_what_each_stage_of_shaping_left(client):
    shaping = {"temperature": 1.7, "top_k": 40, "top_p": 0.8}
    (line,) = written(client, max_new_tokens=1, listed=200, **shaping)
    logits = tensors(post(client, names=["logits"]))["logits"][-1].astype("float64") / 1.7
    warm = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    order = np.argsort(-logits, kind="stable")
    few = np.where(np.isin(np.arange(len(warm)), order[:40]), warm, 0)
    few, top_k = few / few.sum(), few.sum()
    enough = int(np.searchsorted(few[order].cumsum(), 0.8)) + 1
    nucleus = np.where(np.isin(np.arange(len(warm)), order[:enough]), few, 0)
    nucleus, top_p = nucleus / nucleus.sum(), nucleus.sum()
    assert len(line["top"]) == 200
    for entry in [line, *line["top"]]:
        told = [entry[f"after_{stage}"] for stage in ("temperature", "top_k", "top_p")]
        assert told == pytest.approx([warm[entry["id"]], few[entry["id"]], nucleus[entry["id"]]], abs=1e-5)
    assert line["kept"]["top_k"] == {"entries": 40, "probability": pytest.approx(top_k, abs=1e-5)}
    assert line["kept"]["top_p"] == {"entries": enough, "probability": pytest.approx(top_p, abs=1e-5)}
    assert [entry["after_top_p"] > 0 for entry in line["top"]] == [rank < enough for rank in range(200)]


def test_greedy_writing_tells_that_all_was_put_on_the_likeliest(client):
    (line,) = written(client, max_new_tokens=1, temperature=0, top_k=5)
    assert [entry["after_top_p"] for entry in line["top"]] == [1] + [0] * 9
    assert line["kept"] == {"top_k": {"entries": 5, "probability": 1}, "top_p": {"entries": 5, "probability": 1}}


@pytest.mark.parametrize("model", ["decoder", "encoder-decoder"])
@pytest.mark.parametrize("mask", ["native", {"prefix": 3}, "bidirectional"])
def test_token_by_token_is_all_at_once(client, model, mask):
    asked = {"model": model, "temperature": 2, "seed": 4, "mask": mask}
    whole = ids(written(client, "Once upon a time", max_new_tokens=6, **asked))
    pieces = []
    while len(pieces) < len(whole):
        pieces += ids(written(client, "Once upon a time", max_new_tokens=1, written=pieces, **asked))
    assert pieces == whole
    gone_back = written(client, "Once upon a time", max_new_tokens=6 - 2, written=whole[:2], **asked)
    assert ids(gone_back) == whole[2:]


def test_a_prefix_mask_reads_the_document_both_ways(client):
    text, prefix = "The cat sat on", {"prefix": 6}
    (line,) = written(client, text, temperature=0, max_new_tokens=1, mask=prefix)
    predicted = about(post(client, text, names=["logits"], mask=prefix))["predictions"][-1]
    assert [entry["id"] for entry in line["top"]] == [entry["id"] for entry in predicted]
    (causal,) = written(client, text, temperature=0, max_new_tokens=1)
    assert causal["probability"] != pytest.approx(line["probability"])


def test_a_decoder_goes_on_after_the_separator_that_it_wrote(client):
    lines = written(client, CHINESE, temperature=0, max_new_tokens=12)
    separator = [line["text"] for line in lines].index("<sep>") + 1
    rest = written(client, CHINESE, temperature=0, max_new_tokens=12, written=ids(lines[:separator]))
    assert ids(rest)[: len(lines) - separator] == ids(lines[separator:])


def ids(lines):
    return [line["id"] for line in lines]


def test_a_seed_writes_the_same_text_again_and_another_seed_another(client):
    texts = [ids(written(client, temperature=2, seed=seed, max_new_tokens=12)) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_sampling_among_one_is_greedy(client):
    greedy = ids(written(client, temperature=0, max_new_tokens=6))
    assert ids(written(client, temperature=0.0, max_new_tokens=6, seed=5)) == greedy
    assert ids(written(client, top_k=1, max_new_tokens=6)) == greedy
    assert ids(written(client, top_p=1e-6, max_new_tokens=6)) == greedy


def test_top_k_and_top_p_keep_to_the_likeliest(client):
    for line in written(client, temperature=10, top_k=3, max_new_tokens=12):
        assert line["id"] in [entry["id"] for entry in line["top"][:3]]


def test_writing_ends_with_the_text_or_where_it_was_told_to(client):
    lines = written(client, CHINESE, "encoder-decoder", temperature=0, max_new_tokens=100)
    assert [line["text"] == "<eos>" for line in lines] == [False] * (len(lines) - 1) + [True]
    assert len(written(client, "Once upon a time", temperature=0, max_new_tokens=2)) == 2


def test_a_translation_goes_on_from_the_target(client):
    whole = written(client, CHINESE, "encoder-decoder", temperature=0, max_new_tokens=100)
    first = whole[0]["text"]
    rest = written(client, CHINESE, "encoder-decoder", target=first, temperature=0, max_new_tokens=100)
    assert ids(rest) == ids(whole)[1:]


def test_writing_stops_where_the_model_has_no_room_left(client):
    n_ctx = zoo.load("decoder").info()["n_ctx"]
    full = " the" * (n_ctx - 1)  # and <bos>
    assert written(client, full) == []
    assert len(written(client, full.removeprefix(" the"), temperature=2, max_new_tokens=9)) == 1


def test_writing_is_not_kept(client):
    response = client.post("/api/generate", json={"model": "decoder", "text": TEXT, "max_new_tokens": 1})
    assert response.headers["cache-control"] == "no-store"


def hold(answers, monkeypatch, goes_on):
    """Between the first step and the rest the writing asks `goes_on`; tells when it was closed."""
    write, closed = type(answers).generate, threading.Event()

    def held(request):
        steps = write(answers, request)
        try:
            yield next(steps)
            goes_on()
            yield from steps
        finally:
            closed.set()

    monkeypatch.setattr(answers, "generate", held)
    return closed


def test_a_token_is_sent_before_the_next_one_is_computed(live, monkeypatch):
    read = threading.Event()
    hold(live.app.state.answers, monkeypatch, lambda: read.wait(20) or pytest.fail("the first line never came"))
    body = {"model": "decoder", "text": "Once upon a time", "max_new_tokens": 3, "temperature": 0}
    with live.client.stream("POST", "/api/generate", json=body) as response:
        lines = response.iter_lines()
        first = next(lines)
        read.set()
        rest = list(lines)
    assert [json.loads(line).keys() >= {"id", "text"} for line in [first, *rest]] == [True] * 3


def test_a_client_that_leaves_ends_the_writing(live, monkeypatch):
    left, after = threading.Event(), threading.Event()
    closed = hold(live.app.state.answers, monkeypatch, lambda: left.wait(20))
    body = {"model": "decoder", "text": TEXT, "max_new_tokens": 200, "temperature": 10}
    with live.client.stream("POST", "/api/generate", json=body) as response:
        next(response.iter_lines())
    left.set()
    assert closed.wait(20)
    live.app.state.runs.later(after.set)
    assert after.wait(20)  # and the worker is free
    assert live.client.get("/api/models").status_code == 200


def test_what_goes_wrong_while_writing_is_the_last_line(client, monkeypatch):
    def fail():
        raise Refusal("deadline", retry_after=5, limit=20)

    hold(client.app.state.answers, monkeypatch, fail)
    lines = written(client)
    assert len(lines) == 2
    assert lines[1]["type"] == "urn:headlight:deadline"
    assert lines[1]["status"] == 503
