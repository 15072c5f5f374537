"""The Transformer: equal to torch's own layers, and every row sees what its mask says."""

import pytest
import torch
from networks import build, inputs
from torch import nn

from model.attention import visible
from model.masks import Bidirectional, Causal, Painted, Prefix, Window
from model.trace import SILENT, Tap, Trace
from model.transformer import Block, Config, Transformer

KINDS = ["encoder", "decoder", "encoder-decoder"]
MASKS = {
    "bidirectional": Bidirectional(),
    "causal": Causal(),
    "prefix": Prefix(3),
    "window": Window(3, Causal()),
    "painted": Painted(((0, 1, True), (2, 0, False)), Causal()),
}


@torch.no_grad()
def record(model: Transformer, **asked) -> Trace:
    trace = Trace(sites=model.sites(asked.get("mask")))
    model(**asked, tap=Tap(trace.record))
    return trace


def copy_attention(theirs: nn.MultiheadAttention, ours) -> None:
    theirs.in_proj_weight.copy_(torch.cat([ours.W_q.weight, ours.W_k.weight, ours.W_v.weight]))
    theirs.in_proj_bias.copy_(torch.cat([ours.W_q.bias, ours.W_k.bias, ours.W_v.bias]))
    theirs.out_proj.load_state_dict(ours.W_o.state_dict())


def copy_block(theirs, ours: Block) -> None:
    with torch.no_grad():
        copy_attention(theirs.self_attn, ours.attn)
        theirs.norm1.load_state_dict(ours.norm_attn.state_dict())
        if isinstance(theirs, nn.TransformerDecoderLayer):
            copy_attention(theirs.multihead_attn, ours.cross_attn)
            theirs.norm2.load_state_dict(ours.norm_cross.state_dict())
            theirs.norm3.load_state_dict(ours.norm_mlp.state_dict())
        else:
            theirs.norm2.load_state_dict(ours.norm_mlp.state_dict())
        theirs.linear1.load_state_dict(ours.mlp.W_in.state_dict())
        theirs.linear2.load_state_dict(ours.mlp.W_out.state_dict())


def torchs(layer: type, block: Block, activation: str = "gelu", norm_first: bool = True) -> nn.Module:
    theirs = layer(24, 3, 40, activation=activation, batch_first=True, norm_first=norm_first, dtype=torch.float64)
    copy_block(theirs, block)
    return theirs.eval()


@pytest.mark.parametrize("name", MASKS)
def test_a_block_equals_torchs_encoder_layer(name):
    block = build("encoder").encoder.blocks[1]
    x = torch.randn(7, 24, dtype=torch.float64)
    hidden = ~visible(x, x, MASKS[name])
    ours = block(x, MASKS[name], None, Bidirectional(), SILENT)
    theirs = torchs(nn.TransformerEncoderLayer, block)(x[None], src_mask=hidden)[0]
    assert torch.allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", MASKS)
def test_a_block_with_cross_attention_equals_torchs_decoder_layer(name):
    block = build("encoder-decoder").decoder.blocks[1]
    x, memory = torch.randn(7, 24, dtype=torch.float64), torch.randn(5, 24, dtype=torch.float64)
    ours = block(x, MASKS[name], memory, Bidirectional(), SILENT)
    theirs = torchs(nn.TransformerDecoderLayer, block)(x[None], memory[None], tgt_mask=~visible(x, x, MASKS[name]))[0]
    assert torch.allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "layer"), [("encoder", nn.TransformerEncoderLayer), ("encoder-decoder", nn.TransformerDecoderLayer)]
)
def test_a_block_with_its_norms_after_the_sums_equals_torchs(kind, layer):
    model = build(kind, norm="post", activation="relu")
    crosses = kind == "encoder-decoder"
    block = (model.decoder if crosses else model.encoder).blocks[1]
    x, memory = torch.randn(7, 24, dtype=torch.float64), torch.randn(5, 24, dtype=torch.float64)
    ours = block(x, Bidirectional(), memory if crosses else None, Bidirectional(), SILENT)
    theirs = torchs(layer, block, activation="relu", norm_first=False)
    read = (x[None], memory[None]) if crosses else (x[None],)
    assert torch.allclose(ours, theirs(*read)[0], rtol=0, atol=1e-12)


@torch.no_grad()
def test_where_norms_stand():
    """pre: a norm for each sublayer and a final one; post: no final one; pre-mlp: the MLPs' alone."""
    found = {
        norm: [name for name in record(build("decoder", norm=norm), **inputs("decoder")) if "normalized" in name]
        for norm in ("pre", "post", "pre-mlp", "none")
    }
    attn, mlp = ([f"decoder.blocks.{i}.{norm}.normalized" for i in range(3)] for norm in ("norm_attn", "norm_mlp"))
    assert set(found["pre"]) == {*attn, *mlp, "decoder.norm.normalized"}
    assert set(found["post"]) == {*attn, *mlp}
    assert found["pre-mlp"] == mlp
    assert found["none"] == []


@pytest.mark.parametrize("norm", ["pre", "post", "pre-mlp", "none"])
@torch.no_grad()
def test_without_the_residual_only_what_was_added_goes_on(norm):
    with_, without = (build("decoder", norm=norm, residual=residual) for residual in (True, False))
    trace = record(without, **inputs("decoder"))
    block = "decoder.blocks.1"
    for sum_, added, at in (("resid_mid", "attn_out", "norm_attn"), ("resid_post", "mlp_out", "norm_mlp")):
        y = trace[f"{block}.{added}"]
        if norm == "post":
            y = without.get_submodule(f"{block}.{at}")(y)
        assert torch.equal(trace[f"{block}.{sum_}"], y)
    assert not torch.allclose(trace["logits"], record(with_, **inputs("decoder"))["logits"])


@torch.no_grad()
def test_an_unembedding_of_its_own_and_maps_without_bias():
    model = build("decoder", tied=False, bias=False)
    trace = record(model, **inputs("decoder"))
    assert torch.equal(trace["logits"], trace["decoder.norm.normalized"] @ model.W_u.weight.T)
    assert not any("W_" in name and name.endswith("bias") for name, _ in model.named_parameters())
    assert sum(p.numel() for p in model.parameters()) - sum(
        p.numel() for p in build("decoder").parameters()
    ) == 30 * 24 - 3 * (4 * 24 + 40 + 24)


@pytest.mark.parametrize("positions", ["learned", "rotary"])
@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_recording_changes_no_bit(kind, positions):
    model = build(kind, positions, torch.float32)
    silent, recorded = model(**inputs(kind)), record(model, **inputs(kind))
    assert torch.equal(recorded["logits"], silent)


@pytest.mark.parametrize("kind", KINDS)
def test_addresses_are_torchs_own_parameter_paths(kind):
    model = build(kind, "rotary")
    modules = {name for name, _ in model.named_modules()}
    outside = {name for name in record(model, **inputs(kind)) if name.rpartition(".")[0] not in modules}
    assert outside == set()
    for site in model.sites():
        assert f"{site.name}.W_q.weight" in model.state_dict()


def changed_rows(model: Transformer, asked: dict, side: str, at: int, name: str, **more) -> list[bool]:
    """Which positions of a tensor are not what they were, once the token at `at` is another."""
    before = record(model, **asked, **more)[name]
    other = asked[side].clone()
    other[at] = (other[at] + 7) % 30
    after = record(model, **{**asked, side: other}, **more)[name]
    return (before != after).any(-1).tolist()


@pytest.mark.parametrize("positions", ["learned", "rotary"])
@pytest.mark.parametrize("kind", ["decoder", "encoder-decoder"])
@pytest.mark.parametrize("name", ["decoder.blocks.2.resid_post", "logits"])
def test_a_later_token_changes_no_earlier_row(kind, positions, name):
    model = build(kind, positions)
    assert changed_rows(model, inputs(kind), "target", 6, name) == [False] * 6 + [True] * 5


def test_in_an_encoder_every_row_sees_every_token():
    assert changed_rows(build("encoder"), inputs("encoder"), "source", 6, "encoder.blocks.0.resid_post") == [True] * 9


def test_in_an_encoder_decoder_the_mask_is_the_decoders():
    model, asked = build("encoder-decoder"), inputs("encoder-decoder")
    seen = {"mask": Bidirectional()}
    assert changed_rows(model, asked, "target", 10, "decoder.blocks.0.resid_post", **seen) == [True] * 11
    assert changed_rows(model, asked, "source", 8, "encoder.blocks.0.resid_post") == [True] * 9
    assert changed_rows(model, asked, "target", 10, "encoder.blocks.2.resid_post", **seen) == [False] * 9


def test_the_last_row_is_the_same_causal_or_not_in_the_first_block_alone():
    model, asked = build("decoder"), inputs("decoder")
    causal, both = record(model, **asked), record(model, **asked, mask=Bidirectional())
    rows = [(causal[f"decoder.blocks.{i}.attn.pattern"] - both[f"decoder.blocks.{i}.attn.pattern"]) for i in range(2)]
    assert rows[0][:, -1].abs().max() < 1e-12
    assert rows[1][:, -1].abs().max() > 1e-6


def test_without_positions_the_order_does_not_matter():
    model = build("encoder")
    with torch.no_grad():
        model.encoder.pos_embed.weight.zero_()
    source = inputs("encoder")["source"]
    order = torch.randperm(9, generator=torch.Generator().manual_seed(3))
    whole, shuffled = record(model, source=source)["logits"], record(model, source=source[order])["logits"]
    assert torch.allclose(whole[order], shuffled, rtol=0, atol=1e-12)


def test_heads_add_up_to_what_the_site_adds():
    model = build("decoder")
    trace = record(model, **inputs("decoder"))
    attention = model.decoder.blocks[1].attn
    shares = [
        z @ weight.T
        for z, weight in zip(trace["decoder.blocks.1.attn.z"], attention.W_o.weight.chunk(3, dim=1), strict=True)
    ]
    total = torch.stack(shares).sum(0) + attention.W_o.bias
    assert torch.allclose(total, trace["decoder.blocks.1.attn_out"], rtol=0, atol=1e-12)


def test_decoding_from_memory_is_the_whole_forward():
    model, asked = build("encoder-decoder"), inputs("encoder-decoder")
    with torch.no_grad():
        memory = model.encode(asked["source"])
        assert torch.equal(model.unembed(model.decode(asked["target"], memory)), model(**asked))


@pytest.mark.parametrize("kind", KINDS)
def test_sites_are_the_attentions_that_run_in_their_order(kind):
    model = build(kind, "rotary")
    ran = [name.removesuffix(".z") for name in record(model, **inputs(kind)) if name.endswith("attn.z")]
    assert [site.name for site in model.sites()] == ran
    assert all(site.scale == 8**-0.5 for site in model.sites())


@pytest.mark.parametrize(("d_model", "n_heads", "positions"), [(10, 3, "learned"), (9, 3, "rotary")])
def test_a_shape_that_cannot_be_is_refused(d_model, n_heads, positions):
    with pytest.raises(ValueError, match="does not divide"):
        Config(d_model=d_model, n_heads=n_heads, positions=positions)
