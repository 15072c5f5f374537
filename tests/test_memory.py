"""What becomes of runs and of models for which a device has no room; the device is a made-up one (far.py)."""

import copy
import gc
import threading
import weakref
from functools import partial
from pathlib import Path

import far
import pytest
import torch

from app import Settings, answers, cards, devices, wire
from app.memory import Memory, out_of_memory
from app.models import Models
from app.refusals import KINDS, Refusal
from app.schemas import TraceRequest
from model import alone, zoo
from model.vetting import needed

TEXT = "I see a dog. "


@pytest.fixture
def card(monkeypatch):
    """The made-up device's, as a server finds it."""
    made = far.Card()
    monkeypatch.setattr(far, "card", made)
    monkeypatch.setitem(cards.CARDS, far.DEVICE.type, made)
    monkeypatch.setattr(devices, "choose", lambda _: str(far.DEVICE))
    zoo.shipped.cache_clear()
    with far.here():
        yield made
    zoo.shipped.cache_clear()


@pytest.fixture
def served(card):
    served = answers.Answers(Settings(deadline=1e9))
    served.models.warm("decoder")
    gc.collect()
    return served


def traced(served, text=TEXT, model="decoder"):
    """As the worker does it."""
    return served.memory.run(partial(served.trace, TraceRequest(model=model, text=text), wire.SAFETENSORS))


def test_a_run_that_finds_no_room_is_refused_and_leaves_none_behind(served, card):
    before, whole = card.taken, traced(served).body
    traced(served, TEXT * 2)
    assert len(served.traces.kept) == 2 and card.taken > before
    card.bytes = card.taken + 100_000  # what is left is less than it says
    card.free = lambda _: 2**40
    with pytest.raises(Refusal) as refused:
        traced(served, TEXT * 16)
    assert (refused.value.slug, refused.value.values) == ("out-of-memory", {"limit": card.bytes})
    assert refused.value.__context__ is None  # which would hold all that the run had made
    assert card.taken < before + 10_000  # the angles of rotary positions stay
    assert card.emptied > 0 and not len(served.traces.kept)
    served.answers.clear()
    assert traced(served).body == whole


def test_a_run_is_weighed_against_what_the_device_has_left(served, card):
    traced(served)
    card.left = 1_000_000
    with pytest.raises(Refusal) as refused:
        traced(served, TEXT * 16)
    assert (refused.value.slug, refused.value.values["limit"]) == ("too-much-memory", 1_000_000)
    assert not len(served.traces.kept)  # was let go of before
    card.left = 2**62
    assert traced(served, TEXT * 16).body


def test_a_run_is_timed_to_its_end(served, card):
    card.finished = 0
    traced(served)
    assert card.finished == 2  # before it and behind it


def test_a_model_that_is_unloaded_leaves_no_number_behind(card, folders):
    pytest.importorskip("transformers")
    paths = [str(folders("GPT-2")), str(folders("GPT-2", n_layer=1))]
    served = answers.Answers(Settings(models=paths, model_memory=10**8, deadline=1e9))
    gc.collect()
    before, (one, other) = card.taken, served.models.ids()[-2:]
    served.models.read(one)
    assert traced(served, model=one).body
    gone, both = weakref.ref(served.models.get(one).transformer.model), card.taken
    assert both > before
    served.models.state(one).bytes = size = needed(Path(paths[0]), Path(paths[0]), torch.float32)
    served.models.limit = size + 1  # the made-up device tells no sizes of its tensors
    served.models.read(other)
    assert [served.models.state(id).state for id in (one, other)] == ["unloaded", "ready"], served.models.state(other)
    assert gone() is None
    assert card.taken - before < both - before - size / 4


def test_a_model_that_is_unloaded_during_its_run_goes_when_the_run_is_over(folders, monkeypatch):
    pytest.importorskip("transformers")
    paths = [str(folders("GPT-2")), str(folders("GPT-2", n_layer=1))]
    served = answers.Answers(Settings(models=paths, device="cpu", deadline=1e9))
    one, other = served.models.ids()[-2:]
    served.models.read(one)
    served.models.limit = served.models.state(one).bytes + 1
    gone = weakref.ref(served.models.get(one).transformer.model)

    def unload(*_):  # when the run was made and is not kept yet
        reader = threading.Thread(target=served.models.read, args=[other])
        reader.start()
        reader.join()

    monkeypatch.setattr(served.limits, "ran", unload)
    assert traced(served, model=one).body
    assert [served.models.state(id).state for id in (one, other)] == ["unloaded", "ready"]
    assert not len(served.traces.kept)  # it would hold the model
    assert gone() is None


def test_a_model_larger_than_the_device_is_refused_before_it_is_read(card, folders):
    pytest.importorskip("transformers")
    card.bytes = 20_000
    models = Models([str(folders("GPT-2"))], str(far.DEVICE), 2**40)
    one = models.state(models.ids()[-1])
    models.read(one.id)
    assert (one.problem.slug, one.problem.values["limit"]) == ("model-too-large", 20_000)


@pytest.mark.parametrize("room", [1, 0])
def test_for_a_model_that_finds_no_room_the_others_go(card, tmp_path, room):
    card.left, there = 1_000, []  # of more, which other processes have
    for name in ("one", "two"):
        (tmp_path / name).mkdir()

    def load(source, id, device):
        if len([model for model in there if model()]) + 1 > room:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        model = zoo.load("decoder")
        model = type(model)(id, model.transformer, model.tokenizer, "")
        there.append(weakref.ref(model))
        return model

    models = Models([str(tmp_path / "one"), str(tmp_path / "two")], str(far.DEVICE), 2**40, load)
    for id in ("one", "two"):
        models.read(id)
    if room:
        assert [models.state(id).state for id in ("one", "two")] == ["unloaded", "ready"]
    else:
        problem = models.state("two").problem
        assert (problem.slug, problem.values) == ("model-too-large", {"limit": 1_000, "actual": 0})


@pytest.mark.parametrize("enough", [True, False])
def test_a_model_that_finds_no_room_beside_a_run_is_read_when_that_is_over(tmp_path, monkeypatch, enough):
    monkeypatch.setattr("app.models.AGAIN", 1e-3)
    done, taking, tried, models = threading.Event(), [], [], two_of(tmp_path, lambda *given: load(*given))

    def load(source, id, device):
        tried.append(id)
        if any(one() is not None for one in taking):
            raise torch.OutOfMemoryError("CUDA out of memory.")
        if taking:
            done.set()
            if not enough:
                raise torch.OutOfMemoryError("CUDA out of memory.")
        model = copy.deepcopy(zoo.load("hand"))
        taking.append(weakref.ref(model.transformer))
        return model

    models.read("one")
    kept = models.get("one").transformer  # as a run does that is under way
    models.read("two")
    models._reader.submit(lambda: None).result(20)
    models.read("two")
    assert tried == ["one", "two", "two"]  # and not again while the run goes on
    told = {one["id"]: one for one in models.listed("en")}
    assert [told[id]["state"] for id in ("one", "two")] == ["unloaded", "waiting"]
    assert (told["two"]["problem"], told["two"]["detail"]) == ("no-room-yet", KINDS["no-room-yet"].detail)
    with pytest.raises(Refusal) as refused:
        models.get("two")
    assert refused.value.slug == "no-room-yet" and "Retry-After" in refused.value.headers
    del kept
    assert done.wait(20)
    models._reader.submit(lambda: None).result(20)
    one = models.state("two")
    models.close()
    assert (one.state, one.problem and one.problem.slug) == (
        ("ready", None) if enough else ("failed", "model-too-large")
    )


def two_of(tmp_path, load):
    """Models `one` and `two`, of which both have room by the settings."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    return Models([str(tmp_path / name) for name in ("one", "two")], "cpu", 2**40, load)


def test_what_the_processor_says_without_memory_is_understood():
    with pytest.raises(RuntimeError) as error:
        torch.empty(2**50)
    assert out_of_memory(error.value)
    assert not out_of_memory(RuntimeError("shapes cannot be multiplied")) and not out_of_memory(ValueError("memory"))


@pytest.mark.parametrize("device", ["mps", "cuda", "cpu"])
def test_apples_gpus_compute_for_one_thread_at_a_time(device):
    taken = []

    def other():
        taken.append(alone.TURN.acquire(blocking=False))
        if taken[-1]:
            alone.TURN.release()

    def work():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        with alone.alone(device):  # the same thread waits for nobody
            return "done"

    memory = Memory(device)
    assert memory.run(work) == "done"
    assert taken == [device != "mps"]
