"""Real models against transformers' own eager attention, family by family, loaded as a user's folder would be."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from real_models import FAMILIES, FULL, PATTERN, saved

from model.input_error import InputError

transformers = pytest.importorskip("transformers")
huggingface = pytest.importorskip("model.huggingface")
TEXT, TARGET = "the cat sat, 猫!", "a cat"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folders, models = {}, {}

    def load(family):
        if family not in models:
            folders[family] = saved(tmp_path_factory.mktemp("model"), family)
            models[family] = huggingface.load(folders[family], "real")
        return models[family], folders[family]

    return load


def traced(model, text=TEXT, **run):
    return model.trace(text, target=TARGET if model.kind == "encoder-decoder" else None, **run)


def eager(folder, family, trace):
    """The same inputs through transformers' own attention."""
    model = getattr(transformers, FAMILIES[family][0]).from_pretrained(folder, attn_implementation="eager").eval()
    ids = {side: torch.tensor([[token.id for token in read]]) for side, read in trace.tokens.items()}
    named = {"input_ids": ids.get("source", ids.get("target"))}
    if len(ids) == 2:
        named["decoder_input_ids"] = ids["target"]
    with torch.no_grad():
        return model(**named, output_attentions=True, output_hidden_states=True)


def attentions(out, kind):
    """site -> [head, query, key]"""
    lists = [
        (kind, "attn", "attentions"), ("encoder", "attn", "encoder_attentions"),
        ("decoder", "attn", "decoder_attentions"), ("decoder", "cross_attn", "cross_attentions"),
    ]  # fmt: skip
    return {
        f"{stack}.blocks.{layer}.{which}": weights[0]
        for stack, which, given in lists
        for layer, weights in enumerate(getattr(out, given, None) or ())
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_patterns_and_predictions_are_those_of_eager_attention(loaded, family):
    model, folder = loaded(family)
    trace = traced(model)
    out = eager(folder, family, trace)
    weights = attentions(out, model.kind)
    assert {site.name for site in trace.sites} == weights.keys()
    assert model.transformer.captures == ("full" if family in FULL else "pattern")
    for name, pattern in weights.items():
        torch.testing.assert_close(trace.pattern(name), pattern, atol=1e-5, rtol=0)
        assert family in PATTERN or pattern.std() > 1e-3  # there is something to tell apart
    assert model.transformer.predicts == ("logits" in out)
    if model.transformer.predicts:
        torch.testing.assert_close(trace["logits"], out.logits[0], atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize("family", FULL)
def test_the_residual_stream_is_transformers_hidden_states(loaded, family):
    model, folder = loaded(family)
    trace = traced(model)
    out = eager(folder, family, trace)
    for stack in {site.name.split(".")[0] for site in trace.sites}:
        states = out.hidden_states if model.kind != "encoder-decoder" else getattr(out, f"{stack}_hidden_states")
        for layer in range(model.transformer.config.n_layers):
            entered = trace[f"{stack}.blocks.{layer}.resid_pre"]
            torch.testing.assert_close(entered, states[layer][0], atol=1e-4, rtol=1e-5)
            if layer:
                torch.testing.assert_close(trace[f"{stack}.blocks.{layer - 1}.resid_post"], entered, atol=0, rtol=0)


@pytest.mark.parametrize("family", FULL)
def test_what_heads_add_through_W_o_is_what_the_attention_adds(loaded, family):
    model, _ = loaded(family)
    trace = traced(model)
    for site in trace.sites:
        block, _, which = site.name.rpartition(".")
        module = model.transformer._W_o[site.name]
        through = module(trace[f"{site.name}.z"].transpose(0, 1).flatten(1)).detach()  # its own module, on all heads
        added = trace[f"{block}.{'cross_out' if which == 'cross_attn' else 'attn_out'}"]
        torch.testing.assert_close(added, through, atol=1e-5, rtol=1e-5)
        bias = 0 if getattr(module, "bias", None) is None else module.bias.detach()
        by_head = [
            trace[f"{site.name}.z"][head] @ trace.W_o[site.name].unflatten(1, (site.n_heads, -1))[:, head].T
            for head in range(site.n_heads)
        ]
        torch.testing.assert_close(torch.stack(by_head).sum(0) + bias, through, atol=1e-5, rtol=1e-5)


def test_sinks_take_weight_and_softcaps_and_windows_are_told(loaded):
    sinks, _ = loaded("GPT-OSS")
    trace = traced(sinks)
    assert all(site.sinks for site in trace.sites)
    assert (trace.pattern(trace.sites[0].name).sum(-1) < 0.999).all()
    assert [site.mask.spec for site in trace.sites] == [{"window": 4, "of": "causal"}, "causal"]
    gemma, _ = loaded("Gemma2")
    assert [site.softcap for site in gemma.trace(TEXT).sites] == [50.0, 50.0]
    modern, _ = loaded("ModernBERT")
    assert {str(site.mask.spec) for site in modern.trace(TEXT).sites} == {
        "bidirectional", "{'window': 5, 'of': 'bidirectional'}"
    }  # fmt: skip


@pytest.mark.parametrize("family", ["Mistral", "ModernBERT"])
def test_a_window_wider_than_the_dry_run_is_the_models_own_on_longer_texts(tmp_path, family):
    wide = {"sliding_window": 40} if family == "Mistral" else {"local_attention": 64}
    folder = saved(tmp_path, family, **wide)
    model = huggingface.load(folder, "real")
    trace = model.trace("the cat sat on the mat " * 2 + "and slept")
    assert len(next(iter(trace.tokens.values()))) > 45
    for name, pattern in attentions(eager(folder, family, trace), model.kind).items():
        torch.testing.assert_close(trace.pattern(name), pattern, atol=1e-5, rtol=0)


@pytest.mark.parametrize("family", ["GPT-2", "Llama", "T5", "BART", "BERT"])
def test_a_mask_of_the_request_holds_in_every_block(loaded, family):
    model, _ = loaded(family)
    native, trace = traced(model), traced(model, mask="bidirectional" if family != "BERT" else "causal")
    stack = "encoder" if model.kind == "encoder" else "decoder"
    for layer in range(2):
        seen = trace.pattern(f"{stack}.blocks.{layer}.attn")
        assert torch.equal(seen.triu(1) != 0, torch.ones_like(seen).triu(1).bool() & (family != "BERT"))
    assert not torch.allclose(trace["logits"], native["logits"], atol=1e-4)


def test_a_head_switched_off_adds_nothing_and_changes_what_comes_after(loaded):
    model, _ = loaded("GPT-2")
    plain, edited = model.trace(TEXT), model.trace(TEXT, edits=[{"zero": "decoder.blocks.0.attn", "head": 1}])
    W_o = plain.W_o["decoder.blocks.0.attn"][:, 8:16]
    lost = plain["decoder.blocks.0.attn.z"][1] @ W_o.T
    was, now = plain["decoder.blocks.0.attn_out"], edited["decoder.blocks.0.attn_out"]
    torch.testing.assert_close(was - lost, now, atol=1e-6, rtol=1e-5)
    assert not torch.allclose(plain["logits"], edited["logits"], atol=1e-4)


def test_an_even_head_of_t5_is_even_in_spite_of_its_bias(loaded):
    model, _ = loaded("T5")
    trace = traced(model, edits=[{"uniform": "encoder.blocks.0.attn", "head": 2}])
    pattern = trace.pattern("encoder.blocks.0.attn")
    torch.testing.assert_close(pattern[2], torch.full_like(pattern[2], 1 / pattern.shape[-1]))
    assert pattern[1].std() > 1e-3


@pytest.mark.parametrize("family", ["GPT-2", "Qwen2", "T5", "BART", "BERT to BERT", "BERT to GPT-2"])
def test_greedy_writing_is_that_of_transformers(loaded, family):
    model, folder = loaded(family)
    both = model.kind == "encoder-decoder"
    steps = list(model.generate(TEXT, target="" if both else None, max_new_tokens=6, temperature=0))
    theirs = getattr(transformers, FAMILIES[family][0]).from_pretrained(folder).eval()
    read = model.tokens(TEXT, "" if both else None)["source" if both else "target"]
    ids = torch.tensor([[token.id for token in read]])
    made = theirs.generate(ids, max_new_tokens=6, do_sample=False, num_beams=1, attention_mask=torch.ones_like(ids))
    assert [step.id for step in steps] == made[0, 1 if both else ids.shape[1] :].tolist()[: len(steps)]


@pytest.mark.parametrize("family", PATTERN)
def test_a_family_that_hands_out_its_weights_alone_refuses_masks_and_edits(loaded, family):
    model, _ = loaded(family)
    assert model.info()["captures"] == "pattern"
    for run in ({"mask": "bidirectional"}, {"edits": [{"zero": traced(model).sites[0].name}]}):
        with pytest.raises(InputError, match="weights-only"):
            traced(model, **run)


def test_runs_at_the_same_time_give_what_each_gives_alone(loaded):
    model, _ = loaded("Llama")
    texts = [f"{n} cats sat on {n + 1} mats" for n in range(40)]
    alone = [model.trace(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(model.trace, texts))
    for one, other in zip(alone, together, strict=True):
        assert list(one) == list(other)
        for name in one:
            torch.testing.assert_close(one[name], other[name], atol=1e-6, rtol=0)


def test_typed_special_tokens_are_text_and_characters_in_bytes_share_their_span(loaded):
    model, _ = loaded("GPT-2")
    assert [token.text for token in model.tokens("<s>")["target"]] == ["<", "s", ">"]
    of_cat = model.tokens("猫a")["target"]
    assert [(token.start, token.end, token.part) for token in of_cat] == [
        (0, 1, (0, 3)), (0, 1, (1, 3)), (0, 1, (2, 3)), (1, 2, None)
    ]  # fmt: skip


def test_bytes_that_make_no_character_are_told_as_bytes(loaded):
    """Against the bytes that the library gives each character of such a vocabulary."""
    model, _ = loaded("GPT-2")
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    for byte, character in bytes_to_unicode().items():
        told = chr(byte) if byte < 128 else f"<0x{byte:02X}>"
        assert model.tokenizer.piece(model.tokenizer.fast.convert_tokens_to_ids(character)) == told


@pytest.mark.parametrize(
    ("text", "cut", "told"),
    [(" 猫", (0, 3), " <0xE7><0x8C>"), ("猫b", (2, 4), "<0xAB>b"), ("猫é", (2, 4), "<0xAB><0xC3>"), ("é", (0, 2), "é")],
)
def test_pieces_of_several_bytes_are_text_as_far_as_they_are_any(text, cut, told):
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    from model.pieces import with_bytes

    assert with_bytes("".join(map(bytes_to_unicode().get, text.encode()[slice(*cut)]))) == told
    assert with_bytes("猫") == "猫"  # no character of bytes, but of a token that was added


class Marks:
    """Unpickled, it makes a file."""

    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return (open, (self.marker, "w"))


def test_behind_the_gate_the_library_is_told_too_to_run_no_code_of_a_model(tmp_path, monkeypatch):
    folder, marker = saved(tmp_path / "model", "GPT-2"), tmp_path / "marker"
    (folder / "own.py").write_text(
        f"open({str(marker)!r}, 'w')\nfrom transformers import GPT2Config as Config, GPT2LMHeadModel as Model"
    )
    config = json.loads((folder / "config.json").read_text("utf-8"))
    own = {"auto_map": {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"}}
    (folder / "config.json").write_text(json.dumps(config | own))
    monkeypatch.setattr(huggingface.vetting, "refuse_code", lambda _: None)
    huggingface.load(folder, "real")
    assert not marker.exists()


def test_behind_the_gate_the_library_is_told_too_to_open_no_pickle(tmp_path, monkeypatch):
    folder, marker = saved(tmp_path / "model", "GPT-2"), tmp_path / "marker"
    vetted = huggingface.vetting.vet(folder)
    (folder / "model.safetensors").unlink()
    torch.save({"transformer.wte.weight": Marks(marker)}, folder / "pytorch_model.bin")
    monkeypatch.setattr(huggingface.vetting, "vet", lambda *_: vetted)
    with pytest.raises(OSError, match="safetensors"):
        huggingface.load(folder, "real")
    assert not marker.exists()


@pytest.mark.parametrize("family", ["GPT-2", "Mistral", "T5"])
def test_no_other_machine_is_asked_while_a_model_is_loaded(tmp_path, monkeypatch, family):
    folder, asked = saved(tmp_path, family), []
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    for owner, name in ((socket, "getaddrinfo"), (socket.socket, "connect")):
        monkeypatch.setattr(owner, name, lambda *given, **_: asked.append(given) or pytest.fail("a connection"))
    huggingface.load(folder, "real").trace("a", target="b" if family == "T5" else None)
    assert asked == []


def test_weights_that_are_missing_are_not_made_up(tmp_path):
    from safetensors.torch import load_file, save_file

    folder = saved(tmp_path, "GPT-2")
    weights = load_file(folder / "model.safetensors")
    del weights["transformer.h.1.attn.c_attn.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(huggingface.ModelRefused, match="model-corrupt"):
        huggingface.load(folder, "real")


@pytest.mark.parametrize(("name", "size"), [("n_embd", 64), ("n_positions", 128)])
def test_a_config_of_other_sizes_than_the_weights_is_told_with_the_tensor(tmp_path, name, size):
    folder = saved(tmp_path, "GPT-2")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {name: size}))
    with pytest.raises(huggingface.ModelRefused, match=rf"^model-config-refused: .* is \[.*not \[.*{size}"):
        huggingface.load(folder, "real")


def test_the_activation_of_gpt2_is_taken_in_one_step(folders):
    from transformers.activations import GELUTanh, NewGELUActivation

    own = huggingface.load(folders("GPT-2"), "real").transformer.model
    kinds = [type(module) for module in own.modules()]
    assert GELUTanh in kinds and NewGELUActivation not in kinds
    x = torch.linspace(-9, 9, 20_001)
    torch.testing.assert_close(GELUTanh()(x), NewGELUActivation()(x), atol=2e-6, rtol=0)
    half = huggingface.load(folders("GPT-2"), "real", dtype=torch.bfloat16).transformer.model
    assert NewGELUActivation in [type(module) for module in half.modules()]  # there steps round, and so do the model's
