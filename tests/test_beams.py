import itertools

import pytest
import torch

from model.beams import NOTHING, best, search

N_VOCAB, LONGEST, END = 3, 4, 2


def language(seed):
    """A table of logits for every sequence of up to three tokens."""
    generator = torch.Generator().manual_seed(seed)
    return {
        ids: 2 * torch.randn(N_VOCAB, generator=generator)
        for n in range(LONGEST) for ids in itertools.product(range(N_VOCAB), repeat=n)
    }  # fmt: skip


def searched(table, width, most=LONGEST, penalty=0.0, ends=(END,)):
    """The steps of a search, which may only ask for rows of its last answer."""
    asked = []

    def after(rows, ids):
        asked[:] = [(*asked[row], id) for row, id in zip(rows, ids, strict=True)] if ids else [()]
        return torch.stack([table[ids] for ids in asked])

    return list(search(after, ends, width, most, penalty))


def total(table, ids):
    return sum(float(table[ids[:i]].double().log_softmax(-1)[id]) for i, id in enumerate(ids))


def endings(most=LONGEST):
    """Every sequence that ends, within so many tokens."""
    return [(*ids, END) for n in range(most) for ids in itertools.product(range(N_VOCAB - 1), repeat=n)]


@pytest.mark.parametrize("penalty", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("seed", range(8))
def test_a_search_that_is_wide_enough_is_exhaustive(seed, penalty):
    table = language(seed)
    expected = max(endings(), key=lambda ids: total(table, ids) / len(ids) ** penalty)
    winner = best(searched(table, N_VOCAB**LONGEST, penalty=penalty))
    assert winner.ids == expected
    assert winner.finished
    assert winner.total == pytest.approx(total(table, expected))
    assert winner.score == pytest.approx(total(table, expected) / len(expected) ** penalty)


def test_a_narrow_search_can_miss_what_a_wide_one_finds():
    found = [[best(searched(language(seed), width)).total for width in (1, 27)] for seed in range(20)]
    assert any(narrow < wide - 1e-9 for narrow, wide in found)


@pytest.mark.parametrize("seed", range(8))
def test_one_beam_takes_the_likeliest_each_time(seed):
    table, ids = language(seed), ()
    while len(ids) < LONGEST and END not in ids:
        ids += (int(table[ids].argmax()),)
    steps = searched(table, 1)
    assert best(steps).ids == ids
    assert [len(step.kept) for step in steps] == [1] * len(ids)
    assert all(step.dropped == [] for step in steps)


@pytest.mark.parametrize("width", [2, 3, 5])
def test_a_step_keeps_the_best_and_drops_the_rest_each_with_its_parent(width):
    table = language(1)
    steps = searched(table, width)
    before, wanted = [NOTHING], width
    for number, step in enumerate(steps):
        parents = {beam.parent for beam in [*step.kept, *step.dropped]}
        going = [place for place, beam in enumerate(before) if not beam.finished]
        assert parents == ({None} if number == 0 else set(going))
        assert len(step.kept) == min(wanted, N_VOCAB * len(going))
        for beam in [*step.kept, *step.dropped]:
            parent = NOTHING if beam.parent is None else before[beam.parent]
            assert beam.ids[:-1] == parent.ids
            assert beam.total == pytest.approx(total(table, beam.ids))
            assert beam.total - parent.total == pytest.approx(beam.log_probability)
            assert beam.finished is (beam.ids[-1] == END)
        totals = [beam.total for beam in [*step.kept, *step.dropped]]
        assert totals == sorted(totals, reverse=True)
        wanted -= sum(beam.finished for beam in step.kept)
        before = step.kept
    assert wanted == 0 or len(steps) == LONGEST


def test_where_none_ended_the_best_beginning_wins():
    table = language(3)
    steps = searched(table, 9, most=2, ends=())
    assert len(steps) == 2
    assert not best(steps).finished
    assert best(steps).ids == max(itertools.product(range(N_VOCAB), repeat=2), key=lambda ids: total(table, ids))


def test_nothing_to_write_is_nothing():
    assert searched(language(0), 3, most=0) == []
    assert best([]) == NOTHING
