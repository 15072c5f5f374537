"""The numbers of the lesson on the whole block, worked out again with torch's own functions."""

import pytest
import torch
from torch.nn.functional import layer_norm, relu, scaled_dot_product_attention

from model import facts, hand, zoo

TEXT = "我爱吃鱼"
STEPS = ["resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post"]


def tensor(rows):
    return torch.tensor(rows, dtype=torch.float64)


def attention(x):
    """x W_Q and so on, as in Vaswani et al. 2017, two heads, causal."""
    q, k, v = ((x @ tensor(w)).unflatten(-1, (2, 2)).transpose(0, 1) for w in (hand.W_Q, hand.W_K, hand.W_V))
    z = scaled_dot_product_attention(q, k, v, is_causal=True)
    return z.transpose(0, 1).flatten(1) @ tensor(hand.W_O)


def mlp(x):
    return relu(x @ tensor(hand.W_IN)) @ tensor(hand.W_OUT)


def worked(norm="pre-mlp", residual=True):
    """Every step of the block, for all tokens: name -> [position, feature]"""
    x = tensor(hand.EMBED)[:4] + tensor(hand.quarter_turns(4))
    found = {"resid_pre": x}

    def through(x, sublayer, before, made, after):
        y = sublayer(layer_norm(x, [4]) if before else x)
        total = x + y if residual else y
        result = layer_norm(total, [4]) if norm == "post" else total
        found[made], found[after] = y, result
        return result

    x = through(x, attention, norm == "pre", "attn_out", "resid_mid")
    through(x, mlp, norm in ("pre", "pre-mlp"), "mlp_out", "resid_post")
    return found


@pytest.mark.parametrize("norm", ["pre-mlp", "pre", "post", "none"])
@pytest.mark.parametrize("residual", ["yes", "no"])
def test_every_step_of_every_way_to_build_the_block(norm, residual):
    found = worked(norm, residual == "yes")
    for place in range(4):
        for step in STEPS:
            told = facts.value("block", step=step, at=str(place), text=TEXT, norm=norm, residual=residual)
            assert told == pytest.approx(found[step][place].tolist(), abs=1e-4), (step, place)


def test_the_numbers_that_the_lesson_is_written_around():
    def row(step, **built):
        return facts.value("block", step=step, at="我", text=TEXT, **built)

    assert row("resid_mid") == pytest.approx([3, 0, 0, 1])
    assert row("norm_mlp.normalized") == pytest.approx([1.6330, -0.8165, -0.8165, 0], abs=5e-5)
    assert row("resid_post") == pytest.approx([4.6330, 0, 0, 1], abs=5e-5)
    assert row("resid_post", norm="post") == pytest.approx([1.6977, -0.7276, -0.7276, -0.2425], abs=1e-4)
    assert row("resid_post", residual="no")[2:] == [0, 0]  # its place is gone


def test_moments():
    row = worked()["resid_mid"][2]
    told = {
        what: facts.value("block_moment", what=what, step="resid_mid", at="吃", text=TEXT)
        for what in ("mean", "variance", "deviation", "length")
    }
    mean = sum(row.tolist()) / 4
    variance = sum((x - mean) ** 2 for x in row.tolist()) / 4
    assert told == pytest.approx(
        {"mean": mean, "variance": variance, "deviation": variance**0.5, "length": float(row @ row) ** 0.5}, abs=1e-5
    )


def test_rows_are_the_steps_in_a_table():
    rows = facts.value("block_rows", steps="resid_pre attn_out", at="爱", text=TEXT)
    assert rows == [facts.value("block", step=step, at="爱", text=TEXT) for step in ("resid_pre", "attn_out")]


def test_a_token_given_alone():
    x = worked()
    for place, token in enumerate(TEXT):
        moved = (attention(x["resid_pre"][place : place + 1])[0] - x["attn_out"][place]).abs().max()
        assert facts.value("alone", sublayer="attn", at=token, text=TEXT) == pytest.approx(float(moved), abs=1e-5)
        assert facts.value("alone", sublayer="mlp", at=token, text=TEXT) == pytest.approx(0, abs=1e-6)


def test_how_many_attentions_a_block_has():
    for id in zoo.ids():
        modules = dict(zoo.load(id).transformer.named_modules())
        stack = "decoder" if zoo.load(id).kind != "encoder" else "encoder"
        own = [name for name in modules if name in (f"{stack}.blocks.0.attn", f"{stack}.blocks.0.cross_attn")]
        assert facts.value("attentions", model=id) == len(own)
