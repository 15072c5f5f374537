"""Models that do not fit in together: who waits for one is answered before it goes for another."""

import copy
import threading
import time
from itertools import chain

import pytest

from app import named
from app.models import Models
from app.named import HOLD, Named
from app.refusals import Refusal
from model import zoo

HAND = zoo.load("hand").transformer
SIZE = sum(4 * tensor.numel() for tensor in {*chain(HAND.parameters(), HAND.buffers())})


class Clock:
    """Stands still until a test turns it; `read` is set when the reader looked at it, and it waits then or goes on."""

    def __init__(self):
        self.seconds, self.read = 0.0, threading.Event()

    def __call__(self):
        if threading.current_thread().name.startswith("reader"):
            self.read.set()
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def serve(tmp_path, clock):
    """serve("a", "b", room=1): of folders that are there, with room for so many of them, and how large each is known.
    What else is there when one is read is noted in `beside`."""
    made = []

    def make(*names, room=1, clock=clock):
        def load(source, id, device):
            models.beside.append((id, there(models)))
            model = copy.copy(zoo.load("hand"))
            model.id = id
            return model

        for name in names:
            (tmp_path / name).mkdir()
        models = Models([str(tmp_path / name) for name in names], "cpu", room * SIZE, load, clock=clock)
        models.beside = []
        for name in names:
            models.state(name).bytes = SIZE
        made.append(models)
        return models

    yield make
    for one in made:
        one.close()


def idle(models):
    """Once the reader has done all that it was told to."""
    models._reader.submit(lambda: None).result(20)


def there(models):
    return [one["id"] for one in models.listed("en") if one["state"] == "ready"]


def turned_away(models, id, times=1):
    for _ in range(times):
        with pytest.raises(Refusal) as refused:
            models.get(id)
        assert refused.value.slug == "model-loading"


def test_a_model_is_held_while_it_owes_answers_and_no_longer_than_that():
    assert Named("a", "a", since=3, owed=2).held(5) == HOLD - 2
    assert Named("a", "a", since=3, owed=2).held(3 + HOLD) == Named("a", "a", since=3, owed=2).held(99) == 0
    assert Named("a", "a", since=3).held(3) == 0


def test_those_who_wait_are_answered_before_the_next_model_takes_the_room(serve, clock):
    models = serve("a", "b")
    turned_away(models, "a", 2)
    turned_away(models, "b")
    models.read("a")
    clock.read.clear()
    models._later("b")
    assert clock.read.wait(20)
    assert models.get("a").id == "a"
    turned_away(models, "b")
    assert (there(models), models.state("b").state) == (["a"], "waiting")
    assert models.get("a").id == "a"
    idle(models)
    assert models.beside == [("a", []), ("b", [])]  # never both
    assert (there(models), models.state("a").state) == (["b"], "unloaded")


def test_in_turns_each_answers_all_who_wait(serve, clock):
    models, turns = serve("a", "b"), [("a", "b"), ("b", "a")] * 3
    models.read("b")
    turned_away(models, "a", 2)
    models.read("a")
    for one, other in turns:
        clock.read.clear()
        turned_away(models, other, 2)
        assert clock.read.wait(20)
        assert [models.get(one).id for _ in range(2)] == [one, one]
        idle(models)
    assert models.beside == [("b", [])] + [(one, []) for one, _ in turns] + [("a", [])]


def test_who_does_not_come_back_holds_up_nobody_for_long(serve, clock):
    models = serve("a", "b")
    turned_away(models, "a")
    models.read("a")
    clock.seconds = HOLD
    models.read("b")
    assert there(models) == ["b"]


def test_the_reader_wakes_by_itself_when_nobody_comes_back(serve, monkeypatch):
    monkeypatch.setattr(named, "HOLD", 1e-3)
    models = serve("a", "b", clock=time.monotonic)
    turned_away(models, "a")
    models.read("a")
    models.read("b")
    assert there(models) == ["b"]


def test_another_goes_first_that_owes_nothing(serve, clock):
    models = serve("a", "b", "c", room=2)
    turned_away(models, "a")
    models.read("a")
    clock.seconds = 1
    models.read("b")
    models.read("c")
    assert there(models) == ["a", "c"]


def test_a_model_that_nobody_asked_for_waits_for_nobody_and_holds_nobody(serve):
    models = serve("a", "b")
    models.read("a")
    models.read("b")
    assert there(models) == ["b"]


def test_a_server_that_stops_waits_for_no_answer(serve, clock):
    models = serve("a", "b")
    turned_away(models, "a")
    models.read("a")
    models._later("b")
    assert clock.read.wait(20)
    models.close()
    models._reader.shutdown()
    assert models.beside == [("a", [])]
    assert (there(models), models.state("b").state) == (["a"], "waiting")
