"""Gradients of the trained models on a sentence, held against finite differences through the models' own tap."""

import copy

import pytest
import torch

from model import reached, zoo
from model.trace import Tap

TEXT = "The cat sat on the"
SIDE = {"decoder": "target", "encoder": "source", "encoder-decoder": "target", "lstm": "target"}
EMBED = {"decoder": "decoder.embed", "encoder": "encoder.embed", "encoder-decoder": "decoder.embed", "lstm": "embed"}


def given(id):
    """A model in float64, what it reads, and what its tokens are called."""
    owner = zoo.load("decoder" if id == "lstm" else id)
    network = zoo.load_other("lstm") if id == "lstm" else owner.transformer
    return (
        copy.deepcopy(network).double(),
        owner.tokens(TEXT, "我" if id == "encoder-decoder" else None),
        owner.tokenizer.piece,
    )


def log_probability(network, tokens, asked, last, name, moved=None):
    """Of one token, with something added to what is called `name`."""
    ids = {side: torch.tensor([token.id for token in read]) for side, read in tokens.items()}
    tap = Tap(lambda at, x: x + moved if at == name and moved is not None else x)
    with torch.no_grad():
        return network.unembed(network.trunk(**ids, tap=tap)[last]).log_softmax(-1)[asked].item()


@pytest.mark.parametrize("id", SIDE)
def test_by_distance_against_finite_differences(id):
    network, tokens, piece = given(id)
    last = -2 if id == "encoder" else -1
    found = reached.by_distance(network, tokens, piece, last)
    side, d = SIDE[id], network.config.d_model
    mine = [one for one in found.tokens if one.side == side]
    assert [one.text for one in mine] == [token.text for token in tokens[side]]
    assert [one.distance for one in mine] == [len(mine) + last - i for i in range(len(mine))]
    for position in (0, len(mine) // 2):
        slope, step = torch.zeros(d, dtype=torch.float64), 1e-5
        for feature in range(d):
            moved = torch.zeros(len(mine), d, dtype=torch.float64)
            moved[position, feature] = step
            up, down = (
                log_probability(network, tokens, found.asked.id, last, EMBED[id], sign * moved) for sign in (1, -1)
            )
            slope[feature] = (up - down) / (2 * step)
        assert mine[position].gradient == pytest.approx(slope.norm().item(), rel=1e-4)


def test_the_token_that_is_asked_about_is_the_likeliest():
    model = zoo.load("decoder")
    found = reached.by_distance(model.transformer, model.tokens(TEXT), model.tokenizer.piece)
    top = model.predictions(model.trace(TEXT))[-1][0]
    assert (found.asked.id, found.asked.text) == (top["id"], top["text"])
    assert found.asked.probability == pytest.approx(top["probability"], rel=1e-4)


def test_an_encoder_decoders_source_has_gradients_and_no_distance():
    network, tokens, piece = given("encoder-decoder")
    found = reached.by_distance(network, tokens, piece)
    source = [one for one in found.tokens if one.side == "source"]
    assert [one.text for one in source] == [token.text for token in tokens["source"]]
    assert all(one.distance is None and one.gradient > 0 for one in source)


@pytest.mark.parametrize("id", ["decoder", "encoder", "encoder-decoder"])
def test_by_depth_against_a_small_step_in_one_direction(id):
    """Along the gradient's own direction the log-probability rises by its norm."""
    network, tokens, piece = given(id)
    last, stack = (-2 if id == "encoder" else -1), ("encoder" if id == "encoder" else "decoder")
    found = reached.by_depth(network, tokens, piece, last)
    assert len(found.gradient) == len(found.diversity) - 1 == network.config.n_layers and found.relative[-1] == 1
    at = f"{stack}.blocks.2.resid_pre"
    held = {}

    def seen(name, x):
        if name == at:
            held[name] = x.detach().requires_grad_()
            return held[name]
        return x

    ids = {side: torch.tensor([token.id for token in read]) for side, read in tokens.items()}
    y = network.unembed(network.trunk(**ids, tap=Tap(seen))[last]).log_softmax(-1)[found.asked.id]
    (gradient,) = torch.autograd.grad(y, held[at])
    along, step = gradient / gradient.norm(), 1e-5
    up, down = (log_probability(network, tokens, found.asked.id, last, at, sign * step * along) for sign in (1, -1))
    assert found.gradient[2] == pytest.approx((up - down) / (2 * step), rel=1e-5)


def test_what_is_altered_is_another_network_with_the_same_weights():
    transformer = zoo.load("decoder").transformer
    assert reached.altered(transformer) is transformer
    assert reached.altered(transformer, "pre") is transformer
    ids = torch.tensor([3, 300, 400])
    with torch.no_grad():
        before = transformer(target=ids)
        for norm, residual in (("none", True), ("post", True), (None, False), ("none", False)):
            other = reached.altered(transformer, norm, residual)
            assert other.config.norm == (norm or "pre") and other.config.residual is residual
            weight = "decoder.blocks.1.attn.W_q.weight"
            assert torch.equal(other.get_parameter(weight), transformer.get_parameter(weight))
            assert not torch.allclose(other(target=ids), before, atol=0.1)
        assert torch.equal(transformer(target=ids), before)
