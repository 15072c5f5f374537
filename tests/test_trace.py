import pytest
import torch

from model.attention import concat
from model.masks import Causal, Painted
from model.trace import SILENT, Site, Tap, Trace

SITE = "decoder.blocks.0.attn"


def a_trace(n: int = 150, mask=None) -> Trace:
    """One site of two heads over n tokens, its pattern known."""
    torch.manual_seed(0)
    mask = mask or Causal()
    trace = Trace(sites=[Site(SITE, 0, 2, "target", "target", mask, 0.5)])
    q, k = torch.randn(2, n, 4, dtype=torch.float64), torch.randn(2, n, 4, dtype=torch.float64)
    hidden = ~mask(torch.arange(n)[:, None], torch.arange(n)[None, :])
    scores = (q @ k.mT * 0.5).masked_fill(hidden, -torch.inf)
    for name, tensor in (("q", q), ("k", k), ("log_denominator", scores.logsumexp(-1))):
        trace.record(f"{SITE}.{name}", tensor)
    return trace


def test_a_tap_goes_deeper_like_a_path():
    shown = []
    tap = Tap(lambda name, tensor: shown.append(name) or tensor) / "decoder" / "blocks" / 3
    (tap / "attn")("q", torch.zeros(1))
    tap("resid_post", torch.zeros(1))
    assert shown == ["decoder.blocks.3.attn.q", "decoder.blocks.3.resid_post"]


def test_a_silent_tap_gives_back_the_very_tensor():
    x = torch.zeros(1)
    assert (SILENT / "a" / 0)("q", x) is x


def test_taps_follow_one_another_on_what_the_first_made():
    trace = Trace()
    double_then_record = Tap(lambda name, tensor: tensor * 2).then(trace.record) / "a"
    assert double_then_record("q", torch.ones(1)).item() == 2
    assert trace["a.q"].item() == 2


def test_a_name_computed_twice_is_an_error():
    trace = Trace()
    trace.record("q", torch.zeros(1))
    with pytest.raises(KeyError, match="twice"):
        trace.record("q", torch.zeros(1))


def test_a_pattern_is_the_softmax_of_the_masked_scores():
    trace = a_trace()
    hidden = torch.ones(150, 150, dtype=torch.bool).triu(1)
    expected = trace[f"{SITE}.scores"].masked_fill(hidden, -torch.inf).softmax(-1)
    assert torch.allclose(trace[f"{SITE}.pattern"], expected, rtol=0, atol=1e-12)


def test_heads_are_chosen_in_the_order_asked_for():
    trace = a_trace()
    assert torch.equal(trace.pattern(SITE, [1]), trace.pattern(SITE)[[1]])
    assert torch.equal(trace.scores(SITE, [1, 0]), trace.scores(SITE)[[1, 0]])


@pytest.mark.parametrize(("n", "size"), [(7, 7), (64, 64), (150, 64), (1000, 64)])
def test_a_thumbnail_is_the_largest_weight_of_each_patch(n, size):
    trace = a_trace(n)
    thumbnails = trace[f"{SITE}.thumbnails"]
    assert thumbnails.shape == (2, size, size)
    edges = [int(part[0]) for part in torch.arange(n).tensor_split(size)] + [n]
    pattern = trace.pattern(SITE)
    for row, column in [(0, 0), (size // 2, size // 3), (size - 1, size - 2), (size // 3, size // 2)]:
        patch = pattern[:, edges[row] : edges[row + 1], edges[column] : edges[column + 1]]
        assert thumbnails[:, row, column].tolist() == (patch.amax((-2, -1)).sqrt() * 255).round().tolist()


def test_queries_that_see_nothing_are_told():
    trace = a_trace(5, Painted(((0, 0, False),), Causal()))
    assert trace.no_visible_key(SITE) == [0]
    assert trace.pattern(SITE)[:, 0].eq(0).all()


def with_heads(z: torch.Tensor, W_o: torch.Tensor) -> Trace:
    trace = Trace(sites=[Site(SITE, 0, len(z), "target", "target", Causal(), 0.5)], W_o={SITE: W_o})
    trace.record(f"{SITE}.z", z)
    return trace


def test_what_the_heads_add_is_what_their_attention_adds():
    torch.manual_seed(1)
    z, W_o = torch.randn(3, 5, 4, dtype=torch.float64), torch.randn(7, 12, dtype=torch.float64)
    trace = with_heads(z, W_o)
    alone = torch.stack([z[head] @ W_o[:, 4 * head : 4 * head + 4].T for head in range(3)])
    assert torch.allclose(trace[f"{SITE}.head_out_norm"], alone.norm(dim=-1), rtol=0, atol=1e-12)
    whole = concat(z) @ W_o.T
    assert torch.allclose(alone.sum(0), whole, rtol=0, atol=1e-12)
    share = torch.einsum("hqd,qd->hq", alone, whole) / whole.norm(dim=-1) ** 2
    assert torch.allclose(trace[f"{SITE}.head_out_share"], share, rtol=0, atol=1e-12)
    assert torch.allclose(trace[f"{SITE}.head_out_share"].sum(0), torch.ones(5, dtype=torch.float64))
    assert (share < 0).any()  # some head works against the others
    assert torch.equal(trace.head_out_share(SITE, [2, 0]), trace[f"{SITE}.head_out_share"][[2, 0]])
    assert torch.equal(trace.head_out_norm(SITE, [2, 0]), trace[f"{SITE}.head_out_norm"][[2, 0]])


def test_a_head_alone_has_the_whole_share_and_of_nothing_there_is_none():
    z = torch.zeros(2, 3, 4)
    z[1, :2] = torch.randn(2, 4)
    trace = with_heads(z, torch.randn(8, 8))
    share = trace[f"{SITE}.head_out_share"]
    assert torch.allclose(share[:, :2], torch.tensor([[0.0, 0.0], [1.0, 1.0]]))
    assert share[:, 2].isnan().all()
    assert trace[f"{SITE}.head_out_norm"][:, 2].tolist() == [0, 0]


def test_what_was_not_computed_is_a_key_error():
    trace = a_trace(3)
    for name in (f"{SITE}.z", f"{SITE}.head_out_share", "nothing", "decoder.blocks.9.attn.pattern"):
        with pytest.raises(KeyError):
            trace[name]
