"""What a visitor writes stays out of the log, whatever becomes of the request; what is ours stays out of answers."""

import json
import logging
import re
import threading

import pytest
from fastapi.testclient import TestClient

from app import Settings, create_app
from app.refusals import KINDS
from model import zoo

CANARY = "Xylophon"
CANARY = "Xylophon"
SENTENCE, PLACE = f"My secret is {CANARY}.", "/srv/secret/model.py"


class Kept(logging.Handler):
    def __init__(self):
        super().__init__(0)
        self.records = []

    def emit(self, record):
        self.records.append(record)


@pytest.fixture(scope="module")
def client(serve):
    """A server that remembers nothing: what is asked is computed each time."""
    return serve(answer_cache=0, trace_cache=0)


@pytest.fixture
def kept(client):
    """Every record that any logger makes, at any level, but for those of the tests' own client."""
    client.get("/api/models")
    handler, root = Kept(), logging.getLogger()
    root.addHandler(handler)
    levels = {logger: logger.level for logger in (root, logging.getLogger("headlight"))}
    for logger in levels:
        logger.setLevel(1)
    handler.addFilter(lambda record: not record.name.startswith("http"))
    yield handler.records
    root.removeHandler(handler)
    for logger, level in levels.items():
        logger.setLevel(level)


def written(records):
    """All that could be written of a record by any formatter, and its arguments."""
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    return "\n".join(formatter.format(record) + repr(record.__dict__) for record in records)


def lines(records):
    return [record.getMessage() for record in records if record.name == "headlight" and record.levelname == "INFO"]


TRACE = {"model": "decoder", "text": SENTENCE}
PAIR = {"model": "encoder-decoder", "text": SENTENCE, "target": SENTENCE}


def trace(headers=None, **more):
    return "POST", "/api/trace", {"json": {**TRACE, **more}, "headers": headers}


def raw(content, media="application/json"):
    return "POST", "/api/trace", {"content": content, "headers": {"content-type": media}}


def get(path, **headers):
    return "GET", path, {"headers": {name.replace("_", "-"): value for name, value in headers.items()}}


REQUESTS = {
    "a trace": (200, *trace()),
    "a trace of a pair": (200, *trace(**PAIR)),
    "a trace as JSON": (200, *trace({"accept": "application/json"}, names=["*.q"])),
    "writing": (200, "POST", "/api/generate", {"json": TRACE | {"max_new_tokens": 3}}),
    "a page": (200, *get(f"/?text={CANARY}")),
    "an unknown model": (404, *trace(model=CANARY)),
    "an unknown name": (422, *trace(names=[CANARY])),
    "an unknown field": (422, *trace(**{CANARY: CANARY})),
    "a wrong value": (422, *trace(mask=SENTENCE)),
    "a long text": (422, *trace(text=SENTENCE * 400)),
    "many tokens": (422, *trace(text=SENTENCE * 100)),
    "half a character": (422, *raw(json.dumps(TRACE | {"text": SENTENCE + "\ud800"}))),
    "no JSON": (400, *raw(SENTENCE)),
    "no UTF-8": (400, *raw(SENTENCE.encode() + b"\xff")),
    "no media type": (415, *raw(SENTENCE, CANARY)),
    "a long body": (413, *raw(SENTENCE * 50_000)),
    "an address": (404, *get(f"/{CANARY}/{CANARY}")),
    "an address and more": (404, *get(f"/api/models/{CANARY}?{CANARY}={CANARY}")),
    "a static file": (404, *get(f"/static/{CANARY}.js")),
    "an address with a line's end": (404, *get(f"/%0a{CANARY}%0d%1b[2J")),
    "a method": (405, CANARY, "/api/trace", {}),
    "a host": (400, *get("/", host=f"{CANARY}.example")),
    "an origin": (403, *trace({"origin": f"http://{CANARY}.example"})),
    "other headers": (200, *get(
        "/", referer=f"http://localhost/{CANARY}", user_agent=CANARY, cookie=f"a={CANARY}", x_request_id=CANARY,
        accept_language=CANARY, if_none_match=CANARY, forwarded=f"for={CANARY}",
    )),
}  # fmt: skip


@pytest.mark.parametrize(("status", "method", "path", "sent"), REQUESTS.values(), ids=REQUESTS)
def test_nothing_of_a_request_is_logged(client, kept, status, method, path, sent):
    response = client.request(method, path, **sent)
    assert response.status_code == status
    assert CANARY.lower() not in written(kept).lower()
    (line,) = lines(kept)
    assert re.fullmatch(r"[0-9a-f]{16} [A-Z-]+ (-|/[a-z/]*) \d{3} \d+ ms", line)
    assert line.split()[0] == response.headers["x-request-id"]
    assert line.split()[3] == str(status)


@pytest.mark.parametrize(
    ("method", "path", "logged"),
    [
        ("GET", "/", "GET / 200"),
        ("GET", "/?lang=zh&x=1", "GET / 200"),
        ("GET", "/api/models", "GET /api/models 200"),
        ("GET", "/nowhere/else", "GET - 404"),
        ("POST", "/api/models", "POST /api/models 405"),
        ("GET", "/static/../app/api.py", "GET - 404"),
    ],
)
def test_a_line_holds_the_route_and_not_the_path(client, kept, method, path, logged):
    client.request(method, path)
    (line,) = lines(kept)
    assert " ".join(line.split()[1:4]) == logged


def broken(*_, **__):
    raise ZeroDivisionError(f"{SENTENCE} lies in {PLACE}")


def breaks_off(*_, **__):
    yield from ()
    broken()


def test_an_error_of_our_own_is_logged_by_where_it_happened_and_not_by_what_it_says(client, kept, monkeypatch):
    monkeypatch.setattr(zoo.Model, "prepare", broken)
    response = client.post("/api/trace", json=TRACE)
    assert response.status_code == 500
    (error,) = [record for record in kept if record.levelname == "ERROR"]
    assert "ZeroDivisionError" in error.getMessage()
    assert "in broken" in error.getMessage()
    assert error.getMessage().startswith(response.headers["x-request-id"])
    assert CANARY not in written(kept)
    assert PLACE not in written(kept)


@pytest.mark.parametrize("path", ["/api/trace", "/api/generate"])
def test_the_answer_to_an_error_of_our_own_tells_nothing_of_it(client, kept, path, monkeypatch):
    monkeypatch.setattr(zoo.Model, "prepare", broken)
    monkeypatch.setattr(zoo.Model, "generate", breaks_off)
    response = client.post(path, json=TRACE)
    problem = response.json()
    assert (response.status_code, problem["type"]) == (500, "urn:headlight:internal")
    assert problem.keys() == {"type", "title", "status", "detail", "request_id"}
    assert problem["detail"] == KINDS["internal"].detail
    for word in (CANARY, "secret", "/srv", ".py", "ZeroDivision", "Error:", "Traceback", "zoo", "broken", "line "):
        assert word not in response.text
    assert CANARY not in written(kept)


def test_an_error_in_the_middle_of_writing_is_logged_without_what_it_says(client, kept, monkeypatch):
    write = zoo.Model.generate

    def half(self, **asked):
        yield next(write(self, **asked))
        broken()

    monkeypatch.setattr(zoo.Model, "generate", half)
    response = client.post("/api/generate", json=TRACE)
    written_first, told_last = map(json.loads, response.text.splitlines())
    assert written_first["text"]
    assert told_last["type"] == "urn:headlight:internal"
    assert CANARY not in response.text
    assert [record.levelname for record in kept if record.name == "headlight"] == ["ERROR", "INFO"]
    assert CANARY not in written(kept)


def test_an_error_after_everyone_has_gone_is_not_logged_with_what_it_says(client, kept, monkeypatch):
    let_go = threading.Event()

    def late(*_, **__):
        let_go.wait(20)
        broken()

    with monkeypatch.context() as patch:
        patch.setattr(zoo.Model, "prepare", late)
        patch.setattr(client.app.state.runs, "deadline", 0.05)
        assert client.post("/api/trace", json=TRACE).status_code == 503
        let_go.set()
        patch.setattr(client.app.state.runs, "deadline", 20)
    assert client.post("/api/trace", json={**TRACE, "mask": "bidirectional"}).status_code == 200  # runs after it
    assert CANARY not in written(kept)


def test_nothing_of_a_request_is_kept_on_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    with TestClient(create_app(Settings(device="cpu", threads=1)), base_url="http://localhost") as client:
        for _, method, path, sent in REQUESTS.values():
            client.request(method, path, **sent)
    assert list(tmp_path.rglob("*")) == []
