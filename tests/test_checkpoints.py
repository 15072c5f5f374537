import itertools
import json
import shutil

import pytest
import torch

from model import zoo
from model.training.checkpoint import BadWeights
from model.zoo import InputError

BORN = [id for id in zoo.ids() if zoo.load(id).checkpoints]
TEXT = "Tom likes music. Mary likes"


def test_a_decoder_and_an_encoder_decoder_have_checkpoints():
    assert len(zoo.load("decoder").checkpoints) >= 10
    assert len(zoo.load("encoder-decoder").checkpoints) >= 5


@pytest.mark.parametrize("id", BORN)
def test_every_checkpoint_that_is_listed_can_be_run(id):
    model = zoo.load(id)
    patterns = []
    for step in model.checkpoints:
        trace = model.trace(TEXT, "汤姆" if id == "encoder-decoder" else None, checkpoint=step)
        patterns.append(trace[f"{model.births['sites'][0]}.pattern"])
        assert torch.allclose(patterns[-1].sum(-1), torch.ones(()), atol=1e-5)
    assert not any(torch.allclose(a, b, atol=1e-4) for a, b in itertools.pairwise(patterns))


@pytest.mark.parametrize("id", BORN)
def test_the_last_checkpoint_is_the_model(id):
    model = zoo.load(id)
    assert model.at(model.checkpoints[-1]) is model
    assert model.at(None) is model


@pytest.mark.parametrize("checkpoint", [-1, 3, 10**9, "last", "0", True])
def test_an_unknown_checkpoint_is_refused(checkpoint):
    with pytest.raises(InputError) as refusal:
        zoo.load("decoder").trace(TEXT, checkpoint=checkpoint)
    assert refusal.value.code == "unknown-checkpoint"


def test_the_trace_says_which_weights_it_is_of(client):
    first, *_, last = zoo.load("decoder").checkpoints
    answers = [
        client.post(
            "/api/trace",
            json={"model": "decoder", "text": TEXT, "names": [], "checkpoint": step},
            headers={"Accept": "application/json"},
        ).json()
        for step in (first, last, None)
    ]
    sha256 = [answer["model"]["sha256"] for answer in answers]
    assert sha256[0] != sha256[1] == sha256[2]
    assert answers[0]["request"]["checkpoint"] == first
    assert answers[0]["predictions"] != answers[1]["predictions"]


def test_an_early_encoder_decoder_writes_its_own_target():
    model = zoo.load("encoder-decoder")
    written = {step: [token.id for token in model.trace("I love you.", checkpoint=step).tokens["target"]] for step in
               (model.checkpoints[0], model.checkpoints[-1])}  # fmt: skip
    assert written[model.checkpoints[0]] != written[model.checkpoints[-1]]


@pytest.mark.parametrize("id", BORN)
def test_the_curve_is_of_the_heads_that_the_model_has(client, id):
    curve, model = client.get(f"/api/models/{id}/births").json(), zoo.load(id)
    listed = next(m for m in client.get("/api/models").json() if m["id"] == id)
    assert curve["checkpoints"] == listed["checkpoints"] == model.checkpoints
    assert set(curve["sites"]) <= {site.name for site in model.transformer.sites()}
    steps = [moment["step"] for moment in curve["moments"]]
    assert steps == sorted(set(steps))
    assert set(curve["checkpoints"]) <= set(steps)
    for moment in curve["moments"]:
        scores = torch.tensor(moment["scores"])
        assert scores.shape == (len(curve["sites"]), model.transformer.config.n_heads)
        assert ((scores >= 0) & (scores <= 1)).all()


@pytest.mark.parametrize("id", BORN)
def test_a_head_is_born(id):
    curve = zoo.load(id).births
    first, last = (max(map(max, curve["moments"][at]["scores"])) for at in (0, -1))
    assert first < 1.5 * curve["chance"]
    assert last > 0.6


@pytest.mark.parametrize(("id", "status"), [("encoder", 404), ("nobody", 404)])
def test_a_model_without_a_curve_has_none(client, id, status):
    assert client.get(f"/api/models/{id}/births").status_code == status


@pytest.fixture
def damaged(tmp_path, monkeypatch):
    """The weights, to be damaged."""
    shutil.copytree(zoo.WEIGHTS, tmp_path / "weights")
    monkeypatch.setattr(zoo, "WEIGHTS", tmp_path / "weights")
    zoo.shipped.cache_clear()
    zoo.load_checkpoint.cache_clear()
    yield tmp_path / "weights"
    zoo.shipped.cache_clear()
    zoo.load_checkpoint.cache_clear()


def test_a_damaged_checkpoint_is_refused_and_the_model_goes_on(damaged):
    step = zoo.load("decoder").checkpoints[1]
    file = damaged / "decoder.checkpoints" / f"{step}.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(BadWeights, match=file.name):
        zoo.load("decoder").trace(TEXT, checkpoint=step)
    assert zoo.load("decoder").trace(TEXT)["logits"].isfinite().all()


def test_a_damaged_checkpoint_is_refused_over_http(client, monkeypatch):
    model = zoo.load("decoder", client.app.state.answers.torch_device)

    def fail(step: int) -> None:
        raise BadWeights("bad")

    monkeypatch.setattr(model, "load_at", fail)
    asked = {"model": "decoder", "text": "One that nobody asked before.", "checkpoint": model.checkpoints[0]}
    answer = client.post("/api/trace", json=asked)
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("model-unavailable")
    assert client.post("/api/trace", json={**asked, "checkpoint": None}).status_code == 200


def test_a_curve_that_is_no_json_is_refused(damaged):
    (damaged / "decoder.births.json").write_text("{")
    with pytest.raises(BadWeights, match=r"decoder\.births\.json"):
        zoo.load("decoder")
    assert zoo.load("encoder")


def test_a_missing_file_of_a_listed_checkpoint_is_refused(damaged):
    step = json.loads((damaged / "decoder.births.json").read_text())["checkpoints"][0]
    (damaged / "decoder.checkpoints" / f"{step}.safetensors").unlink()
    with pytest.raises(BadWeights):
        zoo.load("decoder").trace(TEXT, checkpoint=step)
