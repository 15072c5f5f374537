"""The parts of a model, against the model itself."""

import itertools

import pytest
import torch
from networks import build, inputs

from model import zoo
from model.structure import parts, structure
from model.trace import Tap, Trace

KINDS, POSITIONS = ["encoder", "decoder", "encoder-decoder"], ["learned", "rotary"]


OPTIONS = [
    {}, {"norm": "post"}, {"norm": "none"},
    {"norm": "pre-mlp", "tied": False, "bias": False, "activation": "relu"},
    {"norm": "post", "residual": False}, {"norm": "none", "residual": False, "tied": False},
]  # fmt: skip


def networks():
    plain = [build(kind, "rotary") for kind in KINDS]
    return plain + [build(kind, "learned", **options) for kind in KINDS for options in OPTIONS]


@pytest.mark.parametrize("transformer", [*networks(), *(zoo.load(id).transformer for id in zoo.ids())])
def test_every_parameter_is_counted_once(transformer):
    told = structure(transformer)
    assert told["total"] == sum(parameter.numel() for parameter in transformer.parameters())
    assert sum(one["count"] for one in told["parameters"]) == told["total"]
    assert len({one["name"] for one in told["parameters"]}) == len(list(transformer.parameters()))
    assert {one["part"] for one in told["parameters"]} <= {part["id"] for part in told["parts"]}


@pytest.mark.parametrize("transformer", networks())
def test_a_parameter_changes_first_what_its_part_makes(transformer):
    before, found = run(transformer), parts(transformer)
    order = [(part.id, name) for part in found for name in part.makes if name in before]
    for one in structure(transformer)["parameters"]:
        parameter = transformer.get_parameter(one["name"])
        kept = parameter.detach().clone()
        with torch.no_grad():
            parameter.add_(0.5)
            after = run(transformer)
            parameter.copy_(kept)
        assert next(part for part, name in order if not torch.equal(before[name], after[name])) == one["part"]


def run(transformer):
    trace = Trace(sites=transformer.sites())
    with torch.no_grad():
        transformer(**inputs(transformer.config.kind), tap=Tap(trace.record))
    return {name: tensor.clone() for name, tensor in trace.tensors.items()}


@pytest.mark.parametrize("transformer", networks())
def test_what_a_part_reads_was_made_before_it(transformer):
    made = set()
    for part in parts(transformer):
        entering = {name for name in part.reads if name.endswith(".resid_pre")}  # the stream, unchanged since
        assert set(part.reads) <= made | entering, part
        made |= {*part.makes}


@pytest.mark.parametrize("transformer", networks())
def test_all_that_a_run_computes_is_made_by_a_part(transformer):
    made = {name for part in parts(transformer) for name in part.makes}
    others = {name for name in run(transformer) if name.rpartition(".")[2] not in ("resid_pre", "log_denominator")}
    assert len(others) > 20
    assert others <= made
    derived = {name for name in made if name.endswith((".scores", ".pattern"))}
    assert made - derived <= set(run(transformer))


def test_what_a_model_has_not_is_no_part_of_it():
    for kind, positions in itertools.product(KINDS, POSITIONS):
        found = {part.kind for part in parts(build(kind, positions))}
        assert ("rotate" in found) == (positions == "rotary")
        assert ("pos_embed" in found) == (positions == "learned")
    crossing = {kind: any(".cross_attn." in part.id for part in parts(build(kind))) for kind in KINDS}
    assert crossing == {"encoder": False, "decoder": False, "encoder-decoder": True}


def test_norms_stand_where_the_config_has_them():
    def kinds(**options):
        found = parts(build("decoder", **options))
        return [part.kind for part in found if ".blocks.1." in part.id or part.id == "decoder.norm"]

    attention, mlp = ["W_q", "W_k", "W_v", "scores", "pattern", "z", "W_o"], ["W_in", "post", "W_out"]
    assert kinds() == ["norm", *attention, "add", "norm", *mlp, "add", "norm"]
    assert kinds(norm="post") == [*attention, "add", "norm", *mlp, "add", "norm"]
    assert kinds(norm="pre-mlp") == [*attention, "add", "norm", *mlp, "add"]
    assert kinds(norm="none", residual=False) == [*attention, "replace", *mlp, "replace"]


def test_a_norm_after_the_sum_makes_the_stream():
    found = {part.id: part for part in parts(build("decoder", norm="post"))}
    block = "decoder.blocks.1"
    assert found[f"{block}.norm_attn"].makes == [f"{block}.norm_attn.normalized", f"{block}.resid_mid"]
    assert found[f"{block}.norm_attn"].reads == [f"{block}.resid_pre", f"{block}.attn_out"]
    assert found[f"{block}.mlp.W_in"].reads == [f"{block}.resid_mid"]


def test_cross_attention_reads_the_memory_with_its_keys_and_values_alone():
    found = {part.id: part for part in parts(build("encoder-decoder"))}
    site = "decoder.blocks.1.cross_attn"
    reads = {which: found[f"{site}.W_{which}"].reads for which in "qkv"}
    assert reads == {"q": ["decoder.blocks.1.norm_cross.normalized"], "k": ["memory"], "v": ["memory"]}
    assert found["encoder.norm"].makes == ["encoder.norm.normalized", "memory"]


def test_one_table_that_embeds_and_unembeds_is_counted_where_it_embeds():
    own = structure(build("decoder", tied=False))["parameters"]
    assert {one["name"]: (one["part"], one["shared"]) for one in own if one["shape"] == [30, 24]} == {
        "embed.weight": ("decoder.embed", []), "W_u.weight": ("unembed", []),
    }  # fmt: skip
    (table,) = [one for one in structure(build("encoder-decoder"))["parameters"] if one["name"] == "embed.weight"]
    assert (table["part"], table["shared"]) == ("encoder.embed", ["decoder.embed", "unembed"])


def test_a_parameter_without_a_part_is_not_passed_over():
    transformer = build("decoder")
    transformer.more = torch.nn.Linear(2, 2)
    with pytest.raises(ValueError, match=r"more\.weight belongs to no part"):
        structure(transformer)


def test_asking_changes_nothing():
    transformer = build("decoder").train()
    structure(transformer)
    assert transformer.training
