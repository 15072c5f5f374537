import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from model.sampling import Sampling, shape

LOGITS = torch.tensor([2.0, 1.0, 0.5, 0.0, -1.0, -3.0])
OWN = LOGITS.double().softmax(-1)

logits = st.lists(st.floats(-20, 20), min_size=2, max_size=12).map(torch.tensor)
samplings = st.builds(
    Sampling,
    temperature=st.just(0.0) | st.floats(0.05, 10),
    top_k=st.none() | st.integers(1, 15),
    top_p=st.none() | st.floats(0.01, 1),
)


def shaped(logits, sampling):
    """What is drawn from."""
    return shape(logits, sampling).after_top_p


@given(logits, samplings)
def test_each_stage_is_a_distribution_over_the_likeliest_of_the_one_before(logits, sampling):
    stages = shape(logits, sampling)
    before = logits.double().softmax(-1)
    for after in (stages.after_temperature, stages.after_top_k, stages.after_top_p):
        assert after.sum().item() == pytest.approx(1)
        kept = after > 0
        assert (before[kept] > 0).all()
        assert logits[kept].min() >= logits[~kept].max() if (~kept).any() else True
        before = after


@given(logits, samplings)
def test_a_cut_tells_how_many_entries_it_kept_and_how_probable_they_were(logits, sampling):
    stages = shape(logits, sampling)
    likeliest = logits.argsort(descending=True, stable=True)
    for cut, before, after in (
        (stages.top_k, stages.after_temperature, stages.after_top_k),
        (stages.top_p, stages.after_top_k, stages.after_top_p),
    ):
        assert cut.probability == pytest.approx(before[likeliest[: cut.entries]].sum().item())
        assert torch.allclose(after * cut.probability, torch.where(after > 0, before, 0))
        assert (after > 0).sum() <= cut.entries
    assert stages.top_k.entries == min(sampling.top_k or len(logits), len(logits))
    assert 1 <= stages.top_p.entries <= stages.top_k.entries


def test_temperature_divides_the_logits():
    assert torch.allclose(shaped(LOGITS, Sampling(0.5)), (LOGITS.double() / 0.5).softmax(-1))
    assert torch.allclose(shaped(LOGITS, Sampling(1.0)), OWN)


def test_of_equals_the_one_that_is_taken_passes_every_cut():
    for n in (2, 4, 9):
        for sampling in (Sampling(0, top_k=1), Sampling(0, top_p=0.5), Sampling(0, 1, 0.1)):
            assert sorted(shaped(torch.zeros(n), sampling).tolist()) == [*[0] * (n - 1), 1]


def test_temperature_zero_leaves_the_likeliest_alone():
    for sampling in (Sampling(), Sampling(0, top_k=3), Sampling(0, top_p=0.99), Sampling(0, 2, 0.1)):
        assert shaped(LOGITS.flip(0), sampling).tolist() == [0, 0, 0, 0, 0, 1]
    assert torch.allclose(shaped(LOGITS, Sampling(0.01)), shaped(LOGITS, Sampling(0)))


def test_top_k_keeps_the_k_likeliest_and_top_p_the_fewest_that_reach_p():
    two = shape(LOGITS, Sampling(1.0, top_k=2))
    assert two.after_top_p.tolist() == pytest.approx([*(OWN[:2] / OWN[:2].sum()).tolist(), 0, 0, 0, 0])
    first_two = float(OWN[:2].sum())
    assert (two.top_k.entries, two.top_k.probability) == (2, pytest.approx(first_two))
    for top_p, kept in [(1e-9, 1), (float(OWN[0]) + 1e-6, 2), (first_two + 1e-6, 3), (1.0, 6)]:
        stages = shape(LOGITS, Sampling(1.0, top_p=top_p))
        assert int((stages.after_top_p > 0).sum()) == stages.top_p.entries == kept
        assert stages.top_k.entries == 6


def test_temperature_comes_before_top_k_and_top_k_before_top_p():
    stages = shape(LOGITS, Sampling(4.0, top_k=3, top_p=0.5))
    hot = (LOGITS.double() / 4).softmax(-1)
    assert torch.allclose(stages.after_temperature, hot)
    assert stages.after_top_k.tolist() == pytest.approx([*(hot[:3] / hot[:3].sum()).tolist(), 0, 0, 0])
    cut = (LOGITS[:3].double() / 4).softmax(-1)  # of the three that top-k leaves, the first two reach one half
    assert stages.after_top_p.tolist() == pytest.approx([*(cut[:2] / cut[:2].sum()).tolist(), 0, 0, 0, 0])
    assert stages.top_p.probability == pytest.approx(float(cut[:2].sum()))


CRITICAL = {3: 16.3, 5: 20.5}  # degrees of freedom -> what chi-square exceeds one time in a thousand


def chi_square(counts, expected):
    return ((counts - expected)[expected > 0] ** 2 / expected[expected > 0]).sum()


@pytest.mark.parametrize("across", ["seeds", "positions"])
@pytest.mark.parametrize(("sampling", "freedom"), [(Sampling(1.0), 5), (Sampling(1.3, top_k=4), 3)])
def test_tokens_are_drawn_as_often_as_their_probability(across, sampling, freedom):
    stages, n = shape(LOGITS, sampling), 3000
    drawn = [stages.draw(i, 7) if across == "seeds" else stages.draw(7, i) for i in range(n)]
    counts = torch.bincount(torch.tensor(drawn), minlength=6).double()
    assert chi_square(counts, stages.after_top_p * n) < CRITICAL[freedom]
    assert counts[stages.after_top_p == 0].sum() == 0


def test_what_one_position_draws_says_nothing_of_the_next():
    """Of two independent draws every pair comes as often as the product of its probabilities."""
    even, n = shape(torch.zeros(2), Sampling(1.0)), 2000
    pairs = torch.tensor([2 * even.draw(seed, 3) + even.draw(seed, 4) for seed in range(n)])
    assert chi_square(torch.bincount(pairs, minlength=4).double(), torch.full((4,), n / 4)) < CRITICAL[3]


def test_a_draw_hangs_on_seed_and_position_alone():
    stages = shape(torch.zeros(1000), Sampling(1.0))
    first = [stages.draw(seed, position) for seed in range(5) for position in range(5)]
    again = [stages.draw(seed, position) for seed in range(5) for position in reversed(range(5))]
    assert first == [id for at in range(0, 25, 5) for id in reversed(again[at : at + 5])]
    assert len(set(first)) > 20


def test_logits_of_another_rounding_draw_the_same():
    logits = torch.randn(8000, generator=torch.Generator().manual_seed(0))
    nearly = logits + 1e-6 * torch.randn(8000, generator=torch.Generator().manual_seed(1))
    for temperature in (0.5, 1.0, 10.0):
        one, other = (shape(x, Sampling(temperature)) for x in (logits, nearly))
        assert [one.draw(0, i) for i in range(200)] == [other.draw(0, i) for i in range(200)]
