"""The models written by hand, as the API has them: their matrices, edits of them, their words in two languages."""

import json

import numpy as np
import pytest
from api.client import post, tensors

from app.i18n import translate
from model import hand, zoo

W_Q = "decoder.blocks.0.attn.W_q"


def test_the_matrices_are_told_with_what_their_rows_and_columns_are(client):
    told = client.get("/api/models/hand/weights").json()
    assert told["matrices"][W_Q] == hand.W_Q
    assert told["matrices"]["embed"] == hand.EMBED
    assert told["features"] == hand.FEATURES and told["words"] == hand.WORDS
    assert all(len(names) == len(hand.W_Q) for names in told["features"].values())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_trained_model_tells_no_matrices(client, lang):
    answer = client.get("/api/models/decoder/weights", params={"lang": lang})
    assert answer.status_code == 422 and answer.json()["type"] == "urn:headlight:not-editable"
    assert answer.json()["title"] == translate(lang, "Weights not editable")
    assert client.get("/api/models/nobody/weights").status_code == 404


def test_the_list_says_whose_weights_may_be_edited(client):
    told = {model["id"]: model["editable"] for model in client.get("/api/models").json()}
    assert told == {id: id in zoo.BY_HAND for id in zoo.ids()}
    assert list(told)[-2:] == ["hand", "hand-one"]


def test_an_edited_entry_is_multiplied_with(client):
    edits = [{"weight": W_Q, "row": 1, "column": 0, "value": 3}]
    sent = tensors(post(client, model="hand", text="I love eating fish", names=["*.attn.q"], edits=edits))
    x = np.array(hand.EMBED[:4]) + np.array(hand.quarter_turns(4))
    W = np.array(hand.W_Q)
    W[1, 0] = 3
    assert np.array_equal(np.concatenate(sent["decoder.blocks.0.attn.q"], -1), x @ W)


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"value": 100.5}, "out-of-range"),
        ({"value": "3"}, "invalid-field"),
        ({"value": None}, "invalid-field"),
        ({"row": -1}, "out-of-range"),
        ({"row": 1.5}, "invalid-field"),
        ({"head": 0}, "unknown-field"),
        ({"row": 4}, "unknown-entry"),
        ({"weight": "decoder.blocks.1.attn.W_q"}, "unknown-weight"),
    ],
)
def test_what_is_no_such_edit_is_refused(client, changes, slug):
    edit = {"weight": W_Q, "row": 1, "column": 0, "value": 3} | changes
    answer = client.post("/api/trace", json={"model": "hand", "text": "我", "edits": [edit]})
    assert answer.status_code == 422 and answer.json()["type"] == f"urn:headlight:{slug}"


@pytest.mark.parametrize(("lang", "sentence"), [("en", "Write with these"), ("zh", "请用这些词")])
def test_an_unknown_word_is_answered_with_the_words_it_knows(client, lang, sentence):
    body = {"model": "hand", "text": "I love cats"}
    answer = client.post("/api/trace", json=body, headers={"Accept-Language": lang})
    assert answer.status_code == 422 and answer.json()["type"] == "urn:headlight:unknown-word"
    assert sentence in answer.json()["detail"] and "cats" not in answer.text
    for word in [*hand.WORDS["en"], *hand.WORDS["zh"]]:
        assert word in answer.json()["detail"]


@pytest.mark.parametrize(("lang", "text"), [("en", "I love eating fish"), ("zh", "我爱吃鱼")])
def test_everything_is_spelt_in_the_language_of_the_text(client, lang, text):
    words, headers = set(hand.WORDS[lang]), {"Accept": "application/json"}
    told = client.post(
        "/api/trace", json={"model": "hand", "text": text, "names": ["lens_ids"]}, headers=headers
    ).json()
    assert {entry["text"] for row in told["predictions"] for entry in row} == words
    assert set(told["lens_tokens"].values()) == words
    begun = {"model": "hand", "text": text.split()[0][:1]}
    written = lines(client.post("/api/generate", json={**begun, "temperature": 0}))
    assert [line["text"] for line in written] == [hand.WORDS[lang][id] for id in (1, 2, 3, 5)]
    assert {entry["text"] for line in written for entry in line["top"]} == words
    *steps, winner = lines(client.post("/api/beams", json={**begun, "width": 2}))
    assert {beam["text"] for step in steps for beam in step["kept"]} <= words
    assert winner["winner"]["text"] == ("love eating fish." if lang == "en" else "爱吃鱼。")
    first, *heads = lines(client.post("/api/importance", json={"model": "hand", "text": text, "position": 2}))
    assert first["token"]["text"] == hand.WORDS[lang][3] and len(heads) == first["heads"] == 2
    assert {head["top"]["text"] for head in heads} <= words
    vocabulary = client.get("/api/models/hand/vocabulary", params={"spelling": lang}).json()
    assert vocabulary == {"texts": hand.WORDS[lang], "special": []}
    asked = {"model": "hand", "text": text, "site": "decoder.blocks.0.attn", "head": 1}
    figure = client.post("/api/figure", json=asked)
    assert figure.status_code == 200 and json.dumps(hand.WORDS[lang][2])[1:-1] in figure.text


def lines(answer) -> list[dict]:
    return [json.loads(line) for line in answer.text.splitlines()]
