"""The drawing of a model, made by the page's own modules of what the server tells."""

import json
import shutil
import subprocess
from itertools import combinations
from pathlib import Path

import pytest
import torch
from networks import build, inputs

from model import zoo
from model.structure import structure
from model.trace import Tap, Trace

DRAW = Path(__file__).parent / "js" / "draw_structure.mjs"
KINDS = ["encoder", "decoder", "encoder-decoder"]
OPTIONS = [
    {"positions": "rotary"}, {"norm": "post"}, {"norm": "none", "residual": False},
    {"norm": "pre-mlp", "tied": False, "bias": False, "activation": "relu"},
]  # fmt: skip


def small():
    return [build(kind, **options) for kind in KINDS for options in OPTIONS]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """[(transformer, what it computed, what is drawn)]"""
    if shutil.which("node") is None:
        pytest.skip("no node here")
    networks = small() + [zoo.load(id).transformer for id in zoo.ids()]
    runs = [run(network) for network in networks]
    file = tmp_path_factory.mktemp("drawn") / "models.json"
    told = [{"told": structure(network), "trace": about(made)} for network, made in zip(networks, runs, strict=True)]
    file.write_text(json.dumps(told), encoding="utf-8")
    out = subprocess.run(["node", str(DRAW), str(file)], capture_output=True, text=True, check=True).stdout
    return list(zip(networks, runs, json.loads(out), strict=True))


def run(transformer):
    c = transformer.config
    trace = Trace(sites=transformer.sites())
    ids = {side: tensor[:6] % c.n_vocab for side, tensor in inputs(c.kind).items()}
    with torch.no_grad():
        transformer(**ids, tap=Tap(trace.record))
    trace.tokens = {side: tensor.tolist() for side, tensor in ids.items()}
    return trace


def about(trace):
    sites = [{"name": site.name, "layer": site.layer, "query": site.query, "key": site.key} for site in trace.sites]
    return {"tokens": trace.tokens, "sites": sites}


def test_the_ledger_adds_up_to_every_number_that_was_learned(drawn):
    for transformer, _, picture in drawn:
        learned = sum(parameter.numel() for parameter in transformer.parameters())
        assert picture["total"] == sum(row["count"] for row in picture["rows"]) == learned
        assert all(row["count"] == row["items"] for row in picture["rows"])


def test_the_ledger_says_on_which_side_of_a_sublayer_a_norm_stands(drawn):
    for transformer, _, picture in drawn:
        rows = [row for row in picture["rows"] if row["id"].endswith(".norms")]
        names = {name for row in rows for name in row["names"]} - {"final"}
        sides = {name.split()[0] for name in names}
        assert sides == ({"none": set(), "post": {"after"}}.get(transformer.config.norm, {"before"}))


def test_the_boxes_count_every_parameter_once_whichever_block_is_unrolled(drawn):
    for transformer, _, picture in drawn:
        learned = sum(parameter.numel() for parameter in transformer.parameters())
        for one in picture["pictures"]:
            assert sum(box["own"] for box in one["boxes"] if not box["open"]) == learned


def test_a_shape_is_that_of_the_tensor(drawn):
    for _, trace, picture in drawn:
        for name, shape in picture["shapes"].items():
            assert shape == list(trace[name].shape), name


def test_the_arrows_carry_the_shapes_of_what_goes_along_them(drawn):
    for transformer, trace, picture in drawn:
        c = transformer.config
        stack = "decoder" if transformer.decoder is not None else "encoder"
        for one in picture["pictures"]:
            n = len(trace.tokens["target" if stack == "decoder" else "source"])
            labels = {label.replace(" ", "") for label in one["labels"]}  # long ones are set without
            assert {f"{n}×{c.d_model}", f"{n}×{c.d_mlp}", f"{n}×{c.n_vocab}"} <= labels
            assert {f"{c.n_heads}×{n}×{c.d_head}", f"{c.n_heads}×{n}×{n}"} <= labels


def test_nothing_lies_on_anything_else(drawn):
    for _, _, picture in drawn:
        for one in picture["pictures"]:
            for a, b in combinations([box for box in one["boxes"] if not box["open"]], 2):
                apart = (
                    a["x"] + a["wide"] <= b["x"] or b["x"] + b["wide"] <= a["x"]
                    or a["y"] + a["high"] <= b["y"] or b["y"] + b["high"] <= a["y"]
                )  # fmt: skip
                assert apart, (a, b)
            assert all(box["high"] >= 24 and box["x"] + box["wide"] <= one["width"] for box in one["boxes"])


def test_every_part_of_the_unrolled_block_is_drawn_and_reached_by_the_arrow_keys(drawn):
    for transformer, _, picture in drawn:
        parts = structure(transformer)["parts"]
        for at, one in enumerate(picture["pictures"]):
            ids = [box["id"] for box in one["boxes"]]
            inside = {part["id"] for part in parts if f".blocks.{at}." in part["id"] or ".blocks." not in part["id"]}
            assert inside <= set(ids)
            assert len(ids) == len(set(ids)) == one["walked"]


def test_the_bridge_is_there_where_there_is_a_memory(drawn):
    for transformer, _, picture in drawn:
        crosses = transformer.config.kind == "encoder-decoder"
        assert all((one["bridges"] > 0) == crosses for one in picture["pictures"])


def test_the_step_player_shows_a_part_where_its_tensor_is_made(drawn):
    for transformer, _, picture in drawn[len(small()) :]:  # the models that are shipped
        for part in structure(transformer)["parts"]:
            stage = picture["stages"][part["id"]]
            assert stage is not None, part["id"]
            tensors = set(stage["tensors"].values())
            if part["kind"] not in ("tokens", "scores", "pattern", "unembed"):  # made when asked for
                assert tensors & set(part["makes"]), part["id"]


def test_what_a_part_is_shown_by_is_there_to_be_asked_for(drawn):
    for _, trace, picture in drawn:
        for id, names in picture["needed"].items():
            assert set(names) <= set(trace), id
        for id, site in picture["sites"].items():
            assert site == next((s.name for s in trace.sites if id.startswith(f"{s.name}.")), site)
