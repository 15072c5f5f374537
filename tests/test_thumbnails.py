"""Thumbnails against the patches of a softmax written out in float64."""

from __future__ import annotations

import pytest
import torch

from model.attention import Form, attend, visible
from model.masks import Bidirectional, Causal, Listed, OfHeads, Painted, Window
from model.thumbnails import edges, thumbnails

SIZE, N_HEADS = 16, 3
MASKS = {
    "bidirectional": lambda n: Bidirectional(), "causal": lambda n: Causal(), "window": lambda n: Window(5, Causal()),
    "painted": lambda n: Painted(((0, 0, False), (0, n - 1, True), (n // 2, 0, False)), Causal()),
    "far keys alone": lambda n: Listed(tuple((n - 2, n if i % 2 else n - 2) for i in range(n))),
    "of heads": lambda n: OfHeads((Causal(), Bidirectional(), Window(2, Causal()))),
}  # fmt: skip
FORMS = {
    "plain": lambda n: Form(0.3),
    "capped": lambda n: Form(0.3, softcap=2.0),
    "biased": lambda n: Form(0.3, relative_bias=torch.linspace(-3, 3, N_HEADS * (2 * n - 1)).view(N_HEADS, -1)),
    "paired": lambda n: Form(0.3, pair_bias=torch.linspace(-3, 3, N_HEADS * n * n).view(N_HEADS, n, n)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize("n", [1, 5, 16, 23, 130, 300])
def test_each_patch_holds_its_largest_weight(n, name, form):
    torch.manual_seed(n)
    q, k, v = (2 * torch.randn(n, N_HEADS, 8).transpose(0, 1) for _ in range(3))
    mask, form = MASKS[name](n), FORMS[form](n)
    _, log_denominator = attend(q, k, v, mask, form)
    s = (q.double() @ k.double().mT) * form.scale
    s = s if form.softcap is None else form.softcap * (s / form.softcap).tanh()
    if form.relative_bias is not None:
        s = s + form.relative_bias.double()[:, torch.arange(n) - torch.arange(n)[:, None] + n - 1]
    if form.pair_bias is not None:
        s = s + form.pair_bias.double()
    e = s.exp() * visible(q, k, mask)
    weights = (e / e.sum(-1, keepdim=True).clamp(min=1e-300)).sqrt() * 255
    found = thumbnails(q, k, log_denominator, mask, form, SIZE)
    size = min(n, SIZE)
    assert found.shape == (N_HEADS, size, size)
    assert found.dtype == torch.uint8
    patches = [part.tensor_split(size, -1) for part in weights.tensor_split(size, -2)]
    right = torch.stack([torch.stack([patch.amax((-2, -1)) for patch in row], -1) for row in patches], -2)
    assert (found.double() - right).abs().max() <= 0.5 + 1e-3
    assert found[right == 0].eq(0).all()


def test_more_keys_than_queries_shared_by_all_heads():
    torch.manual_seed(0)
    q, k, v = torch.randn(4, 10, 8), torch.randn(2, 50, 8), torch.randn(2, 50, 8)
    _, log_denominator = attend(q, k, v, Bidirectional(), 0.3)
    right = (q.double() @ k.double().repeat_interleave(2, 0).mT * 0.3).softmax(-1).sqrt() * 255
    right = torch.stack([patch.amax(-1) for patch in right.tensor_split(SIZE, -1)], -1)
    found = thumbnails(q, k, log_denominator, Bidirectional(), Form(0.3), SIZE)
    assert (found.double() - right).abs().max() <= 0.5 + 1e-3


@pytest.mark.parametrize("n", [1, 15, 16, 17, 47, 160])
def test_patches_begin_where_tensor_split_has_them(n):
    parts = torch.arange(n).tensor_split(min(SIZE, n))
    assert edges(n, SIZE) == [*(int(part[0]) for part in parts), n]


def test_a_level_tells_even_attention_from_none_in_a_long_text():
    """Of 4,096 keys seen alike each has 1 / 4096: level 4, which stands for (4 / 255)^2."""
    q, k = torch.zeros(1, 4_096, 2), torch.zeros(1, 4_096, 2)
    found = thumbnails(q, k, torch.full((1, 4_096), 4_096.0).log(), Bidirectional(), Form(1.0), SIZE)
    assert found.eq(4).all()
    assert float((found[0, 0, 0] / 255) ** 2) == pytest.approx(1 / 4_096, rel=0.01)
