"""The three models side by side, over HTTP."""

import json
import math
import statistics

import pytest
from api.client import NDJSON
from refusals.problem import check_problem

from model import beside, far

TEXT = "The cat sat on the mat. The dog"


def posted(client, path, **body):
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_the_curves_are_those_of_the_training(client):
    told = client.get("/api/beside").json()
    assert [model["name"] for model in told["models"]] == list(beside.NAMES)
    for model in told["models"]:
        assert model["curve"] == beside.curves()[model["name"]]
        assert model["parameters"] == beside.load().info(model["name"])["parameters"]
    assert told["held_out_tokens"] == beside.curves()["held_out_tokens"]
    assert told["longest"] == beside.N_READ


def test_a_text_is_read_by_all_three(client):
    told, three = posted(client, "/api/beside", text=TEXT), beside.load()
    ids = [token["id"] for token in told["tokens"]]
    assert ids == [token.id for token in three.tokens(TEXT)]
    for name in beside.NAMES:
        read, one = three.read(name, ids), told["models"][name]
        assert one["losses"] == pytest.approx(read.losses, abs=1e-4)
        for position, top in enumerate(one["top"]):
            p = read.logits[position].softmax(-1)
            assert top[0]["id"] == int(p.argmax())
            for entry in top:
                assert entry["probability"] == pytest.approx(float(p[entry["id"]]), abs=1e-5)
            assert [entry["text"] for entry in top] == [three.tokenizer.piece(entry["id"]) for entry in top]
        for state, tensor in read.handed.items():
            assert len(one[state]) == 2 and len(one[state][0]) == len(ids)
            assert one[state][1][-1] == pytest.approx(tensor[1, -1].tolist(), abs=1e-4)
    assert set(told["models"]["rnn"]) == {"losses", "top", "h"}
    assert set(told["models"]["lstm"]) == {"losses", "top", "h", "c"}
    assert set(told["models"]["transformer"]) == {"losses", "top", "pattern"}


def test_what_a_far_word_does_is_told_by_distance(client):
    told, three = posted(client, "/api/beside/far", text=TEXT, distance=4), beside.load()
    ids = [token.id for token in three.tokens(TEXT)]
    assert [entry["id"] for entry in told["put"]] == far.others(three)
    for name, one in told["models"].items():
        assert [point["distance"] for point in one["curve"]] == list(range(1, len(ids) - 1))
        for point in one["curve"]:
            assert point["mean"] == pytest.approx(statistics.mean(point["each"]))
        other = list(ids)
        other[-5] = told["put"][0]["id"]
        for side, row in (("before", ids), ("after", other)):
            p = three.read(name, row).logits[-1].softmax(-1)
            assert one[side][0]["id"] == int(p.argmax())
            assert one[side][0]["probability"] == pytest.approx(float(p.max()), abs=1e-5)


def test_a_token_of_ones_own_is_put_in(client):
    cat = beside.load().tokenizer.id(" cat")
    told = posted(client, "/api/beside/far", text=TEXT, token=cat)
    assert told["put"] == [{"id": cat, "text": " cat"}]
    assert all(point["each"] == [point["mean"]] for one in told["models"].values() for point in one["curve"])


def test_a_race_is_told_lap_by_lap_and_then_as_ratios(client):
    response = client.post("/api/beside/race", json={"tokens": 6, "repeats": 2, "rows": 2})
    assert response.headers["content-type"].partition(";")[0] == NDJSON
    first, *laps, last = [json.loads(line) for line in response.text.splitlines()]
    assert first == {"device": "CPU", "threads": first["threads"], "tokens": 6, "rows": 2, "repeats": 2}
    assert first["threads"] >= 1 and len(laps) == 12
    unit = statistics.median(lap["seconds"] for lap in laps if (lap["model"], lap["way"]) == ("transformer", "at once"))
    for one in last["ratios"]:
        own = [lap["seconds"] for lap in laps if (lap["model"], lap["way"]) == (one["model"], one["way"])]
        assert one["median"] == statistics.median(own)
        assert math.isclose(one["ratio"], one["median"] / unit)


@pytest.mark.parametrize(
    ("slug", "path", "body"),
    [
        ("empty-text", "", {"text": " \u200b"}),
        ("text-too-long", "", {"text": "a" * 24_001}),
        ("text-too-long", "/far", {"text": "a" * 24_001}),
        ("too-many-tokens", "", {"text": " the" * 64}),
        ("too-many-tokens", "/far", {"text": " the" * 64}),
        ("missing-field", "", {}),
        ("unknown-field", "/race", {"model": "rnn"}),
        ("out-of-range", "/far", {"text": TEXT, "distance": 0}),
        ("out-of-range", "/far", {"text": TEXT, "distance": 99}),
        ("unknown-token", "/far", {"text": TEXT, "token": 8_192}),
        ("out-of-range", "/race", {"tokens": 129}),
        ("out-of-range", "/race", {"rows": 17}),
        ("out-of-range", "/race", {"repeats": 0}),
        ("invalid-field", "/race", {"tokens": "6"}),
    ],
)
def test_what_cannot_be_is_refused(client, slug, path, body):
    for lang in ("en", "zh"):
        response = client.post(f"/api/beside{path}", json=body, headers={"accept-language": lang})
        check_problem(response, slug, lang)
