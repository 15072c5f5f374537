import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from model.generate import Sampling, likeliest, shaped, write

LOGITS = torch.tensor([2.0, 1.0, 0.5, 0.0, -1.0, -3.0])
END = 5

logits = st.lists(st.floats(-20, 20), min_size=2, max_size=12).map(torch.tensor)
samplings = st.builds(
    Sampling,
    temperature=st.floats(0.05, 10),
    top_k=st.none() | st.integers(1, 15),
    top_p=st.none() | st.floats(0.01, 1),
)


@given(logits, samplings)
def test_what_is_drawn_from_is_a_distribution_over_the_likeliest(logits, sampling):
    shape = shaped(logits, sampling)
    assert shape.sum().item() == pytest.approx(1)
    kept = shape > 0
    assert kept.any()
    assert logits[kept].min() >= logits[~kept].max() if (~kept).any() else True


def test_temperature_divides_the_logits():
    assert torch.allclose(shaped(LOGITS, Sampling(0.5)), (LOGITS.double() / 0.5).softmax(-1))
    assert torch.allclose(shaped(LOGITS, Sampling(1.0)), LOGITS.double().softmax(-1))


def test_top_k_keeps_the_k_likeliest_and_top_p_the_fewest_that_reach_p():
    probabilities = LOGITS.double().softmax(-1)
    two = shaped(LOGITS, Sampling(1.0, top_k=2))
    assert two.tolist() == pytest.approx([*(probabilities[:2] / probabilities[:2].sum()).tolist(), 0, 0, 0, 0])
    first_two = float(probabilities[:2].sum())
    for top_p, kept in [(1e-9, 1), (float(probabilities[0]) + 1e-6, 2), (first_two + 1e-6, 3), (1.0, 6)]:
        assert int((shaped(LOGITS, Sampling(1.0, top_p=top_p)) > 0).sum()) == kept


def test_temperature_comes_before_top_k_and_top_k_before_top_p():
    hot = Sampling(4.0, top_k=3, top_p=0.5)
    cut = (LOGITS[:3].double() / 4).softmax(-1)  # of the three that top-k leaves, the first two reach one half
    assert shaped(LOGITS, hot).tolist() == pytest.approx([*(cut[:2] / cut[:2].sum()).tolist(), 0, 0, 0, 0])


def test_tokens_are_drawn_as_often_as_their_probability():
    sampling = Sampling(1.3, top_k=4)
    counts = torch.zeros(6)
    for seed in range(60):
        for step in write(lambda _: LOGITS, end=END, most=50, sampling=Sampling(1.3, 4, None, seed)):
            counts[step.id] += 1
    expected = shaped(LOGITS, sampling) * counts.sum()
    kept = expected > 0
    chi_square = ((counts - expected)[kept] ** 2 / expected[kept]).sum()
    assert chi_square < 16.3  # three degrees of freedom: one in a thousand
    assert counts[~kept].sum() == 0


def test_the_seed_decides_what_is_drawn():
    def drawn(seed: int) -> list[int]:
        return [step.id for step in write(lambda _: LOGITS, END, 20, Sampling(2.0, seed=seed))]

    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)


def test_temperature_zero_takes_the_likeliest_and_the_end_ends():
    def next_is(written: list[int]) -> torch.Tensor:
        return torch.eye(6)[min(len(written) + 2, END)]

    assert [step.id for step in write(next_is, END, 50, Sampling())] == [2, 3, 4, 5]
    assert [step.id for step in write(next_is, END, 2, Sampling())] == [2, 3]
    assert list(write(next_is, END, 0, Sampling())) == []


def test_a_step_tells_the_models_own_probabilities():
    [step] = write(lambda _: LOGITS, END, 1, Sampling(5.0, top_k=1))
    probabilities = LOGITS.softmax(-1)
    assert step.id == 0
    assert step.probability == pytest.approx(probabilities[0].item())
    assert [p for _, p in step.top] == pytest.approx(probabilities.tolist())


def test_the_likeliest_come_first():
    assert [id for id, _ in likeliest(LOGITS.flip(0).softmax(-1), 3)] == [5, 4, 3]
