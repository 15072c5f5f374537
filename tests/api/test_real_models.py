"""Folders of real models, served: what a client is sent of them."""

import json
import time

import pytest
import torch
from fastapi.testclient import TestClient
from real_models import saved
from refusals.problem import check_problem
from safetensors.torch import load

from app import Settings, create_app

transformers = pytest.importorskip("transformers")
TEXT = "the cat sat"
PICTURE = {"hidden_size": 32, "num_attention_heads": 4, "num_hidden_layers": 2, "intermediate_size": 37,
           "image_size": 16, "patch_size": 8}  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    named = {"gpt": "GPT-2", "bare": "BERT without a head", "t5": "T5", "weights": "MPNet", "pair": "BERT to GPT-2"}
    transformers.ViTModel(transformers.ViTConfig(**PICTURE)).save_pretrained(root / "vit")
    return {id: saved(root / id, family) for id, family in named.items()} | {"vit": root / "vit"}


@pytest.fixture(scope="module")
def client(folders):
    settings = Settings(device="cpu", threads=1, models=[str(folder) for folder in folders.values()])
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        for _ in range(600):
            told = {one["id"]: one for one in client.get("/api/models").json()}
            if {told[id]["state"] for id in folders} <= {"ready", "failed"}:
                break
            time.sleep(0.1)
        client.told = told
        yield client


def traced(client, model, **asked):
    response = client.post("/api/trace", json={"model": model, "text": TEXT, **asked})
    assert response.status_code == 200, response.text
    header = json.loads(response.content[8 : 8 + int.from_bytes(response.content[:8], "little")])
    return load(response.content), {name: json.loads(value) for name, value in header["__metadata__"].items()}


def test_models_say_what_they_are(client):
    facts = {id: tuple(client.told[id][fact] for fact in ("kind", "captures", "predicts", "relative_bias"))
             for id in ("gpt", "bare", "t5", "weights", "pair")}  # fmt: skip
    assert facts == {
        "gpt": ("decoder", "full", True, False), "bare": ("encoder", "full", False, False),
        "t5": ("encoder-decoder", "full", True, True), "weights": ("encoder", "pattern", False, False),
        "pair": ("encoder-decoder", "full", True, False),
    }  # fmt: skip


@pytest.mark.parametrize("id", ["gpt", "bare", "weights"])
def test_the_pattern_that_is_sent_is_eager_attentions(client, folders, id):
    tensors, about = traced(client, id, names=["*.pattern"])
    model = transformers.AutoModel.from_pretrained(folders[id], attn_implementation="eager").eval()
    side = next(iter(about["tokens"].values()))
    with torch.no_grad():
        weights = model(torch.tensor([[token["id"] for token in side]]), output_attentions=True).attentions
    for layer, site in enumerate(about["sites"]):
        torch.testing.assert_close(tensors[f"{site['name']}.pattern"], weights[layer][0], atol=1e-5, rtol=0)


def test_a_bias_by_distance_is_told_and_sent(client):
    tensors, about = traced(client, "t5", target="a", names=["encoder.blocks.1.attn.*"])
    site = next(site for site in about["sites"] if site["name"] == "encoder.blocks.1.attn")
    n = len(about["tokens"]["source"])
    assert site["relative_bias"] and tensors["encoder.blocks.1.attn.relative_bias"].shape == (4, 2 * n - 1)
    assert [site["name"] for site in about["sites"] if "cross" in site["name"] and "relative_bias" in site] == []


def test_without_a_head_there_are_no_predictions(client):
    tensors, about = traced(client, "bare")
    assert about["predictions"] == [] and "logits" not in tensors and "logits" not in about["names"]
    check_problem(client.post("/api/generate", json={"model": "bare", "text": TEXT}), "unsuited-model", "en")


@pytest.mark.parametrize("asked", [{"mask": "causal"}, {"edits": [{"zero": "encoder.blocks.0.attn"}]}])
def test_weights_alone_are_of_the_model_as_it_is(client, asked):
    check_problem(client.post("/api/trace", json={"model": "weights", "text": TEXT, **asked}), "weights-only", "en")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_model_that_reads_pictures_is_not_asked_about_text(client, lang):
    told = client.told["vit"]
    assert (told["state"], told["problem"]) == ("failed", "reads-pictures")
    asked = {"json": {"model": "vit", "text": TEXT}, "headers": {"accept-language": lang}}
    assert ("pictures" if lang == "en" else "图片") in check_problem(
        client.post("/api/trace", **asked), "reads-pictures", lang
    )["detail"]


def test_two_models_in_one_write_from_what_was_read(client):
    tensors, _ = traced(client, "pair", target="a", names=["*.pattern"])
    assert tensors["decoder.blocks.1.cross_attn.pattern"].shape == (4, 2, len(TEXT))
    lines = client.post("/api/generate", json={"model": "pair", "text": TEXT, "max_new_tokens": 3, "temperature": 0})
    assert lines.status_code == 200 and "probability" in json.loads(lines.text.splitlines()[0])


def test_its_parts_have_all_its_parameters_and_weights_alone_have_none(client):
    told = client.get("/api/models/gpt/structure").json()
    listed = {one["id"]: one for one in client.get("/api/models").json()}["gpt"]
    assert told["total"] == sum(one["count"] for one in told["parameters"]) == listed["parameters"]
    shared = next(one for one in told["parameters"] if one["name"].endswith("h.1.attn.c_attn.weight"))
    assert shared["part"] == "decoder.blocks.1.attn.W_q"
    assert shared["shared"] == ["decoder.blocks.1.attn.W_k", "decoder.blocks.1.attn.W_v"]
    check_problem(client.get("/api/models/weights/structure"), "no-structure", "en")


def test_a_real_model_writes_and_its_heads_are_weighed(client):
    lines = client.post("/api/generate", json={"model": "gpt", "text": TEXT, "max_new_tokens": 3, "temperature": 0})
    assert len(lines.text.splitlines()) in (1, 2, 3) and "probability" in json.loads(lines.text.splitlines()[0])
    weighed = client.post("/api/importance", json={"model": "gpt", "text": TEXT, "position": 2}).text.splitlines()
    assert json.loads(weighed[0])["heads"] == 8 and len(weighed) == 9
    asked = json.loads(weighed[0])["token"]["id"]
    edited = client.post("/api/importance", json={
        "model": "gpt", "text": TEXT, "position": 2, "token": asked,
        "edits": [{"zero": "decoder.blocks.1.attn", "head": 3}],
    }).text.splitlines()  # fmt: skip
    of_head = {(one["site"], one["head"]): one["probability"] for one in map(json.loads, weighed[1:])}
    assert json.loads(edited[0])["probability"] == pytest.approx(of_head["decoder.blocks.1.attn", 3], rel=1e-5)


@pytest.mark.parametrize("id", ["gpt", "weights"])
def test_a_pattern_is_sent_of_the_heads_that_are_asked_for(client, id):
    (name,) = [name for name in traced(client, id, names=["*.0.attn.pattern"])[0] if name.endswith("attn.pattern")]
    whole, one = (traced(client, id, names=[name], **more)[0][name] for more in ({}, {"heads": [2]}))
    assert whole.shape[0] == 4 and torch.equal(one, whole[[2]])


@pytest.mark.parametrize("view", ["weights", "lines", "scores", "qkv", "values"])
def test_a_figure_of_weights_alone_shows_these_and_nothing_else(client, view):
    asked = {"model": "weights", "text": TEXT, "site": "encoder.blocks.1.attn", "head": 1, "view": view}
    response = client.post("/api/figure", json=asked)
    if view in ("weights", "lines"):
        assert response.status_code == 200 and "encoder.blocks.1.attn" in response.text
    else:
        check_problem(response, "unknown-name", "en")
