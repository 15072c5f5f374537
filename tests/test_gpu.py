"""Real models on a GPU, against those on the CPU. test_far.py asks on every machine that nothing is mixed up."""

import pytest
import torch
from eager import ids, pattern_error, run
from fastapi.testclient import TestClient
from real_inputs import OTHERS, inputs, made
from real_models import FAMILIES, FULL
from safetensors.torch import load

from app import Settings, create_app
from model import zoo

transformers = pytest.importorskip("transformers")
huggingface = pytest.importorskip("model.huggingface")
forward_pass = pytest.importorskip("model.forward_pass")
GPU = next((name for name, there in (
    ("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available()),
) if there), None)  # fmt: skip
pytestmark = [pytest.mark.gpu, pytest.mark.skipif(GPU is None, reason="no GPU here")]
LARGEST = {torch.float32: 1e-3, torch.float16: 5e-3, torch.bfloat16: 3e-2}  # errors of a weight
TEXT = "the cat sat, 猫!"


def traced(model):
    return model.trace(TEXT, target="a cat" if model.kind == "encoder-decoder" else None)


def check(there, largest, here=None):
    assert {tensor.device.type for tensor in there.tensors.values()} == {GPU}
    assert {tensor.dtype for tensor in there.tensors.values()} == {torch.float32}
    for site in there.sites:
        pattern = there.pattern(site.name)
        if not site.sinks:
            torch.testing.assert_close(pattern.sum(-1), torch.ones_like(pattern.sum(-1)), atol=1e-3, rtol=0)
        if here is not None:
            torch.testing.assert_close(pattern.cpu(), here.pattern(site.name), atol=largest, rtol=0)


@pytest.mark.parametrize("family", FAMILIES)
def test_real_models_there_are_those_on_the_cpu(folders, family):
    there, here = (huggingface.load(folders(family), "real", where) for where in (GPU, "cpu"))
    check(traced(there), LARGEST[torch.float32], traced(here))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
@pytest.mark.parametrize("family", FULL)
def test_in_half_precision_they_are_eager_attention_there(folders, family, dtype):
    model = huggingface.load(folders(family), "real", GPU, dtype)
    trace = traced(model)
    own = getattr(transformers, FAMILIES[family][0])
    theirs = own.from_pretrained(folders(family), attn_implementation="eager", dtype=dtype).to(GPU).eval()
    check(trace, LARGEST[dtype])
    assert pattern_error(trace, run(theirs, ids(trace, GPU)), model.kind) < LARGEST[dtype]


@pytest.mark.parametrize("family", OTHERS)
def test_what_reads_no_text_is_there_as_on_the_cpu(family):
    given = inputs(family)
    there = forward_pass.traced(made(family).to(GPU), **{name: value.to(GPU) for name, value in given.items()})
    check(there, LARGEST[torch.float32], forward_pass.traced(made(family), **given))


@pytest.mark.parametrize("family", ["GPT-2", "T5", "BERT to GPT-2"])
def test_they_write_there(folders, family):
    there, here = (huggingface.load(folders(family), "real", where) for where in (GPU, "cpu"))
    asked = {"target": "" if here.kind == "encoder-decoder" else None, "max_new_tokens": 3, "temperature": 0}
    steps = [list(model.generate(TEXT, **asked)) for model in (there, here)]
    assert [step.id for step in steps[0]] == [step.id for step in steps[1]]


def test_a_server_there_answers_as_one_on_the_cpu():
    asked = {"model": "decoder", "text": "I see a dog.", "names": ["*.pattern", "logits"]}
    answers = []
    for where in (GPU, "cpu"):
        with TestClient(create_app(Settings(device=where)), base_url="http://localhost") as client:
            response = client.post("/api/trace", json=asked)
            assert response.status_code == 200
            answers.append(load(response.content))
            weighed = {"model": "decoder", "text": "I see a dog.", "position": 2}
            assert client.post("/api/importance", json=weighed).status_code == 200
    for name, tensor in answers[1].items():
        torch.testing.assert_close(answers[0][name], tensor, atol=1e-2 if name == "logits" else 1e-3, rtol=1e-3)
    zoo.shipped.cache_clear()
