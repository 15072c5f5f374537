"""What a model wrote, traced by its ids and not by its text; what comes next, and what each block would say."""

import numpy as np
import pytest
from api.client import CHINESE, JSON, KINDS, TEXT, about, close, post, tensors, written

from model import zoo


@pytest.mark.parametrize(("model", "text"), [("decoder", "Once upon a time"), ("encoder-decoder", CHINESE)])
def test_each_line_is_what_the_trace_of_all_before_it_predicts(client, model, text):
    ids = []
    for line in written(client, text, model, temperature=0, max_new_tokens=6):
        read = post(client, text, model, names=["logits", "next_probabilities"], written=ids)
        last = tensors(read)["next_probabilities"]
        assert line["id"] == last.argmax() == tensors(read)["logits"][-1].argmax()
        assert line["probability"] == pytest.approx(last.max(), abs=1e-5)
        assert [token["id"] for token in about(read)["tokens"]["target"]][-len(ids) :] == ids or not ids
        assert about(read)["request"]["written"] == ids
        ids.append(line["id"])


def test_written_stands_where_a_target_would_be_written(client):
    bare = about(post(client, CHINESE, "encoder-decoder", names=[], written=[]))
    assert [token["text"] for token in bare["tokens"]["target"]] == ["<2en>"]
    after = about(post(client, CHINESE, "encoder-decoder", target="I", names=[], written=[500]))
    assert [token["id"] for token in after["tokens"]["target"]][-1] == 500


def test_a_figure_shows_what_was_written(client):
    tokenizer = zoo.load("decoder").tokenizer
    body = {"model": "decoder", "text": "a", "site": "decoder.blocks.0.attn", "head": 0}
    html = client.post("/api/figure", json={**body, "written": [tokenizer.id(" girl")]}).text
    assert "girl" in html
    assert "girl" not in client.post("/api/figure", json=body).text.partition("<h1")[2].partition("plotly.js")[0]


@pytest.mark.parametrize("model", KINDS)
def test_what_comes_next_is_a_softmax_over_the_whole_vocabulary(client, model):
    sent = tensors(post(client, model=model, names=["logits", "next_probabilities"]))
    logits = sent["logits"][-1].astype("float64")
    expected = np.exp(logits - logits.max())
    assert sent["next_probabilities"].dtype == np.float32
    np.testing.assert_allclose(sent["next_probabilities"], expected / expected.sum(), rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("model", KINDS)
def test_the_lens_comes_with_what_its_tokens_are_called(client, model):
    read = post(client, model=model, names=["*lens_ids", "lens_probabilities"])
    sent, trace = tensors(read), zoo.load(model).trace(TEXT)
    assert sent.keys() == {"lens_ids", "lens_probabilities"}
    assert sent["lens_ids"].dtype == np.int32
    close(sent["lens_probabilities"], trace["lens_probabilities"])
    predicted = [[entry["id"] for entry in row] for row in about(read)["predictions"]]
    assert sent["lens_ids"][-1].tolist() == predicted
    named = about(read)["lens_tokens"]
    assert {int(id) for id in named} == {*sent["lens_ids"].flatten().tolist()}
    assert all(text == zoo.load(model).tokenizer.piece(int(id)) for id, text in named.items())


def test_only_a_glob_that_ends_in_them_brings_them(client):
    for names in (["*"], None, ["logits"]):
        read = post(client, names=names)
        assert not tensors(read).keys() & {"next_probabilities", "lens_ids", "lens_probabilities"}
        assert "lens_tokens" not in about(read)
    assert tensors(post(client, names=["lens_probabilities"])).keys() == {"lens_probabilities"}
    assert client.post("/api/trace", json={"model": "decoder", "text": TEXT, "names": ["*ities"]}).status_code == 422


def test_json_has_the_same(client):
    told = post(client, names=["lens_ids", "next_probabilities"], headers={"accept": JSON}).json()
    sent = tensors(post(client, names=["lens_ids", "next_probabilities"]))
    assert told["tensors"]["lens_ids"]["data"] == sent["lens_ids"].tolist()
    assert told["tensors"]["lens_ids"]["dims"] == ["block", "target", "rank"]
    assert {*told["lens_tokens"]} == {str(id) for id in sent["lens_ids"].flatten()}


def test_float16_leaves_ids_whole(client):
    sent = tensors(post(client, names=["lens_ids", "lens_probabilities"], dtype="float16"))
    assert (sent["lens_ids"].dtype, sent["lens_probabilities"].dtype) == (np.int32, np.float16)
