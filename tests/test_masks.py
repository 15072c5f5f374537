import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from model.masks import Bidirectional, Causal, Padded, Painted, Prefix, Window, parse

N = 9

RULES = {
    "bidirectional": lambda query, key: True,
    "causal": lambda query, key: key <= query,
    "prefix": lambda query, key: key <= query or key < 3,
    "window": lambda query, key: key <= query and query - key < 4,
    "bidirectional window": lambda query, key: abs(query - key) < 2,
    "painted": lambda query, key: {(0, 5): True, (4, 4): False}.get((query, key), key <= query),
}
MASKS = {
    "bidirectional": Bidirectional(),
    "causal": Causal(),
    "prefix": Prefix(3),
    "window": Window(4, Causal()),
    "bidirectional window": Window(2, Bidirectional()),
    "painted": Painted(((0, 5, False), (4, 4, False), (0, 5, True)), Causal()),
}


def seen(mask, rows: range, n_key: int = N) -> list[list[bool]]:
    query, key = torch.tensor(list(rows))[:, None], torch.arange(n_key)[None, :]
    return mask(query, key).expand(len(rows), n_key).tolist()


@pytest.mark.parametrize("name", MASKS)
def test_a_mask_is_its_rule(name):
    assert seen(MASKS[name], range(N)) == [[RULES[name](query, key) for key in range(N)] for query in range(N)]


@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize("cut", [1, 4, 5])
def test_bands_of_queries_make_the_whole(name, cut):
    assert seen(MASKS[name], range(cut)) + seen(MASKS[name], range(cut, N)) == seen(MASKS[name], range(N))


def test_a_painted_mask_leaves_the_one_below_as_it_was():
    below = Causal()
    before = seen(below, range(N))
    seen(Painted(((3, 3, False),), below), range(N))
    assert seen(below, range(N)) == before


def test_padding_is_hidden_from_every_query_of_its_row():
    padded = Padded(Bidirectional(), torch.tensor([2, 3])[:, None, None, None])
    visible = padded(torch.arange(3)[:, None], torch.arange(3)[None, :])
    assert visible.shape == (2, 1, 3, 3)
    assert visible[:, 0].tolist() == [[[True, True, False]] * 3, [[True, True, True]] * 3]


@pytest.mark.parametrize(
    ("asked", "described"),
    [
        ("native", "causal"),
        ("bidirectional", "bidirectional"),
        ("causal", "causal"),
        ({"prefix": 3}, {"prefix": 3}),
        ({"window": 4}, {"window": 4, "of": "causal"}),
        ({"painted": [[0, 1, True]]}, {"painted": [[0, 1, True]], "of": "causal"}),
    ],
)
def test_a_request_becomes_a_mask_that_describes_itself(asked, described):
    assert parse(asked, Causal()).spec == described


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "Causal",
        None,
        3,
        [],
        {},
        {"prefix": -1},
        {"prefix": True},
        {"prefix": 1.0},
        {"prefix": "3"},
        {"window": None},
        {"prefix": 1, "window": 2},
        {"painted": [[0, 1]]},
        {"painted": [[0, 1, 1]]},
        {"painted": [[-1, 0, True]]},
        {"painted": [[0, True, True]]},
        {"painted": 3},
        {"diagonal": 1},
    ],
)
def test_what_is_no_mask_is_refused(asked):
    with pytest.raises(ValueError, match="not a mask"):
        parse(asked, Causal())


@given(st.integers(0, 12), st.integers(1, 12))
def test_a_prefix_lies_between_causal_and_bidirectional(prefix, n):
    causal, wide = torch.tensor(seen(Causal(), range(n), n)), torch.tensor(seen(Prefix(prefix), range(n), n))
    assert bool((wide >= causal).all())
    assert bool(wide.all()) == (prefix >= n or n == 1)
