"""The inside of real models' blocks, and what their streams would predict, computed again by torch's own functions and
transformers' own modules."""

from __future__ import annotations

import pytest
import torch
from real_models import FAMILIES, FULL, saved
from torch.nn import functional as F

from model.attention import rotate

transformers = pytest.importorskip("transformers")
huggingface = pytest.importorskip("model.huggingface")
TEXT, TARGET = "the cat sat, 猫!", "a cat"

POST = {"BERT", "BERT without a head", "RoBERTa", "DistilBERT", "ALBERT", "ELECTRA", "BART", "Marian"}
PAIRS = {"BERT to BERT": ("encoder", "decoder"), "BERT to GPT-2": ("encoder",)}  # which of their stacks are BERTs
PARALLEL = {"GPT-NeoX"}
BETWEEN = {"Gemma2", "Gemma3", "OLMo 2"}  # norms of what attention and the MLP made stand before the sums
GATED = {"ModernBERT", "mT5", "Llama", "Qwen2", "Qwen3", "Mistral", "Phi3", "GPT-OSS"} | BETWEEN
ROTARY = {"ModernBERT", "Llama", "Qwen2", "Qwen3", "Mistral", "Phi3", "GPT-NeoX", "GPT-OSS"} | BETWEEN
POSITIONS = {"GPT-2", "BERT to GPT-2", "OPT", "CLIP text", "Marian", "M2M100", "Pegasus"}
NARROW = {  # whose embedding is narrower than the stream, and what makes it wider
    "ALBERT": "encoder.embedding_hidden_mapping_in", "ELECTRA": "embeddings_project",
}  # fmt: skip
WITH_A_HEAD = [family for family, (name, _, _) in FULL.items() if "For" in name or "MTM" in name or "LMHead" in name]
ACTIVATIONS = {
    "GPT-2": "tanh", "ALBERT": "tanh", "T5": "relu", "Marian": "gelu", "OPT": "relu", "M2M100": "relu",
    "CLIP text": "quick",
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    models = {}

    def load(family):
        if family not in models:
            folder = saved(tmp_path_factory.mktemp("model"), family)
            models[family] = huggingface.load(folder, "real"), folder
        return models[family]

    return load


def traced(model, **run):
    return model.trace(TEXT, target=TARGET if model.kind == "encoder-decoder" else None, **run)


def blocks(trace):
    return list(dict.fromkeys(site.name.rpartition(".")[0] for site in trace.sites))


def near(made, expected):
    torch.testing.assert_close(made, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("family", FULL)
def test_the_stream_between_sublayers_is_the_sum_and_nothing_else_has_its_name(loaded, family):
    model, _ = loaded(family)
    trace = traced(model)
    for block in blocks(trace):
        get = {name.removeprefix(f"{block}."): tensor for name, tensor in trace.tensors.items()}
        crosses = "cross_out" in get
        added = get["attn_out"] + get["resid_pre"]
        assert ("norm_attn_out.normalized" in get) == ("norm_mlp_out.normalized" in get) == (family in BETWEEN)
        if family in BETWEEN:
            assert torch.equal(get["resid_mid"], get["resid_pre"] + get["norm_attn_out.normalized"])
            assert torch.equal(get["resid_post"], get["resid_mid"] + get["norm_mlp_out.normalized"])
        elif family in PARALLEL:
            assert "resid_mid" not in get
            near(added + get["mlp_out"], get["resid_post"])
        elif family in POST or (family in PAIRS and block.startswith(PAIRS[family])):
            eps = 1e-5 if family in ("BART", "Marian") else 1e-12
            for name, x in (("attn", added), *([("cross", get["resid_mid"] + get["cross_out"])] if crosses else [])):
                whole = get["resid_mid" if name == "attn" else "resid_cross"]
                assert torch.equal(get[f"norm_{name}.normalized"], whole)
                near(F.layer_norm(x, x.shape[-1:], eps=eps), whole)  # weights are as they were drawn: 1 and 0
            last = get["resid_cross" if crosses else "resid_mid"] + get["mlp_out"]
            near(F.layer_norm(last, last.shape[-1:], eps=eps), get["resid_post"])
        else:
            assert torch.equal(get["resid_mid"], added)
            stream = get["resid_mid"]
            if crosses:
                assert torch.equal(get["resid_cross"], stream + get["cross_out"])
                stream = get["resid_cross"]
            assert torch.equal(get["resid_post"], stream + get["mlp_out"])


@pytest.mark.parametrize("family", FULL)
def test_the_names_of_a_family_are_those_that_its_blocks_have(loaded, family):
    trace = traced(loaded(family)[0])
    last = {name.rpartition(".")[2] for name in trace}
    assert ({"q_unrotated", "k_unrotated"} <= last) == (family in ROTARY)
    assert ({"pre", "post"} <= last) == (family not in GATED)
    assert ("embed" in last, "narrow_embed" in last) == (family not in NARROW, family in NARROW)
    assert ("pos_embed" in last) == (family in POSITIONS)
    assert "normalized" in last


@pytest.mark.parametrize("family", ["GPT-2", "T5", "Marian", "OPT", "M2M100", "CLIP text", "BERT"])
def test_the_hidden_layer_is_what_the_activation_makes_of_what_went_in(loaded, family):
    trace = traced(loaded(family)[0])
    acts = {
        "gelu": F.gelu, "relu": F.relu, "tanh": lambda x: F.gelu(x, approximate="tanh"),
        "quick": lambda x: x * (1.702 * x).sigmoid(),
    }  # fmt: skip
    act = acts[ACTIVATIONS.get(family, "gelu")]
    for block in blocks(trace):
        near(act(trace[f"{block}.mlp.pre"]), trace[f"{block}.mlp.post"])


def test_norms_hidden_layers_and_the_mlp_are_the_models_own_modules(loaded):
    model, _ = loaded("GPT-2")
    trace = traced(model)
    with torch.no_grad():
        for i, h in enumerate(model.transformer.model.transformer.h):
            at = f"decoder.blocks.{i}"
            by_hand = F.layer_norm(trace[f"{at}.resid_pre"], (32,), h.ln_1.weight, h.ln_1.bias)
            near(by_hand, trace[f"{at}.norm_attn.normalized"])
            near(h.ln_2(trace[f"{at}.resid_mid"]), trace[f"{at}.norm_mlp.normalized"])
            near(h.mlp.c_fc(trace[f"{at}.norm_mlp.normalized"]), trace[f"{at}.mlp.pre"])
            near(h.mlp.c_proj(trace[f"{at}.mlp.post"]), trace[f"{at}.mlp_out"])
        ids = torch.tensor([token.id for token in trace.tokens["target"]])
        assert torch.equal(trace["decoder.embed"], model.transformer.embed.weight[ids])
        assert torch.equal(trace["decoder.embed"] + trace["decoder.pos_embed"], trace["decoder.blocks.0.resid_pre"])


@pytest.mark.parametrize("family", sorted(BETWEEN))
def test_norms_between_a_sublayer_and_its_sum_are_transformers_own(loaded, family):
    model, folder = loaded(family)
    with torch.no_grad():
        for layer in model.transformer.model.model.layers:  # as after training, not 0 as drawn
            layer.post_attention_layernorm.weight.normal_(0, 0.3)
            layer.post_feedforward_layernorm.weight.normal_(0, 0.3)
    trace, made = traced(model), {}
    theirs = getattr(transformers, FAMILIES[family][0]).from_pretrained(folder, attn_implementation="eager").eval()
    theirs.load_state_dict(model.transformer.model.state_dict())
    for name, module in theirs.model.layers.named_modules():
        module.register_forward_hook(lambda _, inputs, output, name=name: made.update({name: output}))
    with torch.no_grad():
        theirs(torch.tensor([[token.id for token in trace.tokens["target"]]]))
    for i, layer in enumerate(theirs.model.layers):
        at = f"decoder.blocks.{i}"
        for ours, name in (("attn_out", "self_attn.o_proj"), ("norm_attn_out.normalized", "post_attention_layernorm"),
                           ("mlp_out", "mlp"), ("norm_mlp_out.normalized", "post_feedforward_layernorm")):  # fmt: skip
            near(trace[f"{at}.{ours}"], made[f"{i}.{name}"][0])
        norm, x = layer.post_attention_layernorm, trace[f"{at}.attn_out"]
        eps, by = (norm.variance_epsilon, norm.weight) if family == "OLMo 2" else (norm.eps, 1 + norm.weight)
        scaled = x / (x.square().mean(-1, keepdim=True) + eps).sqrt()
        near(scaled * by.detach(), trace[f"{at}.norm_attn_out.normalized"])
    reads = {part["id"]: part["reads"] for part in model.transformer.structure["parts"]}
    assert reads["decoder.blocks.0.resid_mid"][1] == "decoder.blocks.0.norm_attn_out.normalized"
    assert reads["decoder.blocks.0.resid_post"][1] == "decoder.blocks.0.norm_mlp_out.normalized"


@pytest.mark.parametrize("family", ["Llama", "Qwen2", "Qwen3", "Mistral", "Phi3"])
def test_queries_and_keys_turned_by_their_position_are_those_of_the_scores(loaded, family):
    model, _ = loaded(family)
    trace = traced(model)
    for i, layer in enumerate(model.transformer.model.model.layers):
        at, x = f"decoder.blocks.{i}.attn", trace[f"decoder.blocks.{i}.norm_attn.normalized"]
        for name in "qk":
            near(rotate(trace[f"{at}.{name}_unrotated"]), trace[f"{at}.{name}"])
        if family in ("Llama", "Mistral"):
            own = layer.self_attn.q_proj(x).detach().unflatten(-1, (4, 8)).transpose(0, 1)
            near(own, trace[f"{at}.q_unrotated"])
        read, eps = trace[f"decoder.blocks.{i}.resid_pre"], layer.input_layernorm.variance_epsilon
        near(x, read / (read.square().mean(-1, keepdim=True) + eps).sqrt())


@pytest.mark.parametrize("family", WITH_A_HEAD)
def test_the_lens_is_the_models_own_norm_and_head_on_its_hidden_states(loaded, family):
    model, folder = loaded(family)
    trace = traced(model)
    theirs = getattr(transformers, FAMILIES[family][0]).from_pretrained(folder, attn_implementation="eager").eval()
    stack = "encoder" if model.kind == "encoder" else "decoder"
    assert trace.read_out is not None
    last = f"{stack}.blocks.{model.transformer.config.n_layers - 1}.resid_post"
    near(trace.read_out(trace[last]), trace["logits"])
    assert torch.equal(trace["lens_ids"][-1], trace["logits"].softmax(-1).topk(10).indices.int())
    states = [trace[f"{stack}.blocks.{i}.resid_post"] for i in range(model.transformer.config.n_layers)]
    for i, x in enumerate(states):
        probabilities = by_hand(theirs, family, x).softmax(-1)
        near(trace["lens_probabilities"][i], probabilities.gather(-1, trace["lens_ids"][i].long()))


@torch.no_grad()
def by_hand(theirs, family, x):
    """The model's own final norm and head, called one after the other. [position, d_model] -> logits"""
    base = theirs.base_model
    if family in ("BERT", "RoBERTa"):
        return (theirs.cls if family == "BERT" else theirs.lm_head)(x)
    if family == "ModernBERT":
        return theirs.decoder(theirs.head(base.final_norm(x)))
    if family in ("T5", "mT5"):
        x = theirs.decoder.final_layer_norm(x)
        return theirs.lm_head(x * x.shape[-1] ** -0.5 if family == "T5" else x)
    if family == "OPT":
        return theirs.lm_head(base.decoder.final_layer_norm(x))
    if family == "GPT-NeoX":
        return theirs.lm_head(base.final_layer_norm(x))
    if model_type(theirs) in ("bart", "marian", "mbart", "m2m_100", "pegasus"):
        norm = getattr(base.decoder, "layer_norm", None)
        made = theirs.lm_head(x if norm is None else norm(x))
        return made + getattr(theirs, "final_logits_bias", 0.0)
    made = theirs.lm_head((base.ln_f if family == "GPT-2" else base.norm)(x))
    cap = getattr(theirs.config, "final_logit_softcapping", None)
    return made if cap is None else cap * torch.tanh(made / cap)


def model_type(theirs):
    return theirs.config.model_type


@pytest.mark.parametrize("family", FULL)
def test_the_parts_of_a_family_have_all_its_parameters_each_once(loaded, family):
    model, _ = loaded(family)
    told, trace = model.transformer.structure, traced(model)
    own = dict(model.transformer.model.named_parameters())
    assert {one["name"]: one["shape"] for one in told["parameters"]} == {n: list(p.shape) for n, p in own.items()}
    assert told["total"] == sum(parameter.numel() for parameter in own.values())
    derived = ("scores", "pattern")
    known = {name for name in told["tensors"] if name.rpartition(".")[2] not in derived}
    assert known - set(trace) <= {"encoder.embed"}  # it says of whose tokens they are, where it is narrower
    for block in blocks(trace):
        mine = [part for part in told["parts"] if part["id"].startswith(f"{block}.")]
        kinds = [part["kind"] for part in mine]
        assert {"W_q", "W_k", "W_v", "scores", "pattern", "z", "W_o"} <= set(kinds)
        assert ("rotate" in kinds) == (family in ROTARY)
        outs = [part for part in mine if part["kind"] == "W_o"]
        assert all(any(own[n] is p for p in module.parameters()) for part, module in zip(
            outs, [model.transformer._W_o[s.name] for s in trace.sites if s.name.startswith(f"{block}.")], strict=True)
            for n in part["parameters"])


def test_a_head_that_changes_what_it_reads_by_itself_has_no_lens(tmp_path, monkeypatch):
    """Logits that hang on more than what left the last block are not those of the stream."""
    folder = saved(tmp_path, "GPT-2")
    own = transformers.GPT2LMHeadModel.forward

    def forward(self, input_ids, **named):
        out = own(self, input_ids, **named)
        out.logits = out.logits + input_ids[..., None]  # what no stream says
        return out

    monkeypatch.setattr(transformers.GPT2LMHeadModel, "forward", forward)
    trace = huggingface.load(folder, "real").trace(TEXT)
    assert trace.read_out is None
    assert "logits" in trace.tensors


RMS = {"T5", "mT5", "Llama", "Qwen2", "Qwen3", "Mistral", "Phi3", "Gemma2", "Gemma3", "GPT-OSS", "OLMo 2"}
NAMES = {"tanh": "gelu_tanh", "quick": ""}  # of an activation that the page does not work again


@pytest.mark.parametrize("family", FULL)
def test_where_norms_stand_and_what_they_and_the_mlp_do_is_told(loaded, family):
    model, _ = loaded(family)
    trace = traced(model)
    for name, told in trace.model["config"]["stacks"].items():
        part = {"BERT to BERT": "BERT", "BERT to GPT-2": "BERT" if name == "encoder" else "GPT-2"}.get(family, family)
        order = "post" if part in POST else "parallel" if part in PARALLEL else "pre"
        assert told["norm"] == order
        assert told["normalizes"] == ("rms" if part in RMS else "layer")
        whole = part in GATED
        activation = ACTIVATIONS.get(part, "gelu")
        assert told["activation"] == ("" if whole else NAMES.get(activation, activation))
        post = trace.tensors.get(f"{name}.blocks.0.mlp.post")
        assert told["d_mlp"] == (0 if post is None else post.shape[-1])
        assert told["d_model"] == trace.tensors[f"{name}.blocks.0.resid_pre"].shape[-1]
        embed, entered = trace.tensors.get(f"{name}.embed"), trace.tensors[f"{name}.blocks.0.resid_pre"]
        assert told["enters"] == (embed is not None and torch.equal(embed, entered))


@pytest.mark.parametrize("family", NARROW)
def test_an_embedding_narrower_than_the_stream_is_told_and_the_stream_begins_behind_its_matrix(loaded, family):
    model, folder = loaded(family)
    trace = traced(model)
    theirs = getattr(transformers, FAMILIES[family][0]).from_pretrained(folder, attn_implementation="eager").eval()
    ids = torch.tensor([[token.id for token in trace.tokens["source"]]])
    with torch.no_grad():
        assert torch.equal(trace["encoder.narrow_embed"], theirs.get_input_embeddings()(ids)[0])
        entered = theirs.get_submodule(NARROW[family])(theirs.embeddings(ids))[0]
    near(trace["encoder.blocks.0.resid_pre"], entered)
    assert trace["encoder.narrow_embed"].shape[-1] == trace.model["config"]["stacks"]["encoder"]["d_embed"] == 16
    parts = {part["id"]: part for part in model.transformer.structure["parts"]}
    assert parts["encoder.embed"]["makes"] == ["encoder.narrow_embed"]
    assert parts["encoder.enter"]["makes"] == ["encoder.blocks.0.resid_pre"]
    assert parts["encoder.enter"]["parameters"] == [f"{NARROW[family]}.{name}" for name in ("weight", "bias")]


def test_the_embeddings_of_two_models_in_one_are_each_of_its_own_width(loaded):
    trace = traced(loaded("BERT to GPT-2")[0])
    assert [trace[f"{stack}.embed"].shape[-1] for stack in ("encoder", "decoder")] == [16, 32]


def test_queries_and_keys_that_a_stretch_of_positions_makes_longer_are_found_before_it(loaded):
    """YaRN turns by the angles of transformers' own module and multiplies by one factor."""
    from transformers.models.gpt_oss.modeling_gpt_oss import apply_rotary_pos_emb

    model, _ = loaded("GPT-OSS")
    trace, own = traced(model), model.transformer.model.model
    n = len(trace.tokens["target"])
    cos, sin = own.rotary_emb(trace["decoder.embed"][None], torch.arange(n)[None])
    assert cos[0, 0, 0] > 1.3
    for i, layer in enumerate(own.layers):
        at, x = f"decoder.blocks.{i}.attn", trace[f"decoder.blocks.{i}.norm_attn.normalized"]
        before = [trace[f"{at}.{name}_unrotated"] for name in "qk"]
        for made, name in zip(before, "qk", strict=True):
            through = getattr(layer.self_attn, f"{name}_proj")(x).detach()
            near(through.unflatten(-1, (-1, 8)).transpose(0, 1), made)
        turned = apply_rotary_pos_emb(*(one[None] for one in before), cos, sin)
        for made, name in zip(turned, "qk", strict=True):
            near(made[0].detach(), trace[f"{at}.{name}"])


@pytest.mark.parametrize("family", ["Gemma3", "Qwen3", "OLMo 2"])
def test_queries_that_a_norm_ends_are_made_by_their_matrix_too(loaded, family):
    model, _ = loaded(family)
    plan = model.transformer.structure
    shapes = {one["name"].rsplit(".", 2)[-2]: one["shape"] for one in plan["parameters"] if ".layers.0." in one["name"]}
    own = [part for part in plan["parts"] if "blocks.0.attn.W_" in part["id"]]
    made = {part["id"].rsplit(".")[-1]: part["parameters"] for part in own}
    for name, due in (("W_q", ["q_proj", "q_norm"]), ("W_k", ["k_proj", "k_norm"]), ("W_v", ["v_proj"])):
        assert [one.rsplit(".", 2)[-2] for one in made[name]] == due
    assert shapes["q_proj"] == [32, 32]
    assert shapes["k_proj"] == [16, 32]
