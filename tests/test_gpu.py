"""Real models on a GPU, against those on the CPU, and what a server there does with its memory. In one command, which
ends with a table of how far off each family was:

    .venv/bin/python -m pytest -p no:xdist -m gpu tests/test_gpu.py tests/test_devices.py

test_far.py asks on every machine that nothing is mixed up, and test_memory.py what is done where there is no room.
"""

import gc

import pytest
import torch
from eager import difference, ids, pattern_error, run
from fastapi.testclient import TestClient
from real_inputs import OTHERS, inputs, made
from real_models import FAMILIES, FULL
from safetensors.torch import load

from app import Settings, answers, create_app, devices, wire
from app.refusals import Refusal
from app.schemas import TraceRequest
from model import demand, zoo

transformers = pytest.importorskip("transformers")
huggingface = pytest.importorskip("model.huggingface")
forward_pass = pytest.importorskip("model.forward_pass")
GPU = next((name for name, there in (
    ("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available()),
) if there), None)  # fmt: skip
pytestmark = [pytest.mark.gpu, pytest.mark.skipif(GPU is None, reason="no GPU here")]
LARGEST = {torch.float32: 1e-4, torch.float16: 5e-3, torch.bfloat16: 3e-2}  # errors of a weight
TEXT = "the cat sat, 猫!"
COLUMNS = ["against the CPU", "against eager", "float16", "bfloat16"]


@pytest.fixture(scope="module", autouse=True)
def told(request):
    """told[family, column]: the largest error of a weight; all are printed at the end."""
    found = {}
    devices.exact()
    yield found
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        versions = f"torch {torch.__version__}, transformers {transformers.__version__}"
        print(f"\n\n{devices.describe(GPU)}, {versions}: the largest error of an attention weight\n")
        print(f"| family | {' | '.join(COLUMNS)} |\n|{' --- |' * (1 + len(COLUMNS))}")
        for family in dict.fromkeys(family for family, _ in found):
            cells = (f"{found[family, column]:.0e}" if (family, column) in found else "" for column in COLUMNS)
            print(f"| {family} | {' | '.join(cells)} |")


def traced(model):
    return model.trace(TEXT, target="a cat" if model.kind == "encoder-decoder" else None)


def check(there):
    assert {tensor.device.type for tensor in there.tensors.values()} == {GPU}
    assert {tensor.dtype for tensor in there.tensors.values()} == {torch.float32}
    for site in there.sites:
        pattern = there.pattern(site.name)
        if not site.sinks:
            torch.testing.assert_close(pattern.sum(-1), torch.ones_like(pattern.sum(-1)), atol=1e-3, rtol=0)


def error(there, here):
    """The largest of any weight."""
    check(there)
    return max(difference(there.pattern(site.name).cpu(), here.pattern(site.name)) for site in here.sites)


@pytest.mark.parametrize("family", FAMILIES)
def test_real_models_there_are_those_on_the_cpu(folders, told, family):
    there, here = (huggingface.load(folders(family), "real", where) for where in (GPU, "cpu"))
    told[family, COLUMNS[0]] = off = error(traced(there), traced(here))
    assert off < LARGEST[torch.float32]


@pytest.mark.parametrize("dtype", LARGEST, ids=str)
@pytest.mark.parametrize("family", FULL)
def test_they_are_eager_attention_there(folders, told, family, dtype):
    model = huggingface.load(folders(family), "real", GPU, dtype)
    trace = traced(model)
    check(trace)
    own = getattr(transformers, FAMILIES[family][0])
    theirs = own.from_pretrained(folders(family), attn_implementation="eager", dtype=dtype).to(GPU).eval()
    off = pattern_error(trace, run(theirs, ids(trace, GPU)), model.kind)
    told[family, COLUMNS[1] if dtype == torch.float32 else str(dtype).removeprefix("torch.")] = off
    assert off < LARGEST[dtype]


@pytest.mark.parametrize("family", OTHERS)
def test_what_reads_no_text_is_there_as_on_the_cpu(told, family):
    given = inputs(family)
    there = forward_pass.traced(made(family).to(GPU), **{name: value.to(GPU) for name, value in given.items()})
    told[family, COLUMNS[0]] = off = error(there, forward_pass.traced(made(family), **given))
    assert off < LARGEST[torch.float32]


@pytest.mark.parametrize("family", ["GPT-2", "T5", "BERT to GPT-2"])
def test_they_write_there(folders, family):
    there, here = (huggingface.load(folders(family), "real", where) for where in (GPU, "cpu"))
    assert there.transformer.reads_on is here.transformer.reads_on
    asked = {"target": "" if here.kind == "encoder-decoder" else None, "max_new_tokens": 3, "temperature": 0}
    steps = [list(model.generate(TEXT, **asked)) for model in (there, here)]
    assert [step.id for step in steps[0]] == [step.id for step in steps[1]]


@pytest.mark.parametrize("family", ["GPT-2", "BERT", "Llama", "T5"])
def test_what_a_run_shows_has_the_same_names_there(folders, family):
    """Dry runs tell them, by equal numbers; there these are another's."""
    there, here = (huggingface.load(folders(family), "real", where) for where in (GPU, "cpu"))
    assert list(traced(there)) == list(traced(here))
    assert there.transformer.structure == here.transformer.structure
    assert (there.transformer.unembedding is None) is (here.transformer.unembedding is None)
    assert (there.transformer.read_out is None) is (here.transformer.read_out is None)


def test_a_server_there_answers_as_one_on_the_cpu():
    asked = {"model": "decoder", "text": "I see a dog.", "names": ["*.pattern", "*.head_scores", "logits"]}
    measured = {"models": ["decoder", "encoder"], "text": "I see a dog."}
    answered = []
    for where in (GPU, "cpu"):
        served = create_app(Settings(device=where, answer_cache=0, trace_cache=0))
        with TestClient(served, base_url="http://localhost") as client:
            response = client.post("/api/trace", json=asked)
            assert response.status_code == 200
            assert client.post("/api/trace", json=asked).content == response.content
            answered.append(load(response.content))
            weighed = {"model": "decoder", "text": "I see a dog.", "position": 2}
            assert client.post("/api/importance", json=weighed).status_code == 200
            for measure in ("distance", "depth", "saturation"):
                lines = client.post("/api/gradients", json={"measure": measure, **measured})
                assert lines.status_code == 200 and "urn:headlight" not in lines.text
            for view in ("weights", "scores", "lines", "qkv", "values"):
                figure = {"model": "decoder", "text": "I see a dog.", "site": "decoder.blocks.0.attn", "head": 0}
                assert client.post("/api/figure", json={**figure, "view": view}).status_code == 200
            assert client.get("/lessons/01-why-attention?lang=en").status_code == 200
    for name, tensor in answered[1].items():
        torch.testing.assert_close(
            answered[0][name], tensor, atol=1e-2 if name == "logits" else 1e-3, rtol=1e-3, equal_nan=True
        )
    zoo.shipped.cache_clear()


def there_alone(**settings):
    zoo.shipped.cache_clear()
    return answers.Answers(Settings(device=GPU, **settings))


def asked(text, model="decoder"):
    return TraceRequest(model=model, text=text)


def test_products_are_exact_there():
    a = torch.randn(256, 256, generator=torch.Generator().manual_seed(0))
    off = (a.to(GPU) @ a.to(GPU)).cpu().double() - a.double() @ a.double()
    assert float(off.abs().max()) < 1e-3 / 2  # in TF32 it is a few hundredths


@pytest.mark.skipif(GPU != "cuda", reason="torch tells of no other device how much it took at most")
def test_a_run_takes_no_more_there_than_was_counted():
    model = there_alone().models.get("decoder")
    trace = model.prepare("the cat sat " * 60, None, "native", [], None)
    model.run(model.prepare("the cat", None, "native", [], None))  # libraries take their own the first time
    counted = demand.bytes_of(trace, trace.shapes)
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    model.run(trace)
    assert torch.cuda.max_memory_allocated() - before <= counted


@pytest.mark.skipif(GPU != "cuda", reason="no other device can be given less memory than it has")
def test_a_run_that_finds_no_room_there_is_refused():
    served = there_alone(deadline=1e9)
    whole = served.memory.run(lambda: served.trace(asked("the cat"), wire.SAFETENSORS)).body
    served.memory.let_go()
    total = served.memory.total
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_allocated() + 4 * 2**20) / total)
    try:
        with pytest.raises(Refusal, match="out-of-memory") as refused:
            served.memory.run(lambda: served.trace(asked("the cat sat " * 60), wire.SAFETENSORS))
        assert refused.value.values["limit"] == total
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    served.answers.clear()
    assert served.memory.run(lambda: served.trace(asked("the cat"), wire.SAFETENSORS)).body == whole


def test_a_model_that_is_unloaded_is_gone_from_there(folders):
    served = there_alone(models=[str(folders("GPT-2")), str(folders("Llama"))], deadline=1e9)
    one, other = served.models.ids()[-2:]
    taken = torch.cuda.memory_allocated if GPU == "cuda" else torch.mps.current_allocated_memory
    served.models.read(one)
    assert served.trace(asked("the cat", one), wire.SAFETENSORS).body
    size = served.models.state(one).bytes
    gc.collect()
    before = taken()
    served.models.limit = size
    served.models._make_room(size, besides=served.models.state(other))
    assert served.models.state(one).state == "unloaded"
    assert taken() <= before - size / 2
