"""POST /api/gradients: what is measured, line by line, and held against what the model's own functions give."""

import json
import math
import time

import pytest
from api.client import NDJSON

from model import gradients, reached, saturation, zoo
from model.fresh import Fresh

TEXT = "Tom likes music."
NETWORKS = [{"architecture": "rnn", "n_layers": 1}, {"architecture": "transformer", "norm": "post"}]


def asked(client, **body):
    response = client.post("/api/gradients", json=body)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == NDJSON
    return [json.loads(line) for line in response.text.splitlines()]


def progress(lines):
    return [(line["done"], line["of"]) for line in lines if "done" in line]


def results(lines):
    return [line for line in lines if "done" not in line]


def test_distances_come_with_their_progress(client):
    lines = asked(client, measure="distance", networks=NETWORKS, positions=8, d_model=16, seeds=3)
    assert progress(lines) == [(done, 6) for done in range(1, 7)]
    assert [list(line) == ["network", "gradient"] for line in lines] == [False] * 3 + [True] + [False] * 3 + [True]
    rnn, transformer = results(lines)
    assert rnn["network"]["architecture"] == "rnn" and transformer["network"]["norm"] == "post"
    once = [gradients.at_distances(Fresh("rnn", 16, 1), 8, seed).tolist() for seed in range(3)]
    for distance, measured in enumerate(zip(*once, strict=True)):
        low, median, high = sorted(measured)
        assert [rnn["gradient"][name][distance] for name in ("low", "median", "high")] == pytest.approx(
            [low, median, high]
        )


def test_depths_of_blocks(client):
    (told,) = results(
        asked(client, measure="depth", networks=[{"architecture": "transformer", "n_layers": 5}], positions=4, seeds=1)
    )
    gradient, diversity, matrix = gradients.at_depths(Fresh("transformer", 32, 5), 4, 0)
    assert told["gradient"]["median"] == pytest.approx(gradient.tolist())
    assert told["relative"]["median"] == pytest.approx((gradient / gradient[-1]).tolist())
    assert told["diversity"]["median"] == pytest.approx(diversity.tolist())
    assert told["last_matrix"]["median"] == pytest.approx(matrix.tolist())


def test_saturation_of_random_queries(client):
    lines = asked(client, measure="saturation", keys=4)
    assert [line["d_head"] for line in results(lines)] == list(saturation.D_HEADS)
    assert progress(lines)[-1] == (len(saturation.D_HEADS),) * 2
    for line in results(lines):
        assert len(line["row_scaled"]) == 4 and line["scaled"]["entropy"] < 2
        assert line["unscaled"]["std"] == pytest.approx(line["scaled"]["std"] * math.sqrt(line["d_head"]))


def test_trained_models_read_the_text(client):
    models = ["decoder", "lstm", "encoder-decoder"]
    lines = asked(client, measure="distance", models=models, text=TEXT, target="我")
    assert progress(lines) == [(1, 3), (2, 3), (3, 3)]
    decoder, lstm, both = results(lines)
    read = zoo.load("decoder").tokens(TEXT)["target"]
    for told in (decoder, lstm):
        assert [(one["text"], one["distance"]) for one in told["tokens"]] == [
            (token.text, len(read) - 1 - i) for i, token in enumerate(read)
        ]
        assert told["trained"] and all(one["gradient"] > 0 for one in told["tokens"])
    own = zoo.load("encoder-decoder").tokens(TEXT, "我")
    assert [one["text"] for one in both["tokens"]] == [token.text for side in own.values() for token in side]
    top = zoo.load("decoder").predictions(zoo.load("decoder").trace(TEXT))[-1][0]
    near = pytest.approx(top["probability"], rel=1e-4)
    assert decoder["asked"] == {"id": top["id"], "text": top["text"], "probability": near}


def test_the_three_that_have_read_the_same_are_measured_too(client):
    names = ["beside-rnn", "beside-lstm", "beside-transformer"]
    assert set(names) <= set(zoo.others())
    lines = asked(client, measure="distance", models=names, text=TEXT)
    for name, told in zip(names, results(lines), strict=True):
        alone = reached.by_distance(zoo.load_other(name), zoo.load("decoder").tokens(TEXT), str)
        assert [one["gradient"] for one in told["tokens"]] == pytest.approx([one.gradient for one in alone.tokens])


def test_an_encoders_last_word_is_asked_about_not_the_token_after_it(client):
    (told,) = results(asked(client, measure="distance", models=["encoder"], text=TEXT))
    assert [one["distance"] for one in told["tokens"]][-2:] == [0, -1]
    assert told["tokens"][-1]["text"] == "<sep>"


@pytest.mark.parametrize("altered", [{"residual": False}, {"norm": "post"}, {"norm": "none", "residual": False}])
def test_an_altered_model_is_told_to_be_none_that_was_trained(client, altered):
    (told,) = results(asked(client, measure="depth", models=["decoder"], text=TEXT, **altered))
    (own,) = results(asked(client, measure="depth", models=["decoder"], text=TEXT))
    assert (own["trained"], told["trained"]) == (True, False)
    assert told["gradient"] != own["gradient"]
    model = zoo.load("decoder")
    transformer = reached.altered(model.transformer, altered.get("norm"), altered.get("residual", True))
    by_hand = reached.by_depth(transformer, model.tokens(TEXT), model.tokenizer.piece)
    assert told["gradient"] == pytest.approx(by_hand.gradient, rel=1e-4)


def test_the_norms_that_a_model_has_are_no_alteration(client):
    (told,) = results(asked(client, measure="distance", models=["decoder"], text=TEXT, norm="pre"))
    assert told["trained"] is True


def test_every_head_of_a_trained_model(client):
    sites = results(asked(client, measure="saturation", models=["encoder-decoder"], text=TEXT, target="我"))
    trace = zoo.load("encoder-decoder").trace(TEXT, "我")
    assert [(head["site"], head["head"]) for line in sites for head in line["heads"]] == [
        (site.name, head) for site in trace.sites for head in range(site.n_heads)
    ]


def test_the_same_request_gives_the_same_lines(client, serve):
    body = {"measure": "distance", "networks": NETWORKS, "positions": 6, "d_model": 16, "seeds": 2}
    first, again = (client.post("/api/gradients", json=body).content for _ in range(2))
    assert first == again == serve(deadline=19).post("/api/gradients", json=body).content  # that one has none kept


def test_what_is_no_number_is_null(client):
    """In float32 nothing is left of the gradient, neither at the last block nor at the first: no share of it."""
    networks = [{"architecture": "transformer", "n_layers": 24, "norm": "none", "residual": False, "start": "gpt-2"}]
    (told,) = results(asked(client, measure="depth", networks=networks, positions=2, seeds=1, dtype="float32"))
    assert told["gradient"]["median"][0] == 0
    (hand,) = results(asked(client, measure="depth", models=["hand"], text="I"))
    assert hand["diversity"] == [None, None]  # one token is unlike no other


def test_who_leaves_stops_the_measuring(live):
    """The stream is closed after its first line, and the next answer does not wait for the rest of it."""
    networks = [{"architecture": "transformer", "n_layers": 24}] * 8
    body = {"measure": "depth", "networks": networks, "positions": 256, "d_model": 64, "seeds": 20}
    with live.client.stream("POST", "/api/gradients", json=body) as response:
        assert json.loads(next(response.iter_lines())) == {"done": 1, "of": 160}
    assert live.client.get("/api/models").status_code == 200
    assert asked(live.client, measure="saturation", keys=3)
    for _ in range(100):
        if not live.app.state.runs._streams:
            return
        time.sleep(0.05)
    pytest.fail("the stream is still open")
