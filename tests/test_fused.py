"""Attention in one pass against torch's own and against a softmax written out in float64."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from model import fused
from model.attention import Form, attend, pattern, visible
from model.masks import Bidirectional, Causal, Listed, OfHeads, Padded, Painted, Prefix, Window

N, N_HEADS, D_HEAD = 150, 4, 16  # more than one band of rows
MASKS = {
    "bidirectional": Bidirectional(), "causal": Causal(), "prefix": Prefix(3), "window": Window(30, Causal()),
    "wide window": Window(N, Causal()), "blind": Painted(((0, 0, False), (140, 7, False)), Causal()),
    "listed": Listed(tuple((i // 2, i // 2 + i % 3) for i in range(N))),  # every third sees nothing
    "of heads": OfHeads((Causal(), Bidirectional(), Window(2, Causal()), Painted(((0, 0, False),), Causal()))),
}  # fmt: skip


def drawn(n_query: int = N, n_key: int = N, n_kv_heads: int = N_HEADS, dtype=torch.float32) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(n_query + 3 * n_key)
    shapes = [(n_query, N_HEADS, D_HEAD), (n_key, n_kv_heads, D_HEAD), (n_key, n_kv_heads, D_HEAD)]
    return [(2 * torch.randn(shape, generator=generator)).to(dtype).transpose(0, 1) for shape in shapes]


def written_out(q, k, v, see, form: Form, sinks=None) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Weights, output and log denominators, in float64."""
    q, k, v = (x.double() for x in (q, k, v))
    k, v = (x.repeat_interleave(len(q) // len(x), 0) for x in (k, v))
    s = torch.einsum("hid,hjd->hij", q, k) * form.scale
    if form.relative_bias is not None:
        i, j = torch.arange(s.shape[1])[:, None], torch.arange(s.shape[2])
        s = s + form.relative_bias.double()[:, j - i + s.shape[1] - 1]
    e = s.exp() * see
    total = e.sum(-1) + (0 if sinks is None else sinks.double().exp()[:, None])
    weights = torch.where(total[..., None] > 0, e / total[..., None], 0)
    return weights, weights @ v, total.log()


def far(found: torch.Tensor, right: torch.Tensor) -> float:
    assert found.shape == right.shape
    assert torch.equal(found.isneginf(), right.isneginf())
    return float((found.double() - right).masked_fill(right.isneginf(), 0).abs().max())


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[torch.Tensor]:
    """The queries of each pass that the kernel makes."""
    seen, kernel = [], fused.KERNEL
    assert kernel is not None, "this torch has no such kernel"

    def watched(q, *args, **more):
        seen.append(q)
        return kernel(q, *args, **more)

    monkeypatch.setattr(fused, "KERNEL", watched)
    return seen


@pytest.mark.parametrize(("dtype", "near"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
@pytest.mark.parametrize("name", MASKS)
def test_output_denominators_and_weights_are_those_of_a_softmax_written_out(name, dtype, near, passes):
    q, k, v = drawn(dtype=dtype)
    form, mask = Form(D_HEAD**-0.5), MASKS[name]
    z, log_denominator = attend(q, k, v, mask, form)
    assert len(passes) == (1 if name in ("bidirectional", "causal", "wide window") else 2)
    weights, output, sums = written_out(q, k, v, visible(q, k, mask), form)
    assert far(z, output) < near
    assert far(log_denominator, sums) < near
    found = pattern(q, k, log_denominator, mask, form)
    assert far(found, weights) < near
    assert far(found @ v, z.double()) < near
    see = visible(q, k, mask).any(-1).expand(N_HEADS, N)
    assert far(found.sum(-1), see.double()) < near


@pytest.mark.parametrize("name", MASKS)
def test_it_is_torchs_own_and_the_arithmetic_in_bands(name, monkeypatch):
    q, k, v = drawn()
    z, log_denominator = attend(q, k, v, MASKS[name], 0.25)
    theirs = F.scaled_dot_product_attention(q[None], k[None], v[None], visible(q, k, MASKS[name]), scale=0.25)[0]
    assert far(z, theirs) < 1e-5
    monkeypatch.setattr(fused, "KERNEL", None)
    for found, right in zip((z, log_denominator), attend(q, k, v, MASKS[name], 0.25), strict=True):
        assert far(found, right) < 1e-5


@pytest.mark.parametrize("name", ["bidirectional", "causal", "blind"])
@pytest.mark.parametrize("n_kv_heads", [1, 2])
def test_groups_of_heads_share_keys_beside_a_bias_by_distance_and_a_sink(name, n_kv_heads, passes):
    q, k, v = drawn(n_kv_heads=n_kv_heads)
    form = Form(0.25, relative_bias=torch.randn(N_HEADS, 2 * N - 1))
    sinks = torch.tensor([-3.0, 0.0, 2.0, 9.0])
    z, log_denominator = attend(q, k, v, MASKS[name], form, sinks=sinks)
    assert passes
    weights, output, sums = written_out(q, k, v, visible(q, k, MASKS[name]), form, sinks)
    assert far(z, output) < 1e-5
    assert far(log_denominator, sums) < 1e-5
    found = pattern(q, k, log_denominator, MASKS[name], form)
    assert far(found, weights) < 1e-5
    assert far(found @ v.repeat_interleave(N_HEADS // n_kv_heads, 0), output) < 1e-5


@pytest.mark.parametrize("start", [0, 40])
def test_queries_in_the_middle_of_the_keys(start, passes):
    q, k, v = drawn(n_query=7, n_key=60)
    z, log_denominator = attend(q, k, v, Causal(), 0.25, start=start)
    assert passes
    see = torch.arange(60)[None] <= torch.arange(start, start + 7)[:, None]
    _, output, sums = written_out(q, k, v, see, Form(0.25))
    assert far(z, output) < 1e-5
    assert far(log_denominator, sums) < 1e-5


@pytest.mark.parametrize("mask", [Causal(), Padded(Bidirectional(), torch.tensor([3, 20]).view(2, 1, 1, 1))])
def test_a_batch_is_its_sequences_one_by_one(mask, passes):
    q, k, v = (torch.stack([x, x.flip(-2)]) for x in drawn(20, 20))
    z, log_denominator = attend(q, k, v, mask, 0.25)
    assert passes
    for i, length in enumerate([20, 20] if isinstance(mask, Causal) else [3, 20]):
        see = visible(q[i], k[i], mask.of if isinstance(mask, Padded) else mask) & (torch.arange(20) < length)
        _, output, sums = written_out(q[i], k[i], v[i], see, Form(0.25))
        assert far(z[i], output) < 1e-5
        assert far(log_denominator[i], sums) < 1e-5


@pytest.mark.parametrize("batched", ["q", "k", "kv"])
def test_what_is_no_batch_goes_with_each_sequence_of_one(batched):
    """As where a head of an encoder is edited, and the queries that read it are all the same."""
    given = dict(zip("qkv", drawn(), strict=True))
    both = {name: torch.stack([x, x.flip(-2)]) if name in batched else x for name, x in given.items()}
    with torch.no_grad():
        z, log_denominator = attend(*both.values(), Causal(), 0.25)
    for i in range(2):
        q, k, v = (x[i] if name in batched else x for name, x in both.items())
        _, output, sums = written_out(q, k, v, visible(q, k, Causal()), Form(0.25))
        assert far(z[i], output) < 1e-5
        assert far(log_denominator.expand(2, N_HEADS, N)[i], sums) < 1e-5


def test_large_scores_stay_finite():
    q, k, v = (30 * x for x in drawn())
    z, log_denominator = attend(q, k, v, Causal(), 1.0)
    s = (q.double() @ k.double().mT).masked_fill(~visible(q, k, Causal()), -math.inf)
    right = s.logsumexp(-1)
    assert (log_denominator.double() / right - 1).abs().max() < 1e-5
    assert far(z, (s.softmax(-1) @ v.double())) < 0.5  # float32 of scores near 50,000: a step is 4e-3
    assert torch.isfinite(z).all()


@pytest.mark.parametrize("why", ["gradients", "narrow", "empty", "a cap", "wider values"])
def test_what_the_kernel_does_not_do_is_done_without_it(why, passes):
    q, k, v = drawn(dtype=torch.bfloat16 if why == "narrow" else torch.float32)
    q = q.requires_grad_() if why == "gradients" else q
    k, v = (k[:, :0], v[:, :0]) if why == "empty" else (k, v)
    v = torch.cat([v, v], -1) if why == "wider values" else v
    z, log_denominator = attend(q, k, v, Bidirectional(), Form(0.25, softcap=5.0 if why == "a cap" else None))
    assert not passes
    assert z.shape[-1] == v.shape[-1]
    if why == "empty":
        assert z.eq(0).all()
        assert log_denominator.isneginf().all()
    if why == "gradients":
        log_denominator.sum().backward()
        assert q.grad is not None
