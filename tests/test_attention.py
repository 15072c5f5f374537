import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from model.attention import Attention, attend, pattern, rotate, scores, visible
from model.masks import Bidirectional, Causal, Painted, Prefix, Window
from model.trace import SILENT, Tap, Trace

MASKS = {
    "bidirectional": Bidirectional(),
    "causal": Causal(),
    "prefix": Prefix(3),
    "window": Window(3, Causal()),
    "painted": Painted(((0, 1, True), (1, 0, False)), Causal()),
}
EXACT = {torch.float64: 1e-12, torch.float32: 1e-5}
SIZES = [(1, 1), (2, 2), (7, 12), (64, 2), (256, 2)]


def qkv(n_heads: int, n_query: int, n_key: int, dtype=torch.float64, d_head: int = 16):
    generator = torch.Generator().manual_seed(n_query * 31 + n_heads)
    shapes = [(n_heads, n_query, d_head), (n_heads, n_key, d_head), (n_heads, n_key, d_head)]
    return [torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype) * 2 for shape in shapes]


@pytest.mark.parametrize("dtype", EXACT)
@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize(("n", "n_heads"), SIZES)
def test_what_a_head_brings_equals_torchs_own(n, n_heads, name, dtype):
    q, k, v = qkv(n_heads, n, n, dtype)
    z, _ = attend(q, k, v, MASKS[name], q.shape[-1] ** -0.5)
    expected = F.scaled_dot_product_attention(q[None], k[None], v[None], visible(q, k, MASKS[name]))[0]
    assert torch.allclose(z, expected, rtol=0, atol=EXACT[dtype])


@pytest.mark.parametrize("dtype", EXACT)
@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize(("n", "n_heads"), SIZES)
def test_weights_and_output_equal_multihead_attention(n, n_heads, name, dtype):
    d_model = 8 * n_heads
    torch.manual_seed(n)
    theirs = nn.MultiheadAttention(d_model, n_heads, batch_first=True, dtype=dtype).eval()
    ours = Attention(d_model, n_heads).to(dtype)
    copy(theirs, ours)
    x = torch.randn(n, d_model, dtype=dtype)
    recorded, out = run(ours, x, x, MASKS[name])
    see = visible(recorded["attn.q"], recorded["attn.k"], MASKS[name])
    expected, weights = theirs(x, x, x, attn_mask=~see, average_attn_weights=False)
    assert torch.allclose(out, expected, rtol=0, atol=EXACT[dtype])
    assert torch.allclose(weights_of(recorded, ours, MASKS[name]), weights, rtol=0, atol=EXACT[dtype])


def test_cross_attention_equals_multihead_attention():
    theirs, ours = nn.MultiheadAttention(24, 3, batch_first=True, dtype=torch.float64).eval(), Attention(24, 3).double()
    copy(theirs, ours)
    x, memory = torch.randn(5, 24, dtype=torch.float64), torch.randn(8, 24, dtype=torch.float64)
    recorded, out = run(ours, x, memory, Bidirectional())
    expected, weights = theirs(x, memory, memory, average_attn_weights=False)
    assert torch.allclose(out, expected, rtol=0, atol=1e-12)
    assert torch.allclose(weights_of(recorded, ours, Bidirectional()), weights, rtol=0, atol=1e-12)


def copy(theirs: nn.MultiheadAttention, ours: Attention) -> None:
    with torch.no_grad():
        for part, weight, bias in zip("qkv", theirs.in_proj_weight.chunk(3), theirs.in_proj_bias.chunk(3), strict=True):
            getattr(ours, f"W_{part}").weight.copy_(weight)
            getattr(ours, f"W_{part}").bias.copy_(bias.normal_())
        ours.W_o.load_state_dict(theirs.out_proj.state_dict())


@torch.no_grad()
def run(attention: Attention, x, memory, mask) -> tuple[Trace, torch.Tensor]:
    trace = Trace()
    return trace, attention(x, memory, mask, Tap(trace.record) / "attn")


def weights_of(trace: Trace, attention: Attention, mask) -> torch.Tensor:
    q, k, log_denominator = (trace[f"attn.{name}"] for name in ("q", "k", "log_denominator"))
    return pattern(q, k, log_denominator, mask, attention.scale)


@pytest.mark.parametrize("dtype", EXACT)
def test_rows_sum_to_one_and_hidden_cells_are_exactly_zero(dtype):
    q, k, v = qkv(4, 200, 200, dtype)
    mask = Window(50, Causal())
    _, log_denominator = attend(q, k, v, mask, 0.25)
    weights = pattern(q, k, log_denominator, mask, 0.25)
    assert (weights.sum(-1) - 1).abs().max() < (1e-12 if dtype == torch.float64 else 2e-6)
    assert weights.masked_select(~visible(q, k, mask)).eq(0).all()
    assert weights.min() >= 0


@pytest.mark.parametrize("band", [1, 3, 64, 1000])
def test_the_band_changes_nothing(band):
    q, k, v = qkv(2, 70, 70)
    whole, banded = attend(q, k, v, Causal(), 0.3, band=70), attend(q, k, v, Causal(), 0.3, band=band)
    for a, b in zip(whole, banded, strict=True):
        assert torch.allclose(a, b, rtol=0, atol=1e-13)


def test_a_band_of_the_pattern_is_those_rows_of_it():
    q, k, v = qkv(2, 40, 40)
    _, log_denominator = attend(q, k, v, Prefix(5), 0.3)
    whole = pattern(q, k, log_denominator, Prefix(5), 0.3)
    band = pattern(q[:, 17:23], k, log_denominator[:, 17:23], Prefix(5), 0.3, row=17)
    assert torch.allclose(band, whole[:, 17:23], rtol=0, atol=1e-13)


def test_a_query_that_may_see_nothing_gives_zeros_as_torch_does():
    q, k, v = qkv(2, 4, 4)
    mask = Painted(((0, 0, False),), Causal())
    z, log_denominator = attend(q, k, v, mask, 0.25)
    weights = pattern(q, k, log_denominator, mask, 0.25)
    expected = F.scaled_dot_product_attention(q[None], k[None], v[None], visible(q, k, mask), scale=0.25)[0]
    assert torch.allclose(z, expected, rtol=0, atol=1e-12)
    assert z[:, 0].eq(0).all()
    assert weights[:, 0].eq(0).all()
    assert log_denominator[:, 0].eq(-math.inf).all()
    assert torch.isfinite(weights).all()


def test_gradients_pass_and_none_reaches_a_hidden_key():
    q, k, v = (tensor.requires_grad_() for tensor in qkv(1, 4, 4, d_head=3))
    mask = Painted(((0, 0, False),), Window(2, Causal()))
    assert torch.autograd.gradcheck(lambda *args: attend(*args, mask, 0.5)[0], (q, k, v))
    row = attend(q, k, v, mask, 0.5)[0][:, 3].sum()
    k_gradient, v_gradient = torch.autograd.grad(row, (k, v))
    assert k_gradient[:, :2].eq(0).all()
    assert v_gradient[:, :2].eq(0).all()
    assert v_gradient[:, 2:].ne(0).all()


@given(st.floats(-50, 50))
def test_the_same_added_to_all_scores_changes_no_weight(shift):
    q, k, v = qkv(1, 5, 5, d_head=4)
    q1, k1 = torch.cat([q, torch.ones(1, 5, 1)], -1), torch.cat([k, torch.full((1, 5, 1), shift)], -1)
    assert torch.allclose(attend(q, k, v, Causal(), 0.5)[0], attend(q1, k1, v, Causal(), 0.5)[0], atol=1e-10)


def test_scores_are_dot_products_times_the_scale():
    q, k, _ = qkv(2, 3, 5)
    assert torch.allclose(scores(q, k, 0.25)[1, 2, 4], (q[1, 2] * k[1, 4]).sum() * 0.25)


def test_rotated_scores_depend_on_the_distance_alone():
    torch.manual_seed(0)
    q, k = (torch.randn(1, 1, 16, dtype=torch.float64).expand(1, 12, 16) for _ in range(2))
    rotated = scores(rotate(q), rotate(k), 1.0)[0]
    for distance in range(12):
        diagonal = rotated.diagonal(-distance)
        assert torch.allclose(diagonal, diagonal[0].expand_as(diagonal), atol=1e-12)
    assert rotated[1, 0] != rotated[2, 0]
    assert torch.allclose(rotate(q).norm(dim=-1), q.norm(dim=-1))


def test_a_rotation_begun_later_is_a_part_of_the_whole():
    x = torch.randn(2, 12, 16, dtype=torch.float64)
    assert torch.equal(rotate(x[:, 5:], start=5), rotate(x)[:, 5:])
    angles = torch.arange(12.0, dtype=torch.float64)[:, None] * 10_000.0 ** (-torch.arange(8, dtype=torch.float64) / 8)
    turned = torch.polar(torch.ones(()).double(), angles) * torch.complex(x[..., :8], x[..., 8:])
    assert torch.allclose(rotate(x), torch.cat([turned.real, turned.imag], -1), rtol=0, atol=1e-12)


@pytest.mark.parametrize("mask", [Causal(), Bidirectional(), Window(50, Causal()), Prefix(3)])
def test_no_matrix_of_all_queries_and_keys_is_ever_held(mask):
    n, n_heads, largest = 1024, 2, 0

    class Sizes(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            nonlocal largest
            out = function(*args, **(kwargs or {}))
            tensors = [t for t in (out if isinstance(out, (tuple, list)) else [out]) if isinstance(t, torch.Tensor)]
            largest = max([largest, *(t.numel() for t in tensors)])
            return out

    attention = Attention(16, n_heads)
    x = torch.randn(n, 16)
    with torch.no_grad(), Sizes():
        attention(x, x, mask, SILENT)
    assert n * 16 <= largest <= n_heads * 128 * n


@pytest.mark.parametrize("n_kv_heads", [1, 2, 4, 8])
def test_the_keys_of_some_heads_are_those_that_they_read(n_kv_heads):
    k, heads = torch.randn(n_kv_heads, 3, 2), [7, 0, 3, 4]
    repeated = torch.cat([k[i : i + 1].expand(8 // n_kv_heads, 3, 2) for i in range(n_kv_heads)])
    assert torch.equal(k[attention.keys_of(heads, 8, n_kv_heads)], repeated[heads])
