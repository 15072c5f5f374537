"""The shipped models on text: what they are given, what comes of it, and what they refuse."""

import json
import shutil
from dataclasses import asdict

import pytest
import torch
from safetensors.torch import load_file, save_file

from model import zoo
from model.training.checkpoint import BadWeights
from model.zoo import InputError

TEXT = "The cat sat on the mat."
IDS = ["decoder", "encoder", "encoder-decoder"]


def texts(tokens) -> list[str]:
    return [token.text for token in tokens]


def refused(code: str, run, **facts) -> None:
    with pytest.raises(InputError) as refusal:
        run()
    assert refusal.value.code == code
    assert {name: getattr(refusal.value, name) for name in facts} == facts


def test_the_zoo_has_the_three_kinds(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert zoo.ids() == [*IDS, "hand", "hand-one"]
    assert zoo.trained() == IDS
    assert [zoo.load(id).kind for id in IDS] == IDS
    with pytest.raises(zoo.NotHere):
        zoo.load("gpt2")


@pytest.mark.parametrize("id", IDS)
def test_what_the_api_says_of_a_model_is_so(id):
    model = zoo.load(id)
    info, c = model.info(), model.transformer.config
    stored = load_file(zoo.WEIGHTS / f"{id}.safetensors")
    assert info["parameters"] == sum(tensor.numel() for name, tensor in stored.items() if not name.endswith(".scale"))
    assert (info["n_layers"], info["n_heads"], info["d_model"]) == (c.n_layers, c.n_heads, c.d_model)
    assert info["n_vocab"] == len(model.tokenizer)
    trace = model.trace(TEXT)
    assert len(trace.sites) == info["n_layers"] * (3 if id == "encoder-decoder" else 1)
    assert json.dumps(info)


def test_each_kind_is_given_its_own_frame():
    assert texts(zoo.load("decoder").tokens(TEXT)["target"])[:3] == ["<bos>", "The", " cat"]
    source = zoo.load("encoder").tokens(TEXT)["source"]
    assert (source[0].text, source[-1].text) == ("<cls>", "<sep>")
    both = zoo.load("encoder-decoder").tokens(TEXT, "猫")
    assert both["source"][-1].text == "<eos>"
    assert texts(both["target"]) == ["<2zh>", "猫"]


@pytest.mark.parametrize(
    ("text", "target", "first"),
    [
        ("I see a dog.", "", "<2zh>"),
        ("我看见一只狗。", "", "<2en>"),
        ("I see a dog.", "<2en>I see", "<2en>"),
        ("我看见一只狗。", "<2zh>我", "<2zh>"),
    ],
)
def test_the_direction_goes_by_script_unless_the_target_says_otherwise(text, target, first):
    tokens = zoo.load("encoder-decoder").tokens(text, target)["target"]
    assert tokens[0].text == first
    assert "".join(texts(tokens[1:])) == target.removeprefix(first)


def test_a_target_left_out_is_the_greedy_translation():
    model = zoo.load("encoder-decoder")
    trace = model.trace("I see a dog.")
    likeliest = trace["logits"].argmax(-1).tolist()
    written = [token.id for token in trace.tokens["target"]]
    assert len(written) > 1
    assert written[1:] == likeliest[:-1]
    assert likeliest[-1] == model.tokenizer.id("<eos>")
    target = model.tokenizer.decode(written)
    assert torch.equal(model.trace("I see a dog.", target)["logits"], trace["logits"])


@pytest.mark.parametrize("id", ["decoder", "encoder-decoder"])
def test_writing_greedily_is_taking_the_likeliest_each_time(id):
    model = zoo.load(id)
    steps = list(model.generate("I see a dog", temperature=0, max_new_tokens=6))
    assert 0 < len(steps) <= 6
    begun = model.tokens("I see a dog", None if id == "decoder" else "")
    inputs = {side: model.tensor(tokens) for side, tokens in begun.items()}
    for step in steps:
        with torch.no_grad():
            probabilities = model.transformer(**inputs)[-1].softmax(-1)
        assert step.id == int(probabilities.argmax())
        assert step.probability == pytest.approx(float(probabilities.max()), abs=1e-5)  # of other shapes at once
        inputs["target"] = torch.cat([inputs["target"], torch.tensor([step.id])])


def test_writing_stops_where_the_model_is_full():
    model = zoo.load("decoder")
    full = "a" + " a" * (model.transformer.config.n_ctx - 3)
    assert len(model.tokens(full)["target"]) == model.transformer.config.n_ctx - 1
    assert len(list(model.generate(full, max_new_tokens=50, temperature=1.0))) == 1


def test_predictions_are_a_softmax_over_the_whole_vocabulary():
    model = zoo.load("decoder")
    trace = model.trace(TEXT)
    listed = model.predictions(trace, 3)
    probabilities = trace["logits"].double().softmax(-1)
    assert len(listed) == len(trace.tokens["target"])
    for row, top in zip(probabilities, listed, strict=True):
        assert [entry["id"] for entry in top] == row.topk(3).indices.tolist()
        assert [entry["probability"] for entry in top] == pytest.approx(row.topk(3).values.tolist(), abs=1e-5)
        assert all(entry["text"] == model.tokenizer.piece(entry["id"]) for entry in top)


@pytest.mark.parametrize("mask", ["bidirectional", {"prefix": 2}, {"window": 2}, {"painted": [[1, 3, True]]}])
def test_a_mask_holds_in_every_site_it_is_asked_for(mask):
    trace = zoo.load("decoder").trace(TEXT, mask=mask)
    for site in trace.sites:
        weights = trace.pattern(site.name)
        query, key = torch.arange(weights.shape[-2])[:, None], torch.arange(weights.shape[-1])[None, :]
        visible = site.mask(query, key).expand(weights.shape)
        assert weights[~visible].eq(0).all()
        assert weights[visible].gt(0).all()


def test_in_an_encoder_decoder_the_mask_is_the_decoders_self_attention():
    trace = zoo.load("encoder-decoder").trace("I see a dog.", "我看见", mask={"window": 2})
    specs = {site.name.split(".blocks")[0] + site.name[-10:]: site.mask.spec for site in trace.sites}
    assert set(map(str, specs.values())) == {"bidirectional", "{'window': 2, 'of': 'causal'}"}
    assert trace.site("decoder.blocks.0.attn").mask.spec == {"window": 2, "of": "causal"}
    assert trace.site("decoder.blocks.0.cross_attn").mask.spec == "bidirectional"
    assert trace.site("encoder.blocks.0.attn").mask.spec == "bidirectional"


def test_a_query_that_sees_nothing_gives_zeros_and_numbers_stay_finite():
    trace = zoo.load("decoder").trace(TEXT, mask={"window": 0})
    assert trace.no_visible_key("decoder.blocks.0.attn") == list(range(len(trace.tokens["target"])))
    assert trace["decoder.blocks.0.attn.z"].eq(0).all()
    assert torch.isfinite(trace["logits"]).all()


def test_zeroing_a_head_takes_its_share_out_of_the_sum_and_no_other():
    model, site = zoo.load("decoder"), "decoder.blocks.1.attn"
    before, after = model.trace(TEXT), model.trace(TEXT, edits=[{"zero": site, "head": 2}])
    assert after[f"{site}.z"][2].eq(0).all()
    assert torch.equal(after[f"{site}.z"][[0, 1, 3]], before[f"{site}.z"][[0, 1, 3]])
    share = before[f"{site}.z"][2] @ model.transformer.get_submodule(site).W_o.weight[:, 64:96].T
    difference = before["decoder.blocks.1.attn_out"] - after["decoder.blocks.1.attn_out"]
    assert torch.allclose(difference, share, atol=1e-5)
    assert not torch.equal(after["logits"], before["logits"])
    assert torch.equal(after["decoder.blocks.1.resid_pre"], before["decoder.blocks.1.resid_pre"])


def test_zeroing_all_heads_leaves_the_bias_alone():
    model, site = zoo.load("encoder-decoder"), "decoder.blocks.0.cross_attn"
    trace = model.trace("I see a dog.", "我", edits=[{"zero": site}])
    bias = model.transformer.get_submodule(site).W_o.bias
    assert torch.allclose(trace["decoder.blocks.0.cross_out"], bias.expand(2, -1), atol=1e-6)


@pytest.mark.parametrize("text", ["", "  \n\t", "\u200b\u200b\ufeff", "\u00ad\u2060"])
def test_nothing_to_read_is_refused(text):
    refused("empty-text", lambda: zoo.load("encoder").trace(text), field="text")


def test_what_else_is_refused():
    decoder, encoder, both = map(zoo.load, IDS)
    refused("needs-no-target", lambda: decoder.trace(TEXT, "猫"), field="target")
    refused("unsuited-model", lambda: next(encoder.generate(TEXT)), field="model")
    refused("bad-mask", lambda: decoder.trace(TEXT, mask="diagonal"), field="mask")
    refused("bad-mask", lambda: decoder.trace("a", mask={"painted": [[0, 99, True]]}), field="mask")
    refused("unknown-checkpoint", lambda: decoder.trace(TEXT, checkpoint=3), field="checkpoint")
    refused("invalid-unicode", lambda: decoder.trace("a\ud800"), field="text")
    refused("invalid-unicode", lambda: both.trace("a", "\udfff"), field="target")


@pytest.mark.parametrize("id", IDS)
def test_the_longest_input_runs_and_one_token_more_is_refused(id):
    model = zoo.load(id)
    limit, frame = model.transformer.config.n_ctx, {"decoder": 1, "encoder": 2, "encoder-decoder": 1}[id]
    longest = "a" + " a" * (limit - frame - 1)
    target = None if id != "encoder-decoder" else "猫"
    trace = model.trace(longest, target)
    assert len(trace.tokens["target" if id == "decoder" else "source"]) == limit
    refused("too-many-tokens", lambda: model.trace(longest + " a", target), limit=limit, actual=limit + 1)


def test_one_token_looks_at_itself():
    trace = zoo.load("decoder").trace("a", mask={"window": 1})
    own = trace["decoder.blocks.0.attn.pattern"].diagonal(dim1=-2, dim2=-1)
    assert own.tolist() == [pytest.approx([1, 1], abs=1e-5)] * 4


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A copy of the shipped files to damage."""
    for name in ("encoder.safetensors", "tokenizer.json"):
        shutil.copy(zoo.WEIGHTS / name, tmp_path)
    monkeypatch.setattr(zoo, "WEIGHTS", tmp_path)
    zoo.shipped.cache_clear()
    yield tmp_path / "encoder.safetensors"
    zoo.shipped.cache_clear()


def test_copied_weights_load(weights):
    assert zoo.load("encoder").kind == "encoder"


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1000]),
        lambda path: path.write_bytes(b"\xff" * 100),
        lambda path: path.write_bytes((2**62).to_bytes(8, "little") + b"{}"),
        lambda path: save_file({"x": torch.zeros(2)}, path),
        lambda path: save_file({"x": torch.zeros(2)}, path, {"config": "{}"}),
        lambda path: save_file(load_file(path), path, {"config": json.dumps({"surprise": 1})}),
        lambda path: save_file(load_file(path), path, {"config": '{"kind": "encoder", "n_layers": 1000000000}'}),
        lambda path: (path.with_name("tokenizer.json")).write_text("{}"),
    ],
)
def test_damaged_files_are_refused_by_name(weights, damage):
    damage(weights)
    with pytest.raises(BadWeights, match=r"encoder\.safetensors|tokenizer\.json"):
        zoo.load("encoder")


def test_numbers_that_are_not_finite_are_refused_with_their_place(weights):
    model = zoo.load("encoder")
    zoo.shipped.cache_clear()
    tensors = load_file(weights)
    tensors["encoder.blocks.2.mlp.W_in.weight.scale"][3] = torch.nan
    save_file(tensors, weights, {"config": json.dumps(asdict(model.transformer.config))})
    with pytest.raises(BadWeights, match=r"encoder\.blocks\.2\.mlp\.W_in\.weight"):
        zoo.load("encoder")


def test_another_tokenizer_is_refused(weights):
    tokenizer = weights.with_name("tokenizer.json")
    other = json.loads(tokenizer.read_text())
    vocab = other["model"]["vocab"]
    vocab[" the"], vocab[" cat"] = vocab[" cat"], vocab[" the"]
    tokenizer.write_text(json.dumps(other))
    with pytest.raises(BadWeights, match="another tokenizer"):
        zoo.load("encoder")
