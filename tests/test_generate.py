import pytest
import torch

from model.generate import likeliest, likeliest_of_each, write
from model.sampling import Sampling, shape

LOGITS = torch.tensor([2.0, 1.0, 0.5, 0.0, -1.0, -3.0])
END = 5


def drawn(most=20, seed=0, begun=(), position=0):
    """Ids of a sequence in which what was written turns the logits round."""
    written = [*begun]

    def logits_after(new):
        return LOGITS.roll(sum([*written, *new]))

    return [step.id for step in write(logits_after, {9}, most, Sampling(2.0, seed=seed), position + len(written))]


def test_the_seed_decides_what_is_drawn():
    assert drawn(seed=3) == drawn(seed=3)
    assert drawn(seed=3) != drawn(seed=4)


def test_token_by_token_is_all_at_once():
    whole, pieces = drawn(12), []
    for most in (1, 1, 1, 3, 4, 2):
        pieces += drawn(most, begun=pieces)
    assert pieces == whole
    assert drawn(5, begun=whole[:7]) == whole[7:]  # having gone back
    assert drawn(12, position=1) != whole


def test_temperature_zero_takes_the_likeliest_and_the_end_ends():
    def next_is(written: list[int]) -> torch.Tensor:
        return torch.eye(6)[min(len(written) + 2, END)]

    assert [step.id for step in write(next_is, {END}, 50, Sampling())] == [2, 3, 4, 5]
    assert [step.id for step in write(next_is, {4, END}, 50, Sampling())] == [2, 3, 4]
    assert [step.id for step in write(next_is, {END}, 2, Sampling())] == [2, 3]
    assert list(write(next_is, {END}, 0, Sampling())) == []


def test_a_step_tells_the_models_own_probabilities_and_every_stage():
    sampling = Sampling(5.0, top_k=3, top_p=0.7)
    [step] = write(lambda _: LOGITS, {END}, 1, sampling)
    own, stages = LOGITS.softmax(-1), shape(LOGITS, sampling)
    assert [one.id for one in step.top] == [0, 1, 2, 3, 4, 5]
    assert [one.probability for one in step.top] == pytest.approx(own.tolist())
    for name in ("after_temperature", "after_top_k", "after_top_p"):
        assert [getattr(one, name) for one in step.top] == getattr(stages, name).tolist()
        assert getattr(step, name) == getattr(stages, name)[step.id]
    assert step.probability == pytest.approx(own[step.id].item())
    assert step.after_top_p > 0
    assert (step.top_k, step.top_p) == (stages.top_k, stages.top_p)
    assert step.top_k.entries == 3


def test_as_many_are_listed_as_asked_and_what_is_drawn_may_be_another():
    steps = list(write(lambda _: LOGITS, {END}, 40, Sampling(10.0), listed=2))
    assert all([one.id for one in step.top] == [0, 1] for step in steps)
    assert any(step.id > 1 for step in steps)
    [step] = write(lambda _: LOGITS, {END}, 1, Sampling(), listed=200)
    assert len(step.top) == 6


def test_the_likeliest_come_first():
    assert [id for id, _ in likeliest(LOGITS.flip(0).softmax(-1), 3)] == [5, 4, 3]


def test_the_likeliest_of_many_positions_are_those_of_each():
    rows = torch.randn(40, 300, generator=torch.manual_seed(1)).mul(3).round().softmax(-1)  # with many equal ones
    expected = [row.sort(descending=True).values[:10].tolist() for row in rows]
    found = likeliest_of_each(rows, 10)
    assert [[p for _, p in one] for one in found] == expected
    assert all(rows[i, id] == p for i, one in enumerate(found) for id, p in one)
    assert found == [likeliest(row, 10) for row in rows]
