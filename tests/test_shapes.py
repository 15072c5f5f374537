"""What is told of a run before it, against the run."""

import pytest
import torch
from real_models import FAMILIES, FULL, saved

from model import shapes, zoo
from model.shapes import kept, nbytes, scaled
from model.trace import Trace

TEXT, TARGET = "the cat sat on the mat", "a cat"


def target_of(model):
    return TARGET if model.kind == "encoder-decoder" else None


def parts(model):
    """A run of which everything is kept, and one of which nothing is but what patterns are made of."""
    whole = model.trace(TEXT, target_of(model))
    few = {name for name in whole.shapes if name.rpartition(".")[2] in shapes.MAKERS}
    return whole, model.run(model.prepare(TEXT, target_of(model), "native", [], None), few)


@pytest.mark.parametrize("id", ["encoder", "decoder", "encoder-decoder"])
def test_the_shapes_of_a_run_are_known_before_it(id):
    model = zoo.load(id)
    before = model.prepare(TEXT, target_of(model), "native", [], None).shapes
    trace = model.trace(TEXT, target_of(model))
    assert list(before.items()) == [(name, tuple(tensor.shape)) for name, tensor in trace.tensors.items()]


@pytest.mark.parametrize("id", ["encoder", "decoder", "encoder-decoder"])
def test_what_is_kept_of_a_run_is_the_same_and_logits_are_made_of_a_few_positions(id):
    check_parts(*parts(zoo.load(id)))


def check_parts(whole, few):
    assert list(few.shapes) == list(whole.shapes)
    assert few.tensors.keys() == {name for name in whole.shapes if name.rpartition(".")[2] in shapes.MAKERS}
    for name, tensor in few.tensors.items():
        assert torch.equal(tensor, whole[name])
        assert tensor.untyped_storage().nbytes() == tensor.nbytes  # nothing else is held with it
    if "logits" in whole.shapes:
        torch.testing.assert_close(few.logits(slice(2, 4)), whole["logits"][2:4], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(few["logits"], whole["logits"], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(few.next_probabilities, whole["logits"][-1].softmax(-1), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_holds_of_real_models(tmp_path, family):
    pytest.importorskip("transformers")
    from model import huggingface

    model = huggingface.load(saved(tmp_path, family), "real")
    whole, few = parts(model)
    before = model.prepare(TEXT, target_of(model), "native", [], None).shapes
    assert list(before.items()) == [(name, tuple(tensor.shape)) for name, tensor in whole.tensors.items()]
    if family in FULL:
        assert (model.transformer.unembedding is not None) == model.transformer.predicts
        check_parts(whole, few)


def test_what_is_asked_for_is_kept_first_then_what_patterns_are_made_of():
    of_run = scaled(
        {f"{at}.{name}": (2, 2, 4) for at in ("a.attn", "b.attn") for name in ("q", "k", "v", "z")}
        | {"resid_post": (2, 8), "logits": (2, 100)},
        "decoder", {"target": 10},
    )  # fmt: skip
    size = 4 * 2 * 10 * 4
    assert nbytes(of_run, ["a.attn.q"]) == size == nbytes(of_run, ["resid_post"])
    assert nbytes(of_run, ["logits"]) == 4_000
    assert kept(of_run, {"logits"}, 0) == {"logits"}
    assert kept(of_run, {"a.attn.z"}, 3 * size) == {"a.attn.z", "a.attn.k", "a.attn.q"}
    assert kept(of_run, set(), 6 * size) == {f"{at}.{name}" for at in ("a.attn", "b.attn") for name in ("q", "k")} | {
        "a.attn.v", "a.attn.z"
    }  # fmt: skip
    assert kept(of_run, set(), nbytes(of_run, of_run)) == set(of_run)


def test_the_stream_is_kept_before_what_is_inside_the_parts_of_a_block():
    shapes = {"attn.v": (2, 2, 4), "mlp.post": (2, 8), "resid_mid": (2, 8), "resid_post": (2, 8)}
    of_run = scaled(
        {f"decoder.blocks.{i}.{name}": shape for i in (0, 10) for name, shape in shapes.items()},
        "decoder", {"target": 10},
    )  # fmt: skip
    size = nbytes(of_run, ["decoder.blocks.0.attn.v"])
    assert nbytes(of_run, of_run) == 8 * size
    for room, last in ((2, {"v"}), (4, {"v", "resid_post"}), (6, {"v", "resid_post", "resid_mid"})):
        found = kept(of_run, set(), room * size)
        assert len(found) == room and {name.rpartition(".")[2] for name in found} == last


def test_a_trace_knows_the_shapes_of_what_it_does_not_keep():
    trace = Trace(wanted={"a"})
    for name in ("a", "b"):
        trace.record(name, torch.zeros(2, 3))
    assert (trace.shapes, list(trace.tensors)) == ({"a": (2, 3), "b": (2, 3)}, ["a"])
    assert trace.nbytes == 24
