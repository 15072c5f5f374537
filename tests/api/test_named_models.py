"""Models that were named at the start, as a client sees them. They are shipped ones under other names, read when a test
says so."""

import copy
import threading
import time
import weakref

import pytest
import torch
from fastapi.testclient import TestClient
from refusals.problem import check_problem

from app import Settings, create_app
from app.i18n import LANGUAGES
from model import zoo

TEXT = "The cat sat on the mat."
SLUGS = [
    "custom-code-refused", "unsafe-weights", "model-corrupt", "model-not-finite", "model-config-refused",
    "model-type-refused", "dtype-refused", "reads-pictures", "reads-sound", "tokenizer-refused",
    "tokenizer-unconverted",
]  # fmt: skip


class Refused(ValueError):
    def __init__(self, code):
        super().__init__("its words are for the log alone")
        self.code = code


@pytest.fixture
def served(tmp_path):
    """A server with `mine`, which is the decoder and is read once `let_go` is set, and a model for every refusal."""
    let_go = threading.Event()

    def load(source, id, device):
        if id != "mine":
            raise Refused(source.name)
        assert let_go.wait(20)
        model = copy.copy(zoo.load("decoder", device))
        model.id = id
        return model

    names = ["mine", *SLUGS]
    for name in names:
        (tmp_path / name).mkdir()
    settings = Settings(device="cpu", threads=1, models=[str(tmp_path / name) for name in names])
    with TestClient(create_app(settings, load), base_url="http://localhost") as client:
        client.let_go = let_go
        yield client
        let_go.set()


def listed(client, wanted, lang="en"):
    """The models by id, once all of them are in these states."""
    for _ in range(1_000):
        told = {one["id"]: one for one in client.get("/api/models", headers={"accept-language": lang}).json()}
        if {one["state"] for one in told.values()} <= wanted:
            return told
        time.sleep(0.01)
    pytest.fail(str(told))


def test_the_list_and_the_shipped_models_wait_for_no_other(served):
    told = {one["id"]: one for one in served.get("/api/models").json()}
    assert list(told) == [*zoo.ids(), "mine", *SLUGS]
    assert told["mine"]["state"] in ("waiting", "loading")
    assert told["mine"].keys() <= {"id", "title", "source", "state", "seconds"}
    assert served.get("/readyz").json() == {"status": "ready", "models": zoo.ids(), "unavailable": []}
    assert served.post("/api/trace", json={"model": "decoder", "text": TEXT}).status_code == 200


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_model_that_is_being_loaded_is_told_to_be_asked_again(served, lang):
    for path in ("/api/trace", "/api/generate", "/api/beams", "/api/importance"):
        body = {"model": "mine", "text": TEXT} | ({"position": 1} if path == "/api/importance" else {})
        response = served.post(path, json=body, headers={"accept-language": lang})
        check_problem(response, "model-loading", lang)
        assert int(response.headers["retry-after"]) > 0
    check_problem(served.get("/api/models/mine/structure", headers={"accept-language": lang}), "model-loading", lang)


def test_a_model_that_is_there_runs_as_it_would_under_its_own_name(served):
    served.let_go.set()
    told = listed(served, {"ready", "failed"})["mine"]
    assert told == {**zoo.load("decoder").info(), "id": "mine", "source": "folder", "state": "ready"}
    asked = {"text": TEXT, "names": ["*.pattern"]}
    mine, own = (
        served.post("/api/trace", json={"model": id, **asked}, headers={"accept": "application/json"}).json()
        for id in ("mine", "decoder")
    )
    assert (mine["model"]["id"], own["model"]["id"]) == ("mine", "decoder")
    assert mine["tensors"] == own["tensors"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_model_that_was_refused_says_why_and_what_to_do(served, lang):
    served.let_go.set()
    told = listed(served, {"ready", "failed"}, lang)
    for slug in SLUGS:
        headers = {"accept-language": lang}
        problem = check_problem(
            served.post("/api/trace", json={"model": slug, "text": TEXT}, headers=headers), slug, lang
        )
        assert (told[slug]["state"], told[slug]["problem"]) == ("failed", slug)
        assert told[slug]["detail"] == problem["detail"]
        assert "log alone" not in str(problem) + str(told)


def test_a_model_that_waits_for_room_says_so_and_when_to_ask_again(tmp_path):
    """`other` finds no room while a run, which this test is, keeps `mine`."""
    taking = []

    def load(source, id, device):
        if any(one() is not None for one in taking):
            raise torch.OutOfMemoryError("out of memory")
        model = copy.deepcopy(zoo.load("hand"))
        model.id = id
        taking.append(weakref.ref(model.transformer))
        return model

    for name in ("mine", "other"):
        (tmp_path / name).mkdir()
    settings = Settings(device="cpu", threads=1, models=[str(tmp_path / name) for name in ("mine", "other")])
    app = create_app(settings, load)
    models = app.state.answers.models
    models.read("mine")
    kept = models.get("mine").transformer
    models.read("other")
    with TestClient(app, base_url="http://localhost") as client:
        for lang in LANGUAGES:
            headers = {"accept-language": lang}
            answer = client.post("/api/trace", json={"model": "other", "text": "I love"}, headers=headers)
            problem = check_problem(answer, "no-room-yet", lang)
            assert int(answer.headers["retry-after"]) > 0
            told = {one["id"]: one for one in client.get("/api/models", headers=headers).json()}["other"]
            assert (told["state"], told["problem"], told["detail"]) == ("waiting", "no-room-yet", problem["detail"])
        del kept
