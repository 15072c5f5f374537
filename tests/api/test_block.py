"""The block computed by hand, built otherwise."""

import pytest
import torch

from model.block import built

TEXT = "我爱吃鱼"


def ask(client, **asked):
    return client.get("/api/block", params={"text": TEXT, **asked})


@pytest.mark.parametrize("norm", ["pre-mlp", "pre", "post", "none"])
@pytest.mark.parametrize("residual", [True, False])
def test_a_run_of_the_block_built_so(client, norm, residual):
    told = ask(client, norm=norm, residual=str(residual).lower()).json()
    trace = built(norm, residual).trace(TEXT)
    assert (told["model"]["config"]["norm"], told["model"]["config"]["residual"]) == (norm, residual)
    for name in ("decoder.blocks.0.resid_mid", "decoder.blocks.0.resid_post", "decoder.blocks.0.attn.z"):
        assert torch.allclose(torch.tensor(told["tensors"][name]["data"]), trace[name], atol=1e-6)
    assert [token["text"] for token in told["tokens"]["target"]] == list(TEXT)


def test_as_it_is_it_is_the_model_of_that_name(client):
    asked = {"model": "hand", "text": TEXT, "names": ["*.resid_post"]}
    trace = client.post("/api/trace", json=asked, headers={"Accept": "application/json"}).json()
    name = "decoder.blocks.0.resid_post"
    assert ask(client).json()["tensors"][name] == trace["tensors"][name]


def test_the_mask_is_the_one_that_is_asked_for(client):
    patterns = [
        ask(client, mask=mask).json()["tensors"]["decoder.blocks.0.attn.pattern"]["data"][0]
        for mask in ("causal", "bidirectional")
    ]
    assert patterns[0][0] == [1, 0, 0, 0] and patterns[1][0] == pytest.approx([0.25] * 4)


@pytest.mark.parametrize(
    ("asked", "type"),
    [
        ({"norm": "everywhere"}, "invalid-field"), ({"residual": "maybe"}, "invalid-field"),
        ({"mask": "painted"}, "invalid-field"), ({"text": ""}, "empty-text"), ({"text": "hello"}, "unknown-word"),
        ({"text": "鱼" * 9}, "too-many-tokens"), ({"text": "鱼" * 1_001}, "out-of-range"),
    ],
)  # fmt: skip
def test_what_is_refused(client, asked, type):
    response = ask(client, **asked)
    assert (response.status_code, response.json()["type"]) == (422, f"urn:headlight:{type}")
