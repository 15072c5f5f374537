import pytest
import torch
from torch.nn import functional as F

from model import beside, far

TEXT = "The old woman lived in a small house near the river and looked at the"


@pytest.fixture(scope="module")
def three():
    return beside.load()


@pytest.fixture(scope="module")
def ids(three):
    return [token.id for token in three.tokens(TEXT)]


@pytest.mark.parametrize("name", beside.NAMES)
def test_the_change_is_torchs_divergence_of_two_runs(three, ids, name):
    net, put = three.nets[name], far.others(three)
    changes = far.changes(net, ids, put)
    assert [change.distance for change in changes] == list(range(1, len(ids) - 1))
    for change in (changes[0], changes[7], changes[-1]):
        for token, nats in zip(put, change.each, strict=True):
            other = list(ids)
            other[-1 - change.distance] = token
            with torch.no_grad():
                before, now = (net(target=torch.tensor(row))[-1].double().log_softmax(-1) for row in (ids, other))
            plain = F.kl_div(now, before, reduction="sum", log_target=True).item()
            assert nats == pytest.approx(plain, rel=0.01, abs=1e-6)
        assert far.change(net, ids, change.distance, put).each == pytest.approx(change.each, rel=1e-3, abs=1e-7)
        assert change.mean == pytest.approx(sum(change.each) / len(put))


def test_a_word_put_in_place_of_itself_changes_nothing(three, ids):
    for net in three.nets.values():
        assert far.change(net, ids, 5, [ids[-6]]).mean == pytest.approx(0, abs=1e-9)


def test_the_tokens_that_are_put_in_are_ordinary_and_always_the_same(three):
    put = far.others(three)
    assert put == far.others(three) and len(set(put)) == far.SWAPS
    for id in put:
        assert not three.tokenizer.is_special(id) and len(three.tokenizer.piece(id).strip()) > 1
