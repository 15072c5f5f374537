"""What a client of the API sends, and what it reads in the answers."""

import json

import numpy as np
import safetensors.numpy

KINDS = ["encoder", "decoder", "encoder-decoder"]
TEXT = "The cat sat on the mat."
CHINESE = "我爱吃鱼"
SAFETENSORS, JSON, NDJSON = "application/vnd.safetensors", "application/json", "application/x-ndjson"


def post(client, text=TEXT, model="decoder", headers=None, **asked):
    response = client.post("/api/trace", json={"model": model, "text": text, **asked}, headers=headers)
    assert response.status_code == 200, response.text
    return response


def tensors(response):
    return safetensors.numpy.load(response.content)


def about(response):
    """What the header says of a trace."""
    length = int.from_bytes(response.content[:8], "little")
    metadata = json.loads(response.content[8 : 8 + length])["__metadata__"]
    return {name: json.loads(value) for name, value in metadata.items()}


def close(array, tensor):
    """Equal but for the rounding of another number of threads."""
    np.testing.assert_allclose(array, tensor.numpy(), rtol=1e-4, atol=1e-5)


def written(client, text=TEXT, model="decoder", **asked):
    response = client.post("/api/generate", json={"model": model, "text": text, **asked})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == NDJSON
    return [json.loads(line) for line in response.text.splitlines()]
