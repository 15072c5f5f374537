"""Real models in half precision: against eager attention in the same precision, and what is stored of a run."""

import pytest
import torch
from eager import heads_error, hidden_error, ids, pattern_error, run
from real_inputs import HANDED_OVER, inputs, made
from real_models import FAMILIES, FULL, saved

from app import Settings
from app.answers import Answers
from app.models import size_of
from model import zoo

transformers = pytest.importorskip("transformers")
huggingface = pytest.importorskip("model.huggingface")
forward_pass = pytest.importorskip("model.forward_pass")
HALVES = {  # largest error of a weight; of a stream or of what heads add, by the largest number there
    torch.float16: (5e-3, 5e-3),
    torch.bfloat16: (3e-2, 4e-2),
}
TEXT = "the cat sat, 猫!"


def name(value):
    return str(value).removeprefix("torch.")


def runs(dtype, device="cpu"):
    """Skips where torch has no kernel for it here."""
    try:
        x = torch.ones(2, 2, dtype=dtype, device=device)
        torch.nn.functional.layer_norm(torch.nn.functional.linear(x, x), (2,))
    except RuntimeError as error:
        pytest.skip(f"torch has no {name(dtype)} on this {device}: {error}")


def largest(trace, last):
    return max(float(tensor.abs().max()) for name, tensor in trace.tensors.items() if name.endswith(last))


@pytest.mark.parametrize("dtype", HALVES, ids=name)
def test_in_python_the_precision_is_chosen_when_a_model_is_loaded(folders, dtype):
    weights = zoo.load(folders("GPT-2"), dtype=dtype).transformer.parameters()
    assert {weight.dtype for weight in weights} == {dtype}


@pytest.mark.parametrize("dtype", HALVES, ids=name)
@pytest.mark.parametrize("family", FULL)
def test_patterns_in_half_precision_are_those_of_eager_attention(folders, family, dtype):
    runs(dtype)
    model = huggingface.load(folders(family), "real", dtype=dtype)
    trace = model.trace(TEXT, target="a cat" if model.kind == "encoder-decoder" else None)
    own = getattr(transformers, FAMILIES[family][0])
    out = run(own.from_pretrained(folders(family), attn_implementation="eager", dtype=dtype).eval(), ids(trace))
    assert out[0].dtype == dtype  # theirs is in half precision indeed
    check(trace, out, model.kind, model.transformer.model, dtype)
    assert model.info()["dtype"] == name(dtype) and model.info()["stored_dtype"] == "float32"


@pytest.mark.parametrize("dtype", HALVES, ids=name)
@pytest.mark.parametrize("family", HANDED_OVER)
def test_so_they_are_of_what_is_no_text(family, dtype):
    runs(dtype)
    model, theirs = (made(family, how).to(dtype) for how in ("sdpa", "eager"))
    given = {name: x.to(dtype) if x.is_floating_point() else x for name, x in inputs(family).items()}
    trace = forward_pass.traced(model, **given)
    check(trace, run(theirs, given), trace.model["kind"], model, dtype)


def check(trace, out, kind, model, dtype):
    of_weight, of_stream = HALVES[dtype]
    assert trace.sites[0].captures == "full"
    assert pattern_error(trace, out, kind) < of_weight
    assert hidden_error(trace, out, kind) < of_stream * max(1, largest(trace, "resid_pre"))
    assert heads_error(trace, model) < of_stream * max(1, largest(trace, "_out"))
    assert {tensor.dtype for tensor in trace.tensors.values()} == {torch.float32}
    for site in trace.sites:
        if not site.sinks:  # a softmax in half precision would miss 1 by more
            rows = trace.pattern(site.name).sum(-1)
            torch.testing.assert_close(rows, torch.ones_like(rows), atol=1e-5, rtol=0)


@pytest.mark.parametrize("stored", HALVES, ids=name)
def test_a_folder_in_half_precision_is_read_in_float32_and_says_so(tmp_path, stored):
    model = transformers.AutoModelForCausalLM.from_pretrained(saved(tmp_path, "Llama"), dtype=stored)
    model.save_pretrained(tmp_path)
    whole, half = huggingface.load(tmp_path, "whole"), huggingface.load(tmp_path, "half", dtype=stored)
    assert [model.info()["dtype"] for model in (whole, half)] == ["float32", name(stored)]
    assert {model.info()["stored_dtype"] for model in (whole, half)} == {name(stored)}
    assert {parameter.dtype for parameter in whole.transformer.parameters()} == {torch.float32}
    assert size_of(half) < 0.6 * size_of(whole)
    for one, other in zip(whole.transformer.parameters(), half.transformer.parameters(), strict=True):
        assert torch.equal(one, other.float())  # widened, and nothing else


def test_the_precision_that_is_chosen_reaches_the_model_and_its_traces(folders):
    folder, sizes = folders("GPT-2"), []
    for dtype in ("float32", "bfloat16"):
        answers = Answers(Settings(device="cpu", threads=1, models=[str(folder)], dtype=dtype))
        (id,) = set(answers.models.ids()) - set(zoo.ids())
        answers.models.read(id)
        told, model = answers.models.state(id), answers.models.get(id)
        assert told.info["dtype"] == model.trace(TEXT).model["dtype"] == dtype
        assert answers.models.get("decoder").info()["dtype"] == "float32"
        sizes.append(told.bytes)
    assert sizes[1] < 0.6 * sizes[0]


def test_heads_are_measured_edited_and_written_with_in_half_precision(folders):
    model = huggingface.load(folders("Llama"), "half", dtype=torch.bfloat16)
    plain, edited = model.trace(TEXT), model.trace(TEXT, edits=[{"zero": "decoder.blocks.0.attn", "head": 1}])
    site = "decoder.blocks.0.attn"
    torch.testing.assert_close(plain[f"{site}.head_out_share"].sum(0), torch.ones(len(plain.tokens["target"])))
    assert edited[f"{site}.z"][1].abs().max() == 0 and not torch.equal(plain["logits"], edited["logits"])
    assert len(list(model.generate(TEXT, max_new_tokens=3, temperature=0))) in (1, 2, 3)


def test_a_family_that_makes_float32_of_its_own_is_refused_and_says_why(folders):
    with pytest.raises(huggingface.ModelRefused) as refused:
        huggingface.load(folders("XLNet"), "real", dtype=torch.float16)
    assert refused.value.code == "dtype-refused"
