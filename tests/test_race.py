import statistics

import pytest
import torch

from model import beside, race


@pytest.fixture(scope="module")
def three():
    return beside.load()


@pytest.mark.parametrize("name", beside.NAMES)
@pytest.mark.parametrize("rows", [1, 3])
def test_both_ways_come_to_the_same(three, name, rows):
    ids = torch.randint(8192, (rows, 12), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        at_once, in_steps = race.at_once(three.nets[name], ids), race.step_by_step(three.nets[name], ids)
    assert at_once.shape == (rows, three.nets[name].config.d_model)
    assert torch.allclose(at_once, in_steps, atol=1e-4)


def test_every_model_runs_each_way_in_every_round(three):
    laps = list(race.laps(three, n=5, rows=1, repeats=3))
    ways = [(lap.model, lap.way) for lap in laps]
    assert len(set(ways)) == 6 and ways == ways[:6] * 3
    assert all(lap.seconds > 0 for lap in laps)
    medians = race.medians(laps)
    for (model, way), median in medians.items():
        assert median == statistics.median(lap.seconds for lap in laps if (lap.model, lap.way) == (model, way))
