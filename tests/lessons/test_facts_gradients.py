"""What lesson 8 says, computed a second way: torch's own modules and autograd, exact arithmetic."""

import math

import pytest
import torch
from torch import nn

from model import facts, zoo
from model.facts.gradients import powers
from model.fresh import Fresh
from model.trace import Tap

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
SENTENCES = ["The cat sat on the mat because it was tired.", "猫坐在垫子上，因为它累了。"]


def number(text: str) -> float:
    """What a person reads in "1.7·10⁻²²"."""
    mantissa, _, power = text.partition("·10")
    return float(mantissa) * 10.0 ** int(power.translate(RAISED) or 0)


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [(0.012345, 2, "0.012"), (1.7e-22, 2, "1.7·10⁻²²"), (9.97, 2, "10"), (0.99951, 3, "1.00"), (33.4, 3, "33.4"),
     (0.00001, 1, "1·10⁻⁵"), (123456.0, 2, "1.2·10⁵"), (0.0, 2, "0.0")],
)  # fmt: skip
def test_powers_of_ten_are_written(x, digits, text):
    assert powers(x, digits) == text
    assert number(text) == pytest.approx(x, rel=0.5 * 10 ** (1 - digits) + 1e-9)


def inputs(seed, n, d):
    generator = torch.Generator().manual_seed(seed)
    x, u = (torch.randn(n, d, generator=generator, dtype=torch.float64) for _ in range(2))
    return x.requires_grad_(), u


def cells(architecture, bias):
    """Norms by distance of torch's own cells, one position after the other, median of five seeds."""
    norms = []
    for seed in range(5):
        x, u = inputs(seed, 64, 32)
        torch.manual_seed(seed)
        whole = (nn.LSTM if architecture == "lstm" else nn.RNN)(32, 32)
        step = (nn.LSTMCell if architecture == "lstm" else nn.RNNCell)(32, 32)
        step.load_state_dict({name.removesuffix("_l0"): tensor for name, tensor in whole.state_dict().items()})
        step.double()
        if architecture == "lstm":
            with torch.no_grad():
                step.bias_hh[32:64] += bias
        held = None
        for one in x:
            held = step(one, held)
        last = held[0] if architecture == "lstm" else held
        (last @ u[-1] / u[-1].norm()).backward()
        norms.append([float(row.norm()) for row in x.grad])
    return [sorted(column)[2] for column in zip(*norms, strict=True)][::-1]


@pytest.mark.parametrize(("network", "bias"), [("rnn", "0"), ("lstm", "0"), ("lstm", "2"), ("lstm", "4")])
def test_gradient_at_of_cells(network, bias):
    norms = cells(network, float(bias))
    for distance in (0, 1, 16, 63):
        told = facts.value("gradient_at", network=network, distance=str(distance), forget_bias=bias, places="4")
        assert number(told) == pytest.approx(norms[distance], rel=1e-3)
    share = facts.value("gradient_at", network=network, distance="63", forget_bias=bias, per="1", places="4")
    assert number(share) == pytest.approx(norms[63] / norms[1], rel=1e-3)


def test_gradient_at_of_a_transformer():
    """The last output's direction pulled back through the network; five seeds make the median."""
    norms = []
    for seed in range(5):
        x, u = inputs(seed, 64, 32)
        run = Fresh("transformer", 32, 2).network(seed)
        (row,) = torch.autograd.functional.vjp(lambda x, run=run: run(x)[-1], x, u[-1] / u[-1].norm())[1:]
        norms.append(float(row[0].norm()))
    told = facts.value("gradient_at", network="transformer", distance="63", places="4")
    assert number(told) == pytest.approx(sorted(norms)[2], rel=1e-3)


@pytest.mark.parametrize("variant", ["pre", "post", "residual", "norm", "neither"])
def test_gradient_by_depth(variant):
    """Backwards through the blocks one at a time, each by itself."""
    shares, unlike, matrices = [], [], []
    norm = {"residual": "none", "norm": "post", "neither": "none"}.get(variant, variant)
    for seed in range(3):
        x, u = inputs(seed, 16, 64)
        stack = Fresh("transformer", 64, 12, norm, variant not in ("norm", "neither")).stack(seed)
        streams = [x.detach()]
        for block in stack.blocks:
            with torch.no_grad():
                streams.append(through(block, streams[-1]))
        end = streams[-1].clone().requires_grad_()
        (back,) = torch.autograd.grad((stack.normalize(end) * u / u.norm()).sum(), end)
        norms = []
        for block, read in reversed(list(zip(stack.blocks, streams[:-1], strict=True))):
            read = read.clone().requires_grad_()
            weight = block.mlp.W_out.weight
            back, of_weight = torch.autograd.grad(through(block, read), [read, weight], back)
            norms.append(math.sqrt(float(back.square().sum())))
            if block is stack.blocks[-1]:
                matrices.append(float(of_weight.norm()))
        shares.append(norms[-1] / norms[0])
        rows = [row / row.norm() for row in streams[-1]]
        unlike.append(sum(float((a - b).square().sum()) / 2 for a in rows for b in rows) / (16 * 15))
    for what, expected in (("relative", shares), ("diversity", unlike), ("matrix", matrices)):
        told = facts.value("gradient_by_depth", variant=variant, blocks="12", what=what, places="4")
        assert number(told) == pytest.approx(sorted(expected)[1], rel=1e-3 if expected[0] > 1e-25 else 0.5), what
    alike = facts.value("gradient_by_depth", variant=variant, blocks="12", what="cosine", places="4")
    assert number(alike) == pytest.approx(1 - sorted(unlike)[1], rel=1e-3)


def through(block, x):
    n = len(x)
    causal = type("Causal", (), {"__call__": lambda _, query, key: key <= query})()
    assert n == 16
    return block(x, causal, None, causal, Tap(lambda _, tensor: tensor))


@pytest.mark.parametrize("scaled", ["yes", "no"])
@pytest.mark.parametrize("d_head", [4, 64])
def test_saturated(d_head, scaled):
    """With other draws, the derivative by autograd."""
    q, k = torch.randn(400, 1, d_head).double(), torch.randn(400, 16, d_head).double()
    s = (q * k).sum(-1) / (math.sqrt(d_head) if scaled == "yes" else 1)
    jacobians = [torch.autograd.functional.jacobian(lambda s: s.softmax(-1), row).norm() for row in s[:100]]
    p = s.softmax(-1)
    expected = {
        "std": s.std(), "largest": p.amax(-1).mean(), "entropy": torch.special.entr(p).sum(-1).mean() / math.log(2),
        "jacobian": torch.stack(jacobians).mean(),
    }  # fmt: skip
    for what, value in expected.items():
        assert facts.value("saturated", what=what, d_head=str(d_head), scaled=scaled) == pytest.approx(
            float(value), rel=0.15
        )


@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize("network", ["decoder", "lstm"])
def test_gradient_of_sentence(network, text):
    """The embedding is differentiated by as a leaf of its own, put in by torch's own hook."""
    decoder = zoo.load("decoder")
    model = decoder.transformer if network == "decoder" else zoo.load_other("lstm")
    read, held = decoder.tokens(text)["target"], {}

    def put_in(module, args, output):
        held["x"] = output.detach().requires_grad_()
        return held["x"]

    hook = model.embed.register_forward_hook(put_in)
    logits = model(target=torch.tensor([token.id for token in read]))[-1]
    hook.remove()
    (gradient,) = torch.autograd.grad(logits.log_softmax(-1).max(), held["x"])
    for at, place in (("first", 1), ("last", -1)):
        words = {"network": network, "text": text, "at": at}
        told = facts.value("gradient_of_sentence", **words, places="3")
        assert number(told) == pytest.approx(float(gradient[place].norm()), rel=1e-2)
        assert facts.value("gradient_of_sentence", **words, what="token") == read[place].text.strip()
    assert facts.value("gradient_of_sentence", **{**words, "at": "first"}, what="distance") == str(len(read) - 2)


def test_own_derivative():
    p, rest, product = facts.value("own_derivative", weights="0.5 0.9 0.99")
    assert product == pytest.approx([0.25, 0.09, 0.0099])
    for one, other, slope in zip(p, rest, product, strict=True):
        s = torch.tensor([math.log(one / other), 0.0], dtype=torch.float64)
        by_torch = torch.autograd.functional.jacobian(lambda s: s.softmax(-1), s)
        assert slope == pytest.approx(float(by_torch[0, 0]))
