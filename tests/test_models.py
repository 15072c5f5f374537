"""Models that were named at the start. The loader is one of ours that hands out shipped models under other names."""

import copy
import threading
import time
from itertools import count

import pytest

from app.models import Models
from app.refusals import Refusal
from model import zoo
from model.sources import NotHere, hub

COMMIT = "0f" * 20


class Refused(ValueError):
    code = "unsafe-weights"


def under(id, shipped="hand"):
    model = copy.copy(zoo.load(shipped))
    model.id = id
    return model


def bytes_of(id):
    """By the count of its numbers, four bytes each; what is shared counts once."""
    return sum(
        4 * tensor.numel() for tensor in {*zoo.load(id).transformer.parameters(), *zoo.load(id).transformer.buffers()}
    )


@pytest.fixture
def models(tmp_path):
    """models("a", "b", limit=…, load=…): of folders that are there."""
    made = []

    def make(*names, limit=2**40, load=lambda source, id, device: under(id), clock=time.monotonic):
        for name in names:
            (tmp_path / name).mkdir(parents=True, exist_ok=True)
        made.append(Models([str(tmp_path / name) for name in names], "cpu", limit, load, clock=clock))
        return made[-1]

    yield make
    for one in made:
        one.close()


def refusal(models, id):
    with pytest.raises(Refusal) as refused:
        models.get(id)
    return refused.value


def states(models):
    return {one["id"]: one["state"] for one in models.listed("en")}


def test_ids_are_of_few_characters_and_of_one_model_each(models):
    names = ["Qwen2.5-0.5B", "x/qwen2.5-0.5b", "decoder", "lstm", "头灯", "My Model (1)", ".hidden"]
    made = models(*names).ids()
    assert made[: len(zoo.ids())] == zoo.ids()
    assert made[len(zoo.ids()) :] == [
        "qwen2.5-0.5b", "qwen2.5-0.5b-2", "decoder-2", "lstm-2", "model", "my-model-1", "hidden",
    ]  # fmt: skip


def test_a_folder_that_is_named_twice_is_served_once(models, tmp_path):
    assert models("a", "a", "b/../a").ids() == [*zoo.ids(), "a"]


def test_a_folder_that_is_not_there_is_told_at_the_start(tmp_path):
    with pytest.raises(
        NotHere, match=r"^'.*nowhere' is no folder; give the folder that holds the model's files\.$"
    ):
        Models([str(tmp_path / "nowhere")], "cpu", 1, under)


@pytest.mark.parametrize("name", ["", "a b", "a/b/c", "../a", "http://x/y", "a\0", "a\n"])
def test_what_is_no_folder_and_no_name_is_told_at_the_start(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotHere, match="is no folder"):
        Models([name], "cpu", 1, under)


def test_a_name_is_one_that_was_fetched_before(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(NotHere, match="hf download some/Model-1"):
        Models(["some/Model-1"], "cpu", 1, under)
    (tmp_path / "models--some--Model-1" / "snapshots" / COMMIT).mkdir(parents=True)
    (tmp_path / "models--some--Model-1" / "refs").mkdir()
    (tmp_path / "models--some--Model-1" / "refs" / "main").write_text(COMMIT)
    made = Models(["some/Model-1"], "cpu", 1, under)
    assert made.listed("en")[-1] == {"id": "model-1", "title": "Model-1", "source": "hub", "state": "waiting"}


def test_the_hubs_files_lie_where_its_own_tools_put_them():
    constants = pytest.importorskip("huggingface_hub.constants")
    assert str(hub()) == constants.HF_HUB_CACHE


def test_what_is_needed_and_not_installed_is_told_at_the_start(tmp_path, monkeypatch):
    monkeypatch.setattr("model.sources.find_spec", lambda _: None)
    with pytest.raises(NotHere, match=r"pip install 'headlight\[hf\]'"):
        Models([str(tmp_path)], "cpu", 1)
    Models([], "cpu", 1)  # needs nothing


def test_a_model_waits_then_is_there(models, tmp_path):
    asked = []
    made = models("One", load=lambda *given: (asked.append(given), under(given[1]))[1])
    assert refusal(made, "one").slug == "model-loading"
    made.read("one")
    assert asked == [((tmp_path / "One").resolve(), "one", "cpu")]
    assert made.get("one").id == "one"
    info = {**zoo.load("hand").info(), "id": "one", "source": "folder", "state": "ready"}
    assert made.listed("en") == [info]
    assert made.state("one").bytes == bytes_of("hand")


def test_a_model_that_is_being_read_says_so_and_how_long(models):
    begun, let_go = threading.Event(), threading.Event()

    def slow(source, id, device):
        begun.set()
        assert let_go.wait(20)
        return under(id)

    made = models("one", "two", load=slow)
    made.start()
    assert begun.wait(20)
    refused = refusal(made, "one")
    assert (refused.slug, refused.headers) == ("model-loading", {"Retry-After": "5"})
    assert states(made) == {"one": "loading", "two": "waiting"}
    assert made.listed("en")[0]["seconds"] >= 0 and made.state("one").elapsed > 0
    let_go.set()
    made._reader.shutdown()
    assert states(made) == {"one": "ready", "two": "ready"}


@pytest.mark.parametrize(
    ("error", "slug"),
    [(Refused("pickle"), "unsafe-weights"), (ValueError("no"), "model-unavailable"), (OSError(), "model-unavailable")],
)
def test_a_model_that_fails_stays_listed_with_the_reason_in_the_visitors_language(models, error, slug):
    def fails(*_):
        raise error

    made = models("one", load=fails)
    made.read("one")
    assert refusal(made, "one").slug == slug
    en, zh = (made.listed(lang)[0] for lang in ("en", "zh"))
    assert {**en, "detail": ""} == {
        "id": "one", "title": "one", "source": "folder", "state": "failed", "problem": slug, "detail": "",
    }  # fmt: skip
    assert en["detail"].isascii() and not zh["detail"].isascii()


def test_one_that_fails_does_not_hold_up_the_next(models):
    def fails_first(source, id, device):
        if id == "one":
            raise MemoryError
        return under(id)

    made = models("one", "two", load=fails_first)
    made.start()
    made._reader.shutdown()
    assert states(made) == {"one": "failed", "two": "ready"}


def test_the_least_recently_used_is_unloaded_and_read_again_when_asked_for(models):
    made = models("a", "b", "c", limit=2 * bytes_of("hand"), load=lambda source, id, device: under(id))
    made.read("a")
    made.read("b")
    made.get("a")
    made.read("c")
    assert states(made) == {"a": "ready", "b": "unloaded", "c": "ready"}
    assert made.listed("en")[1]["n_layers"] == zoo.load("hand").info()["n_layers"]  # still known
    assert refusal(made, "b").slug == "model-loading"
    made._reader.shutdown()
    assert states(made) == {"a": "unloaded", "b": "ready", "c": "ready"}
    assert made.get("b").id == "b"


def test_a_model_larger_than_all_there_is_room_for_fails_and_unloads_none(models):
    sizes = {"small": "hand", "large": "decoder"}
    made = models("small", "large", limit=bytes_of("decoder") - 1, load=lambda _, id, __: under(id, sizes[id]))
    made.read("small")
    made.read("large")
    assert states(made) == {"small": "ready", "large": "failed"}
    refused = refusal(made, "large")
    assert (refused.slug, refused.values) == (
        "model-too-large", {"limit": bytes_of("decoder") - 1, "actual": bytes_of("decoder")},
    )  # fmt: skip


def test_shipped_models_take_none_of_the_room(models):
    made = models("a", limit=bytes_of("hand"))
    for id in zoo.ids():
        made.get(id)
    made.read("a")
    assert made.get("a").id == "a"


def test_many_threads_may_ask_at_once(models):
    hours = count(0, 3_600)  # nobody is waited for
    made, got = models("a", "b", limit=bytes_of("hand"), clock=lambda: next(hours)), []
    made.start()

    def ask(id):
        for _ in range(200):
            try:
                got.append(made.get(id).id == id)
            except Refusal as refused:
                got.append(refused.slug == "model-loading")

    threads = [threading.Thread(target=ask, args=(id,)) for id in ("a", "b", "hand") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made._reader.shutdown()
    assert len(got) == 1_200 and all(got)
    assert sorted(states(made).values()) == ["ready", "unloaded"]
