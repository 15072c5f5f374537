"""The block of whole numbers: held against a list of its figures, against exact arithmetic, and against torch."""

import json
import math
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import exact
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from model import hand, zoo
from model.trace import Tap, Trace

TOLD = json.loads(Path(__file__).with_name("worked_example.json").read_text("utf-8"))  # rounded to 4 decimals
MASKS = {"bidirectional": "bidirectional", "causal": "native", "prefix2": {"prefix": 2}}
SEES = {
    "bidirectional": lambda query, key: True,
    "causal": lambda query, key: key <= query,
    "prefix2": lambda query, key: key <= query or key < 2,
}
HEADS = {"hand": ["head1", "head2"], "hand-one": ["single_head_d4"]}
BLOCK, SITE = "decoder.blocks.0", "decoder.blocks.0.attn"
TEXTS = {"en": "I love eating fish", "zh": "我爱吃鱼"}


@pytest.fixture(scope="module", params=[(id, mode) for id in HEADS for mode in MASKS], ids=lambda one: "-".join(one))
def run(request):
    id, mode = request.param
    return id, mode, zoo.load(id).trace(TEXTS["zh"], mask=MASKS[mode])


def told(got: torch.Tensor, figures) -> None:
    """To the 4 decimals that the list has."""
    assert (got.double() - torch.tensor(figures, dtype=torch.float64)).abs().max() <= 0.5e-4 + 1e-6


def matrices(transformer) -> dict[str, list[list[float]]]:
    part = transformer.get_submodule(SITE)
    return {name: getattr(part, f"W_{name[-1].lower()}").weight.T.tolist() for name in ("W_Q", "W_K", "W_V", "W_O")}


@pytest.mark.parametrize("id", HEADS)
def test_the_matrices_are_those_of_the_example(id):
    transformer = zoo.load(id).transformer
    assert matrices(transformer) == {name: TOLD[name] for name in ("W_Q", "W_K", "W_V", "W_O")}
    assert transformer.embed.weight[:4].tolist() == TOLD["E"]
    assert transformer.decoder.pos_embed.weight[:4].tolist() == TOLD["P"]
    assert transformer.decoder.blocks[0].mlp.W_in.weight.T.tolist() == TOLD["block"]["W1"]
    assert transformer.decoder.blocks[0].mlp.W_out.weight.T.tolist() == TOLD["block"]["W2"]
    assert transformer.W_u.weight.T.tolist() == TOLD["generation"]["W_U"]
    assert transformer.config.n_heads == len(HEADS[id])


def test_positions_go_on_as_they_begin():
    turns = zoo.load("hand").transformer.decoder.pos_embed.weight
    assert turns.shape == (hand.N_CTX, 4)
    for position, row in enumerate(turns.tolist()):
        assert row == TOLD["P"][position % 4]


def test_every_number_of_a_head_is_as_it_is_told(run):
    id, mode, trace = run
    for name, side in (("x", "X"), ("q", "Q"), ("k", "K"), ("v", "V")):
        tensor = trace[f"{BLOCK}.resid_pre"] if name == "x" else torch.cat(list(trace[f"{SITE}.{name}"]), -1)
        assert tensor.tolist() == TOLD[side]
    for head, name in enumerate(HEADS[id]):
        figures = TOLD["modes"][mode][name]
        dots = trace[f"{SITE}.q"][head] @ trace[f"{SITE}.k"][head].T
        assert dots.tolist() == figures["scores_raw"]
        scores, visible = trace[f"{SITE}.scores"][head], trace.visible(SITE)
        told(scores, figures["scores_scaled"])
        assert (~visible).tolist() == [[one is None for one in row] for row in figures["scores_masked"]]
        powers = torch.where(visible, scores.exp(), 0)
        told(powers, figures["exp"])
        told(powers.sum(-1), figures["row_sum_of_exp"])
        told(trace[f"{SITE}.log_denominator"][head].exp(), figures["row_sum_of_exp"])
        told(trace[f"{SITE}.pattern"][head], figures["weights"])
        told(trace[f"{SITE}.z"][head], figures["output"])


def test_what_two_heads_add_is_as_it_is_told(run):
    id, mode, trace = run
    if id == "hand":
        figures = TOLD["modes"][mode]
        told(torch.cat(list(trace[f"{SITE}.z"]), -1), figures["concat"])
        told(trace[f"{BLOCK}.attn_out"], figures["mha_output"])
        told(trace[f"{BLOCK}.resid_mid"], figures["residual_x_plus_mha"])


@pytest.mark.parametrize("mode", ["bidirectional", "causal"])
def test_the_rest_of_the_block_is_as_it_is_told(mode):
    trace, figures = zoo.load("hand").trace(TEXTS["zh"], mask=MASKS[mode]), TOLD["block"][mode]
    names = {
        "resid_mid": "H", "norm_mlp.normalized": "LN", "mlp.pre": "ffn_hidden_pre", "mlp.post": "ffn_hidden",
        "mlp_out": "ffn_out", "resid_post": "preLN_block_out",
    }  # fmt: skip
    for name, figure in names.items():
        told(trace[f"{BLOCK}.{name}"], figures[figure])
    stream = trace[f"{BLOCK}.resid_mid"]
    told(stream.mean(-1), figures["mean"])
    told(stream.var(-1, correction=0), figures["var"])


def test_logits_and_probabilities_are_as_they_are_told():
    figures, trace = TOLD["generation"], zoo.load("hand").trace(TEXTS["zh"])
    told(trace["logits"], figures["logits"])
    for temperature, rows in figures["probs"].items():
        told((trace["logits"] / float(temperature)).softmax(-1), rows)
    for temperature, bits in figures["entropy_bits_after_chi"].items():
        p = (trace["logits"][2] / float(temperature)).softmax(-1)
        told(-torch.xlogy(p, p).sum() / math.log(2), bits)


@pytest.mark.parametrize("lang", TEXTS)
def test_the_likeliest_words_make_the_sentence(lang):
    model, words = zoo.load("hand"), TOLD["generation"]["vocab_en" if lang == "en" else "vocab"]
    assert words == hand.WORDS[lang]
    step = list(model.generate(TEXTS[lang].split()[0] if lang == "en" else "我", temperature=0))
    assert [hand.WORDS["zh"][one.id] for one in step] == TOLD["generation"]["greedy_next"]
    for one, row in zip(step, TOLD["generation"]["probs"]["1.0"], strict=True):
        assert abs(one.probability - max(row)) < 1e-4
    for text, row in zip(words, zoo.load("hand").predictions(model.trace(TEXTS[lang])), strict=False):
        assert text in words and {entry["text"] for entry in row} == set(words)


@pytest.mark.parametrize("id", HEADS)
@pytest.mark.parametrize("mode", MASKS)
@pytest.mark.parametrize("ids", [[0, 1, 2, 3], [3, 1, 2, 0], [0, 1, 2, 4, 5], [5, 5, 4, 2, 1, 0, 3, 2]], ids=str)
def test_the_model_is_what_exact_arithmetic_says(id, mode, ids):
    """In float64, to 1e-12."""
    model = zoo.load(id)
    mask = model.mask(MASKS[mode], len(ids))
    made, trace = hand.transformer(len(HEADS[id])).double().eval(), Trace(sites=model.transformer.sites(mask))
    with torch.no_grad():
        made(target=torch.tensor(ids), mask=mask, tap=Tap(trace.record))
    run = exact.run(ids, len(HEADS[id]), SEES[mode])
    whole = {"resid_pre": run.x, "attn.q": run.q, "attn.k": run.k, "attn.v": run.v}
    for name, rows in whole.items():  # not rounded at all
        tensor = trace[f"{BLOCK}.{name}"]
        tensor = torch.cat(list(tensor), -1) if tensor.ndim == 3 else tensor
        assert [[Fraction(x) for x in row] for row in tensor.tolist()] == rows
    for name in ("attn_out", "resid_mid", "mlp_out", "resid_post"):
        near(trace[f"{BLOCK}.{name}"], getattr(run, name))
    near(trace[f"{BLOCK}.norm_mlp.normalized"], run.normalized)
    near(trace[f"{BLOCK}.mlp.pre"], run.pre)
    near(trace[f"{BLOCK}.mlp.post"], run.post)
    near(trace["logits"], run.logits)
    for head in range(len(HEADS[id])):
        near(trace[f"{SITE}.pattern"][head], run.weights[head])
        near(trace[f"{SITE}.z"][head], run.z[head])


def near(tensor: torch.Tensor, rows: exact.Rows) -> None:
    for got, expected in zip(tensor.flatten().tolist(), [x for row in rows for x in row], strict=True):
        assert abs(Decimal(got) - expected) < Decimal("1e-12")


def test_exact_arithmetic_is_as_it_is_told():
    """What the model is held against is held against the list, too."""
    for mode in MASKS:
        two, one = (exact.run([0, 1, 2, 3], n, SEES[mode]) for n in (2, 1))
        for rows, name in zip([*two.weights, *one.weights], ["head1", "head2", "single_head_d4"], strict=True):
            told(torch.tensor([[float(x) for x in row] for row in rows]), TOLD["modes"][mode][name]["weights"])
        assert [[a + b for a, b in zip(*rows, strict=True)] for rows in zip(*two.dots, strict=True)] == one.dots[0]


@pytest.mark.parametrize("mode", MASKS)
@pytest.mark.parametrize("id", HEADS)
def test_torch_attends_alike(id, mode):
    trace = zoo.load(id).trace(TEXTS["en"], mask=MASKS[mode])
    q, k, v, seen = (*(trace[f"{SITE}.{name}"] for name in "qkv"), trace.visible(SITE))
    torch.testing.assert_close(trace[f"{SITE}.z"], F.scaled_dot_product_attention(q, k, v, seen), rtol=0, atol=1e-6)
    theirs = nn.MultiheadAttention(4, len(HEADS[id]), bias=False, batch_first=True)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([torch.tensor(TOLD[name]).float().T for name in ("W_Q", "W_K", "W_V")]))
        theirs.out_proj.weight.copy_(torch.tensor(TOLD["W_O"]).float().T)
        x = torch.tensor(TOLD["X"]).float()[None]
        out, weights = theirs(x, x, x, attn_mask=~seen, average_attn_weights=False)
    torch.testing.assert_close(trace[f"{BLOCK}.attn_out"], out[0], rtol=0, atol=1e-6)
    torch.testing.assert_close(trace[f"{SITE}.pattern"], weights[0], rtol=0, atol=1e-6)


def test_both_languages_are_one_model():
    one, other = (zoo.load("hand").trace(text) for text in TEXTS.values())
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert one.model["sha256"] == other.model["sha256"] == zoo.load("hand-one").sha256  # the same weights


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_card_says_the_matrices_that_are_there(lang):
    card = zoo.card("hand", lang)
    blocks = [block.splitlines() for block in re.search(r"```\n(.*?)```", card, re.DOTALL)[1].strip("\n").split("\n\n")]
    found = {}
    for names, *lines in blocks:
        begun = [match.start() for match in re.finditer(r"\S+", names)]
        for name, begins, ends in zip(names.split(), begun, [*begun[1:], None], strict=True):
            found[name] = [[int(x) for x in line[begins:ends].split()] for line in lines]
    assert found == {
        "W_q": hand.W_Q, "W_k": hand.W_K, "W_v": hand.W_V, "W_o": hand.W_O, "W_in": hand.W_IN, "W_out": hand.W_OUT,
        "W_u": hand.W_U,
    }  # fmt: skip
    words = re.findall(r"^\| (\S+) (\S+) \| (\d) \| (\d) \|$", card, re.MULTILINE)
    assert [list(pair[:2]) for pair in words] == [list(pair) for pair in zip(*hand.WORDS.values(), strict=True)]
    assert [[int(noun), int(verb), 0, 0] for _, _, noun, verb in words] == hand.EMBED
    assert str(hand.N_CTX) in card
