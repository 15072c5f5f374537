"""What tokens a model knows, for a search that needs no server."""

import pytest
from api.client import KINDS

from model import zoo


@pytest.mark.parametrize("model", KINDS)
def test_every_token_stands_at_its_id(client, model):
    response = client.get(f"/api/models/{model}/vocabulary")
    assert response.status_code == 200
    told, tokenizer = response.json(), zoo.load(model).tokenizer
    assert told.keys() == {"texts", "special"}
    assert len(told["texts"]) == len(tokenizer) == zoo.load(model).info()["n_vocab"]
    assert all(tokenizer.id(text) == id for id, text in enumerate(told["texts"]))
    assert {told["texts"][id] for id in told["special"]} >= {"<bos>", "<eos>", "<mask>", "<2en>"}
    assert all(tokenizer.tokens([id])[0].start is None for id in told["special"])
    assert sum(tokenizer.is_special(id) for id in range(len(tokenizer))) == len(told["special"])


def test_whoever_has_it_gets_it_only_once(client):
    path = "/api/models/decoder/vocabulary"
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path).content == first.content


def test_a_model_that_is_not_there_has_none(client):
    response = client.get("/api/models/nowhere/vocabulary")
    assert (response.status_code, response.json()["type"]) == (404, "urn:headlight:unknown-model")
