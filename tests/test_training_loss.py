import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F
from training import ALL, one_thread, tiny  # noqa: F401

from model.training.batches import UNASKED, Batch
from model.training.loss import LinearCrossEntropy, answers, loss_of, mean_loss

HALF = 2**-8  # how far bfloat16, 8 binary digits, is from a number, as a share of it
D_MODEL, N_VOCAB = 24, 50


def example(n: int) -> tuple[Tensor, Tensor, Tensor]:
    """x and weight that give logits of about 1, and labels."""
    dice = torch.Generator().manual_seed(n)
    x = torch.randn(n, D_MODEL, generator=dice, requires_grad=True)
    weight = (torch.randn(N_VOCAB, D_MODEL, generator=dice) / D_MODEL**0.5).requires_grad_()
    return x, weight, torch.randint(N_VOCAB, (n,), generator=dice)


def apart(a: Tensor, b: Tensor) -> float:
    return float((a - b).norm() / b.norm())


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("n", [1, 7, 128, 129, 300])
def test_value_and_gradients_are_those_of_full_precision(n, smoothing):
    x, weight, labels = example(n)
    exact = F.cross_entropy(F.linear(x, weight), labels, label_smoothing=smoothing)
    loss = LinearCrossEntropy.apply(x, weight, labels, smoothing)
    assert loss.item() == pytest.approx(exact.item(), abs=2 * HALF)
    for found, wanted in zip(*(torch.autograd.grad(value, (x, weight)) for value in (loss, exact)), strict=True):
        assert found.dtype == torch.float32
        assert apart(found, wanted) < 2 * HALF


@pytest.mark.parametrize("n", [5, 128, 200])
def test_how_many_rows_are_taken_at_a_time_changes_next_to_nothing(n, monkeypatch):
    x, weight, labels = example(n)
    monkeypatch.setattr(LinearCrossEntropy, "ROWS", 1000)
    whole = torch.autograd.grad(LinearCrossEntropy.apply(x, weight, labels, 0.1), (x, weight))
    monkeypatch.setattr(LinearCrossEntropy, "ROWS", 3)
    pieces = torch.autograd.grad(LinearCrossEntropy.apply(x, weight, labels, 0.1), (x, weight))
    assert torch.allclose(pieces[0], whole[0], atol=1e-6)
    assert apart(pieces[1], whole[1]) < HALF


def test_what_the_loss_is_multiplied_with_multiplies_the_gradients():
    x, weight, labels = example(40)
    once = torch.autograd.grad(LinearCrossEntropy.apply(x, weight, labels, 0.1), (x, weight))
    scaled = torch.autograd.grad(-2.5 * LinearCrossEntropy.apply(x, weight, labels, 0.1) + 1, (x, weight))
    for a, b in zip(once, scaled, strict=True):
        assert torch.allclose(-2.5 * a, b)


def test_neither_the_inputs_nor_their_precision_are_changed():
    x, weight, labels = example(40)
    before = x.clone(), weight.clone(), labels.clone()
    LinearCrossEntropy.apply(x, weight, labels, 0.1).backward()
    assert all(torch.equal(a, b) for a, b in zip((x, weight, labels), before, strict=True))


def test_logits_that_are_large_stay_finite():
    x, weight, labels = example(40)
    loss = LinearCrossEntropy.apply(x * 1e4, weight, labels, 0.0)
    exact = F.cross_entropy(F.linear(x * 1e4, weight), labels)
    assert loss.item() == pytest.approx(exact.item(), rel=2 * HALF)
    assert all(gradient.isfinite().all() for gradient in torch.autograd.grad(loss, (x, weight)))


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_loss_of_a_batch_is_cross_entropy_where_something_is_asked(kind, smoothing):
    run = tiny(kind, 1)
    batch = run.task.batch(5, np.random.default_rng(0))
    with torch.no_grad():
        run.model.embed.weight.mul_(20)  # so that not every answer is as likely
    run.model.eval()
    logits, labels = answers(run.model, batch)
    exact = F.cross_entropy(logits, labels, label_smoothing=smoothing)
    loss = loss_of(run.model, batch, smoothing)
    assert abs(exact.item() - np.log(logits.shape[-1])) > 0.05
    assert loss.item() == pytest.approx(exact.item(), abs=HALF * float(logits.detach().abs().max()))
    weight = run.model.embed.weight
    assert apart(*(torch.autograd.grad(value, weight)[0] for value in (loss, exact))) < 8 * HALF


def test_training_in_half_precision_has_the_gradient_of_full_precision():
    run = tiny("decoder", 1)
    batch = run.task.batch(5, np.random.default_rng(0))
    with torch.no_grad():  # large scores are where a rounded softmax goes astray
        for block in run.model.decoder.blocks:
            block.attn.W_q.weight.mul_(300)
            block.attn.W_k.weight.mul_(300)
    run.model.eval()
    full = torch.autograd.grad(F.cross_entropy(*answers(run.model, batch)), run.model.embed.weight)[0]
    half = torch.autograd.grad(loss_of(run.model, batch), run.model.embed.weight)[0]
    assert half.norm() < 1.5 * full.norm()
    assert F.cosine_similarity(full.flatten(), half.flatten(), dim=0) > 0.85  # under autocast: 0.27


def test_the_mean_loss_is_over_all_tokens_that_are_asked_for_not_over_batches():
    run = tiny("decoder", 1)
    whole = run.task.read([[300, 400, 500], [600, 700, 800]])
    first = Batch({"target": whole.inputs["target"][:1]}, whole.labels[:1])
    second = Batch({"target": whole.inputs["target"][1:]}, whole.labels[1:].clone())
    second.labels[0, 1:] = UNASKED
    both = Batch(whole.inputs, torch.cat([first.labels, second.labels]))
    assert mean_loss(run.model, [first, second]) == pytest.approx(mean_loss(run.model, [both]))
    halves = [mean_loss(run.model, [batch]) for batch in (first, second)]
    assert mean_loss(run.model, [first, second]) != pytest.approx(sum(halves) / 2)
