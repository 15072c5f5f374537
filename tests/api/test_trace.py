"""A trace over the wire: the same tensors, tokens and predictions as of a run in Python, in either format."""

import numpy as np
import pytest
from api.client import JSON, KINDS, SAFETENSORS, TEXT, about, close, post, tensors

from model import zoo
from model.glossary import dims
from model.trace import DERIVED, OF_RUN


@pytest.mark.parametrize("id", KINDS)
def test_a_trace_holds_every_tensor_of_the_same_run_in_python(client, id):
    response, trace = post(client, model=id), zoo.load(id).trace(TEXT)
    assert response.headers["content-type"] == SAFETENSORS
    sent = tensors(response)
    assert sent.keys() == trace.tensors.keys()
    for name, tensor in trace.tensors.items():
        assert sent[name].dtype == np.float32
        close(sent[name], tensor)


@pytest.mark.parametrize("id", KINDS)
def test_every_axis_of_every_tensor_runs_over_what_the_glossary_says(client, id):
    read = post(client, model=id, names=["*", *(f"*.{name}" for name in DERIVED), *OF_RUN])
    config, tokens = about(read)["model"]["config"], about(read)["tokens"]
    sizes = {
        "source": len(tokens.get("source", [])), "target": len(tokens.get("target", [])),
        "head": config["n_heads"], "kv_head": config["n_heads"], "d_head": config["d_model"] // config["n_heads"],
        "d_model": config["d_model"], "d_mlp": config["d_mlp"], "n_vocab": config["n_vocab"],
        "block": config["n_layers"], "rank": 10,
    }  # fmt: skip
    for name, array in tensors(read).items():
        over = dims(name, id)
        assert len(over) == array.ndim, name
        if not name.endswith(".thumbnails"):
            assert array.shape == tuple(sizes[dim] for dim in over), name


@pytest.mark.parametrize("id", KINDS)
def test_a_trace_tells_its_tokens_sites_model_and_request(client, id):
    told, model = about(post(client, model=id)), zoo.load(id)
    tokens = {side: [(t.id, t.text, t.start, t.end) for t in read] for side, read in model.tokens(TEXT).items()}
    assert {
        side: [(t["id"], t["text"], t["start"], t["end"]) for t in read] for side, read in told["tokens"].items()
    } == tokens
    sites = [(site.name, site.layer, site.n_heads, site.query, site.key) for site in model.transformer.sites()]
    assert [tuple(s[key] for key in ("name", "layer", "n_heads", "query", "key")) for s in told["sites"]] == sites
    assert all(site["scale"] == model.info()["d_head"] ** -0.5 for site in told["sites"])
    assert told["model"]["id"] == id
    assert told["model"]["sha256"] == model.sha256
    asked = {"text": TEXT, "target": None, "written": None, "mask": "native", "edits": [], "checkpoint": None}
    assert told["request"] == asked
    assert told["device"].startswith("CPU")


def test_predictions_are_a_softmax_over_the_whole_vocabulary(client):
    response = post(client, names=["logits"])
    logits = tensors(response)["logits"].astype("float64")
    probabilities = np.exp(logits - logits.max(-1, keepdims=True))
    probabilities /= probabilities.sum(-1, keepdims=True)
    rows = about(response)["predictions"]
    assert len(rows) == len(logits)
    for row, probability in zip(rows, probabilities, strict=True):
        assert [entry["id"] for entry in row] == probability.argsort()[::-1][:10].tolist()
        assert [entry["probability"] for entry in row] == pytest.approx(np.sort(probability)[::-1][:10], abs=1e-5)
        assert [entry["text"] for entry in row] == [zoo.load("decoder").tokenizer.piece(e["id"]) for e in row]


def test_one_visible_character_is_enough(client):
    sent = tensors(post(client, "a", "encoder-decoder", names=["encoder.blocks.0.attn.pattern"]))
    assert sent["encoder.blocks.0.attn.pattern"].shape[1:] == (2, 2)  # the letter and <eos>


@pytest.mark.parametrize("id", KINDS)
def test_json_says_the_same_as_safetensors(client, id):
    asked = {"model": id, "names": ["*.q", "*.log_denominator", "*.pattern", "*.thumbnails", "logits"]}
    if id == "encoder":
        asked["mask"] = {"window": 2}
    as_bytes, as_json = post(client, **asked), post(client, headers={"Accept": JSON}, **asked)
    assert as_json.headers["content-type"] == JSON
    read, expected = as_json.json(), tensors(as_bytes)
    assert {name: value for name, value in read.items() if name != "tensors"} == about(as_bytes)
    assert read["tokens"].keys() <= {"source", "target"}
    assert read["tensors"].keys() == expected.keys()
    for name, tensor in read["tensors"].items():
        assert tensor["shape"] == list(expected[name].shape)
        assert tensor["dims"] == list(dims(name, id))
        assert tensor["dtype"] == expected[name].dtype.name
        assert np.array_equal(np.array(tensor["data"], tensor["dtype"]), expected[name])


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", SAFETENSORS),
        ("application/json", JSON),
        ("text/html, application/json;q=0.9", JSON),
        ("application/json, application/vnd.safetensors", SAFETENSORS),
        ("application/*", SAFETENSORS),
        ("text/html", SAFETENSORS),
    ],
)
def test_json_is_for_those_who_ask_for_it(client, accept, media):
    response = post(client, names=["*.log_denominator"], headers={"Accept": accept})
    assert response.headers["content-type"] == media
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize("accept", [SAFETENSORS, JSON])
def test_predictions_can_be_left_out(client, accept):
    asked = {"names": ["*.0.attn.q"], "headers": {"Accept": accept}}
    short, whole = post(client, predictions=False, **asked), post(client, **asked)
    told, all_ = (each.json() if accept == JSON else about(each) for each in (short, whole))
    assert "predictions" not in told
    assert all_ == {**told, "predictions": all_["predictions"]}
    assert all_["predictions"]
