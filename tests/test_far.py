"""What a model computes stays on its device: on one that is no CPU, and refuses what is left there (far.py)."""

import far
import mps_kernels
import pytest
import torch
from fastapi.testclient import TestClient
from real_inputs import OTHERS, inputs, made
from real_models import FAMILIES

from app import Settings, answers, create_app, devices, wire
from app.lessons.numbers import find, measured
from app.memory import Memory
from app.schemas import FigureRequest, GradientsRequest, ImportanceRequest, TraceRequest
from model import zoo
from model.gradients import diversity
from model.heads import scored

transformers = pytest.importorskip("transformers")
huggingface = pytest.importorskip("model.huggingface")
forward_pass = pytest.importorskip("model.forward_pass")
pytestmark = pytest.mark.filterwarnings("ignore:at..frobenius_norm is deprecated")  # only on this device
TEXT = "the cat sat, 猫!"
RUNS = [  # every mask and every edit once
    {"mask": "bidirectional", "edits": [{"uniform": "SITE", "head": 0}]},
    {"mask": {"window": 2}, "edits": [{"paint": "SITE", "head": 0, "cells": [[2, 0, False]]}]},
    {"mask": {"prefix": 2}, "edits": [{"mean": "SITE", "head": 0}, {"zero": "SITE", "head": 1}]},
    {"mask": {"painted": [[1, 0, False], [0, 1, True]]}, "edits": [{"diagonal": "SITE", "head": 0}]},
]


@pytest.fixture
def device():
    far.used.clear()
    with far.here() as device:
        yield device
    assert not [operation for operation in far.used if mps_kernels.lacking(operation)]


def at(site, run):
    """A run whose edits are of this site."""
    edits = run.get("edits", [])
    return run | {"edits": [{name: site if said == "SITE" else said for name, said in one.items()} for one in edits]}


def same(there, here):
    """All that was computed, and every pattern and score that is made of it."""
    assert list(there) == list(here)
    for name in here:
        assert there[name].device == far.DEVICE, name
        torch.testing.assert_close(there[name].cpu(), here[name], atol=5e-5, rtol=5e-5, equal_nan=True)
    for site in here.sites[:3]:
        full = site.captures == "full"
        for made_of in ("pattern", "thumbnails", *(("scores", "head_out_norm", "head_out_share") if full else ())):
            one, other = (getattr(trace, made_of)(site.name) for trace in (there, here))
            assert one.device == far.DEVICE
            near = 1 if made_of == "thumbnails" else 1e-5  # of which one step may be rounded the other way
            torch.testing.assert_close(one.cpu(), other, atol=near, rtol=1e-5, equal_nan=True)


def test_the_device_refuses_what_a_gpu_would(device):
    there, here = torch.ones(2, device=device), torch.ones(2)
    for mistake in (
        lambda: there + here, lambda: torch.where(there > 0, there, here), lambda: there.masked_fill_(here > 0, 1),
        lambda: torch.cat([there, here]), lambda: torch.stack([there, torch.zeros(2)]), lambda: there.numpy(),
        lambda: torch.zeros(3).__setitem__(slice(0, 2), there > torch.zeros(2)),
        lambda: torch.nn.functional.embedding(torch.tensor([0]), there[:, None]),
    ):  # fmt: skip
        with pytest.raises(RuntimeError):
            mistake()
    for number in (torch.float64, torch.complex64):
        with pytest.raises(TypeError):
            there.to(number)
    assert (there + 1).cpu().tolist() == [2, 2] and (there * torch.tensor(3.0)).tolist() == [3, 3]
    assert there[[1]].tolist() == [1] and there.new_zeros(1).device == far.DEVICE


@pytest.mark.parametrize("id", zoo.ids())
def test_shipped_models_run_there_as_here(device, id):
    zoo.shipped.cache_clear()
    text = "I love fish ." if id in zoo.BY_HAND else "I see a dog ."
    there, here = zoo.load(id, device), zoo.load(id, "cpu")
    site = here.trace(text).sites[0].name
    for run in ({}, *(RUNS if id == "decoder" else ())):
        same(there.trace(text, **at(site, run)), here.trace(text, **at(site, run)))
    zoo.shipped.cache_clear()


@pytest.mark.parametrize("family", FAMILIES)
def test_real_models_run_there_as_here(device, folders, family):
    there, here = (huggingface.load(folders(family), "real", where) for where in (device, "cpu"))
    run = {"target": "a cat"} if here.kind == "encoder-decoder" else {}
    same(there.trace(TEXT, **run), here.trace(TEXT, **run))


@pytest.mark.parametrize("family", OTHERS)
def test_so_do_those_that_read_no_text(device, family):
    given = inputs(family)
    here = forward_pass.traced(made(family), **given)
    same(forward_pass.traced(made(family).to(device), **{k: v.to(device) for k, v in given.items()}), here)


@pytest.mark.parametrize("family", ["GPT-2", "T5", "ModernBERT"])
def test_masks_and_edits_of_real_models_do_too(device, folders, family):
    there, here = (huggingface.load(folders(family), "real", where) for where in (device, "cpu"))
    site = here.transformer.sites()[0].name
    for run in RUNS:
        run = at(site, run) | ({"target": "a cat"} if here.kind == "encoder-decoder" else {})
        one, other = (model.trace(TEXT, **run) for model in (there, here))
        same(one, other)
        torch.testing.assert_close(scored(one, site).cpu(), scored(other, site), atol=1e-5, rtol=1e-5, equal_nan=True)


@pytest.mark.parametrize("family", ["GPT-2", "BART"])
def test_real_models_write_there_as_here(device, folders, family):
    there, here = (huggingface.load(folders(family), "real", where) for where in (device, "cpu"))
    run = {"target": ""} if here.kind == "encoder-decoder" else {}
    asked = {"max_new_tokens": 4, "temperature": 0.7, "seed": 3}
    assert [s.id for s in there.generate(TEXT, **run, **asked)] == [s.id for s in here.generate(TEXT, **run, **asked)]
    assert len(list(there.beams(TEXT, **run, max_new_tokens=3, width=2))) > 0


@pytest.mark.parametrize("family", ["shipped", "GPT-2", "BERT", "MPNet"])
def test_requests_are_answered_from_there(device, folders, monkeypatch, family):
    """All that a server sends of a model, from the device to the bytes."""
    monkeypatch.setattr(devices, "choose", lambda _: device)
    zoo.shipped.cache_clear()
    models = [] if family == "shipped" else [str(folders(family))]
    served = answers.Answers(Settings(models=models))
    id = served.models.ids()[-1] if models else "decoder"
    served.models.read(id)
    names = ["*", "*.pattern", "*.thumbnails", "*.head_scores", "*.head_chance"]
    for dtype in ("float32", "float16"):
        request = TraceRequest(model=id, text="I see a dog.", names=names, dtype=dtype)
        assert len(served.trace(request, wire.SAFETENSORS).body) > 1_000
    assert served.trace(TraceRequest(model=id, text="I see a dog."), wire.JSON).body
    model = served.models.get(id)
    if model.transformer.predicts:
        assert list(served.importance(ImportanceRequest(model=id, text="I see a dog.", position=2)))
    if model.transformer.captures == "full":
        site = model.transformer.sites()[0].name
        for view in ("weights", "scores", "lines", "qkv", "values"):
            assert served.figure(FigureRequest(model=id, text="I see a dog.", site=site, head=0, view=view), "en")
    if family == "shipped":
        asked = GradientsRequest(measure="saturation", models=[id], text="I see a dog.")
        assert any(line.get("heads") for line in served.gradients(asked))
        trace = model.trace("I see a dog.")
        assert measured(model, find(model, trace, f"{site}.pattern", "0,2"), "sum") == pytest.approx(1)
        assert 0 < diversity(trace["decoder.blocks.0.resid_post"]) < 2
    zoo.shipped.cache_clear()


def test_a_server_answers_from_there_in_its_worker(monkeypatch, device):
    """Over HTTP: whatever touches a tensor of the device does so in the thread of the models."""

    def run(self, work, own=Memory.run):
        with far.here():  # which holds for a thread
            return own(self, work)

    monkeypatch.setattr(devices, "choose", lambda _: device)
    monkeypatch.setattr(Memory, "run", run)
    zoo.shipped.cache_clear()
    asked = {"model": "decoder", "text": "I see a dog."}
    site = {**asked, "site": "decoder.blocks.0.attn", "head": 0}
    with TestClient(create_app(Settings(deadline=300)), base_url="http://localhost") as client:
        assert client.get("/api/models").status_code == 200
        assert client.get("/readyz").json()["unavailable"] == []
        for path, body in (
            ("trace", asked), ("generate", asked | {"max_new_tokens": 2}), ("beams", asked | {"max_new_tokens": 2}),
            ("importance", asked | {"position": 2}), ("figure", site), ("trace", asked | {"names": ["lens_ids"]}),
            ("gradients", {"measure": "saturation", "models": ["decoder"], "text": "I see a dog."}),
            ("trace", {"model": "encoder-decoder", "text": "I see a dog."}),
        ):  # fmt: skip
            response = client.post(f"/api/{path}", json=body)
            assert response.status_code == 200 and b"urn:headlight" not in response.content, path
        assert client.get("/api/models/decoder/structure").status_code == 200
        assert client.get("/api/models/hand/weights").status_code == 200
        assert client.get("/lessons/01-why-attention").status_code == 200
    zoo.shipped.cache_clear()
