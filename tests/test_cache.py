from collections import OrderedDict

from hypothesis import given
from hypothesis import strategies as st

from app.cache import Cache


def test_what_was_put_is_got_and_what_was_not_is_none():
    cache = Cache(10)
    cache.put("a", "apple", 3)
    assert cache.get("a") == "apple"
    assert cache.get("b") is None


def test_what_was_not_asked_for_the_longest_goes_first():
    cache = Cache(3)
    for key in "abc":
        cache.put(key, key.upper(), 1)
    assert cache.get("a") == "A"
    cache.put("d", "D", 1)
    assert [cache.get(key) for key in "abcd"] == ["A", None, "C", "D"]


def test_as_many_go_as_the_new_one_needs():
    cache = Cache(4)
    for key in "abcd":
        cache.put(key, key, 1)
    cache.put("e", "e", 3)
    assert [cache.get(key) for key in "abcde"] == [None, None, None, "d", "e"]


def test_what_is_larger_than_the_whole_cache_is_not_kept_and_drives_nothing_out():
    cache = Cache(3)
    cache.put("a", "A", 2)
    cache.put("b", "B", 4)
    assert cache.get("a") == "A"
    assert cache.get("b") is None


def test_a_value_that_outgrew_the_cache_takes_its_old_one_along():
    cache = Cache(3)
    cache.put("a", "old", 1)
    cache.put("a", "new", 4)
    assert cache.get("a") is None
    assert (cache.size, len(cache)) == (0, 0)


def test_a_cache_of_no_bytes_keeps_nothing():
    cache = Cache(0)
    cache.put("a", "A", 1)
    assert cache.get("a") is None


class Reference:
    """The same in the plainest way: a list of (key, value, size), the one that goes next first."""

    def __init__(self, limit):
        self.limit, self.entries = limit, []

    def get(self, key):
        found = [entry for entry in self.entries if entry[0] == key]
        self.entries = [entry for entry in self.entries if entry[0] != key] + found
        return found[0][1] if found else None

    def put(self, key, value, size):
        self.entries = [entry for entry in self.entries if entry[0] != key]
        if size <= self.limit:
            self.entries.append((key, value, size))
        while sum(size for *_, size in self.entries) > self.limit:
            self.entries.pop(0)


KEYS = st.integers(0, 5)
STEPS = st.lists(
    st.one_of(st.tuples(st.just("get"), KEYS), st.tuples(st.just("put"), KEYS, st.integers(), st.integers(0, 8)))
)


@given(st.integers(0, 20), STEPS)
def test_any_use_gives_what_the_plainest_cache_gives(limit, steps):
    cache, reference = Cache(limit), Reference(limit)
    for name, *arguments in steps:
        assert getattr(cache, name)(*arguments) == getattr(reference, name)(*arguments)
        assert cache.size == sum(size for *_, size in reference.entries) <= limit
        assert len(cache) == len(reference.entries)
    kept = OrderedDict((key, value) for key, value, _ in reference.entries)
    assert {key: cache.get(key) for key in range(6) if cache.get(key) is not None} == dict(kept)
