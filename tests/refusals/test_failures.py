"""What is told when the server itself cannot: busy, slow, not ready, damaged, or wrong."""

import asyncio
import contextlib
import functools
import json
import re
import shutil
import threading

import httpx2
import pytest
from refusals.problem import another, check_problem, still_well
from refusals.requests import CANARY, NORMAL

from app import Settings, create_app
from app.i18n import LANGUAGES
from model import zoo


async def asking(application, *bodies, between=lambda: None):
    """Requests to a server one after the other, each before the last is answered; -> their responses."""
    transport = httpx2.ASGITransport(application)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        tasks = []
        for body in bodies:
            tasks.append(asyncio.create_task(client.post("/api/trace", json=body)))
            for _ in range(50):
                await asyncio.sleep(0)
        between()
        return await asyncio.gather(*tasks)


@contextlib.contextmanager
def occupied(runs):
    """The model worker does nothing else meanwhile; it can be let go before the end."""
    let_go = threading.Event()
    runs.later(functools.partial(let_go.wait, 20))
    try:
        yield let_go
    finally:
        let_go.set()


def test_more_than_may_wait_are_told_to_come_back():
    application = create_app(Settings(device="cpu", threads=1, max_queue=2))
    with occupied(application.state.runs) as let_go:
        bodies = [{**NORMAL, "text": f"{CANARY} {number}"} for number in (1, 2, 3, 1)]
        one, two, three, one_again = asyncio.run(asking(application, *bodies, between=let_go.set))
    problem = check_problem(three, "busy")
    assert int(three.headers["retry-after"]) > 0
    assert problem.keys() == {"type", "title", "status", "detail", "request_id"}
    assert [response.status_code for response in (one, two, one_again)] == [200] * 3
    assert one.content == one_again.content != two.content
    application.state.runs.close()


def test_a_run_that_takes_too_long_is_refused_and_there_when_asked_again(serve, monkeypatch):
    client = serve(max_queue=9)
    assert client.get("/api/models").status_code == 200  # until they are loaded
    answers, runs, let_go = client.app.state.answers, client.app.state.runs, threading.Event()
    body, run = {**NORMAL, "text": CANARY}, answers.trace

    def slow(request, media):
        let_go.wait(20)
        return run(request, media)

    with monkeypatch.context() as patch:
        patch.setattr(answers, "trace", slow)
        patch.setattr(runs, "deadline", 0.05)
        refused = client.post("/api/trace", json=body)
    problem = check_problem(refused, "deadline")
    assert int(refused.headers["retry-after"]) > 0
    assert problem["limit"] == 0  # seconds, rounded
    let_go.set()
    assert client.post("/api/trace", json=NORMAL).status_code == 200  # runs after it
    assert client.post("/api/trace", json=body).headers["server-timing"] == "cache;desc=hit"


def test_a_client_that_does_not_finish_its_request_is_refused(serve):
    client = serve(body_deadline=0.05)

    async def scene():
        async def never():
            yield b"{"
            await asyncio.sleep(3_600)

        transport = httpx2.ASGITransport(client.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as asker:
            return await asker.post("/api/trace", content=never(), headers={"content-type": "application/json"})

    check_problem(asyncio.run(scene()), "slow-body")


def test_a_server_that_still_loads_its_models_says_so():
    response = another().get("/readyz")
    check_problem(response, "starting")
    assert int(response.headers["retry-after"]) > 0


def data(whole: bytes) -> int:
    """Where the numbers of a safetensors file begin; those in half precision come first."""
    return 8 + int.from_bytes(whole[:8], "little")


DAMAGED = {
    "cut off": lambda whole: whole[:1_000],
    "empty": lambda whole: b"",
    "no safetensors": lambda whole: b"\xff" * 1_000,
    "a header of 2^62 bytes": lambda whole: (2**62).to_bytes(8, "little") + whole[8:],
    "not finite": lambda whole: whole[: (at := data(whole))] + b"\xff" * 1_000 + whole[at + 1_000 :],
    "without a config": lambda whole: whole.replace(b'"config"', b'"gifnoc"'),
}


WRITTEN = ["hand", "hand-one"]  # by hand: they need no files


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A copy of the shipped files that may be damaged, none of them loaded yet."""
    shutil.copytree(zoo.WEIGHTS, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(zoo, "WEIGHTS", tmp_path)
    monkeypatch.setattr(zoo, "shipped", functools.cache(zoo.shipped.__wrapped__))
    return tmp_path


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_model_is_unavailable_and_the_others_are_served(damage, weights, caplog):
    path = weights / "decoder.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    with another() as client:
        assert [info["id"] for info in client.get("/api/models").json()] == ["encoder", "encoder-decoder", *WRITTEN]
        ready = client.get("/readyz").json()
        assert (ready["models"], ready["unavailable"]) == (["encoder", "encoder-decoder", *WRITTEN], ["decoder"])
        problem = check_problem(client.post("/api/trace", json=NORMAL), "model-unavailable")
        assert weights.name not in json.dumps(problem)
        check_problem(client.post("/api/generate", json={"model": "decoder", "text": "a"}), "model-unavailable")
        assert client.post("/api/trace", json={"model": "encoder", "text": "a"}).status_code == 200
    assert "decoder" in caplog.text


@pytest.mark.parametrize("damage", ["cut off", "of another training", "gone"])
def test_a_server_without_any_trained_model_is_not_ready(damage, weights, caplog):
    path = weights / "tokenizer.json"  # which all models share
    whole = path.read_bytes()
    path.write_bytes(whole[:1_000] if damage == "cut off" else whole.replace(b'"<0x41>"', b'"<0xZZ>"'))
    if damage == "gone":
        path.unlink()
    with another() as client:
        assert [info["id"] for info in client.get("/api/models").json()] == WRITTEN
        check_problem(client.get("/readyz"), "model-unavailable")
        check_problem(client.post("/api/trace", json=NORMAL), "model-unavailable")
        assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/api/trace", "/api/generate"])
def test_an_error_of_our_own_tells_nothing_and_passes(client, normal, path, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError(f"{CANARY} in /srv/secret/model.py")

    with monkeypatch.context() as patch:
        patch.setattr(zoo.Model, "prepare", broken)
        patch.setattr(zoo.Model, "generate", broken)
        for lang in LANGUAGES:
            body = {"model": "decoder", "text": CANARY}
            response = client.post(path, json=body, headers={"accept-language": lang})
            check_problem(response, "internal", lang)
            assert not re.search(r"\.py|/srv|Error\"|Traceback|RuntimeError|app\.|model\.", response.text)
    still_well(client, normal)
