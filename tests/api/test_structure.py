"""What the server tells of a model's parts."""

import pytest
from api.client import KINDS, post, tensors
from safetensors.torch import load_file

from model import zoo


@pytest.mark.parametrize("model", KINDS)
def test_the_counts_are_those_of_the_file_and_add_up_to_what_is_said_of_the_model(client, model):
    told = client.get(f"/api/models/{model}/structure").json()
    stored = {
        name: tensor
        for name, tensor in load_file(zoo.WEIGHTS / f"{model}.safetensors").items()
        if not name.endswith(".scale")
    }
    assert {one["name"]: one["shape"] for one in told["parameters"]} == {
        name: list(tensor.shape) for name, tensor in stored.items()
    }
    (info,) = [info for info in client.get("/api/models").json() if info["id"] == model]
    counted = sum(one["count"] for one in told["parameters"])
    assert counted == told["total"] == info["parameters"] == sum(tensor.numel() for tensor in stored.values())


@pytest.mark.parametrize("model", KINDS)
def test_every_tensor_of_a_part_can_be_asked_for_and_has_the_axes_that_are_told(client, model):
    told = client.get(f"/api/models/{model}/structure").json()
    names = ["*", "*.scores", "*.pattern"]
    sent = tensors(post(client, model=model, text="Cats sleep.", names=names))
    made = {name for part in told["parts"] for name in (*part["reads"], *part["makes"])}
    assert made == set(told["tensors"])
    for name, axes in told["tensors"].items():
        assert len(axes) == sent[name].ndim
        for axis, length in zip(axes, sent[name].shape, strict=True):
            assert told["sizes"].get(axis, length) == length, (name, axis)


def test_whoever_has_it_gets_it_only_once(client):
    path = "/api/models/decoder/structure"
    first = client.get(path)
    assert client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_a_model_that_is_not_there_has_none(client):
    response = client.get("/api/models/nowhere/structure")
    assert (response.status_code, response.json()["type"]) == (404, "urn:headlight:unknown-model")
