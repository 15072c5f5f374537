"""How saturated a softmax is, held against torch's own softmax, its Jacobian by autograd and what is known of dot
products."""

import math

import pytest
import torch

from model import saturation, zoo
from model.saturation import jacobian, of_heads, of_scores


def test_the_norm_of_the_jacobian_is_that_of_the_matrix():
    for seed in range(5):
        s = 3 * torch.randn(7, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        p = s.softmax(-1)
        by_torch = torch.autograd.functional.jacobian(lambda s: s.softmax(-1), s)
        assert torch.allclose(by_torch, p.diag() - torch.outer(p, p))
        assert jacobian(p).item() == pytest.approx(by_torch.norm().item(), rel=1e-12)
    assert jacobian(torch.tensor([1.0, 0.0, 0.0])) == 0


def test_rows_worked_by_hand():
    """Row eats of the worked example (2, 0, -4, 2), halved, and a row that sees two keys alone."""
    s = torch.tensor([[1.0, 0, -2, 1], [math.log(3), 0, -math.inf, -math.inf]])
    first, second, both = of_scores(s[:1]), of_scores(s[1:]), of_scores(s)
    assert first.largest == pytest.approx(0.4136, abs=5e-5)
    assert first.std == pytest.approx(math.sqrt(2), rel=1e-6)  # mean 0, squares 1 + 0 + 4 + 1, by n - 1
    assert second.largest == pytest.approx(0.75)
    assert second.entropy == pytest.approx(2 - 0.75 * math.log2(3))
    assert second.jacobian == pytest.approx(0.75 * 0.25 * 2)  # each of four entries is p (1 - p)
    assert both.entropy == pytest.approx((first.entropy + second.entropy) / 2)
    assert both.std == pytest.approx(math.sqrt((first.std**2 + second.std**2) / 2))


def test_random_scores_spread_as_the_square_root_of_d_head():
    for one in saturation.random(n_keys=16):
        assert one.unscaled.std == pytest.approx(math.sqrt(one.d_head), rel=0.05)
        assert one.scaled.std == pytest.approx(1, rel=0.05)
        assert one.unscaled.std / one.scaled.std == pytest.approx(math.sqrt(one.d_head))
        assert sum(one.row_scaled) == pytest.approx(1) and sum(one.row_unscaled) == pytest.approx(1)


def test_the_figures_are_those_that_are_known():
    """64 numbers a head and 16 keys: measured elsewhere, with other draws."""
    at = {one.d_head: one for one in saturation.random(n_keys=16)}
    for found, known in ((at[64].unscaled, (7.96, 0.85, 0.59, 0.174)), (at[64].scaled, (1.0, 0.24, 3.41, 0.304))):
        assert (found.std, found.largest, found.entropy, found.jacobian) == pytest.approx(known, rel=0.05)
    assert at[4].unscaled.jacobian == pytest.approx(0.321, rel=0.05)
    assert at[4].scaled.jacobian == pytest.approx(0.297, rel=0.05)


@pytest.mark.parametrize("id", ["decoder", "encoder", "encoder-decoder"])
def test_a_trained_heads_weights_are_those_of_its_pattern(id):
    trace = zoo.load(id).trace("The cat sat on the mat.")
    heads = [head for site in of_heads(trace) for head in site]
    assert [(one.site, one.head) for one in heads] == [
        (site.name, head) for site in trace.sites for head in range(site.n_heads)
    ]
    for one in heads:
        site = next(site for site in trace.sites if site.name == one.site)
        pattern = trace[f"{one.site}.pattern"][one.head].double()
        rows = [
            pattern[i] for i in range(len(pattern)) if pattern.shape[1] > 1 and (site.mask.spec != "causal" or i > 0)
        ]
        p = torch.stack(rows)
        assert one.scaled.largest == pytest.approx(p.amax(-1).mean().item(), rel=1e-4)
        assert one.scaled.entropy == pytest.approx(-torch.xlogy(p, p).sum(-1).mean().item() / math.log(2), rel=1e-3)
        assert one.unscaled.std == pytest.approx(
            one.scaled.std * math.sqrt(trace.model["config"]["d_model"] / site.n_heads), rel=1e-6
        )
        assert one.unscaled.largest >= one.scaled.largest
