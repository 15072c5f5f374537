"""An id that is none of ours is refused before anything is looked up, where models of the user's are served too."""

import builtins
import io
import os
import socket

import pytest
from fastapi.testclient import TestClient

from app import Settings, create_app
from model import zoo

FOREIGN = [
    "../../etc/passwd", "..%2f..%2f", "%252e%252e%252f", "....//", "/etc/passwd", "C:\\x", "\\\\host\\share",
    "//host/x", "file:///etc/passwd", "gpt2\0", "gpt2\n", "x" * 10_000, "ＧＰＴ２", "gpt2 ", "GPT2", "some/gpt2",
    "models--some--gpt2", "http://169.254.169.254/latest", "http://127.0.0.1:6379", "refs/../../x",
    "gpt2@main", "gpt2/", "./gpt2", "",
]  # fmt: skip
LOOKS = [
    (builtins, "open"), (io, "open"), (os, "open"), (os, "stat"), (os, "lstat"), (os, "scandir"), (os, "listdir"),
    (os, "readlink"), (os.path, "realpath"), (os.path, "exists"), (socket, "getaddrinfo"), (socket.socket, "connect"),
]  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server with `gpt2`, which lies in a folder with others beside it."""
    folder = tmp_path_factory.mktemp("models")
    for name in ("gpt2", "another"):
        (folder / name).mkdir()
    settings = Settings(device="cpu", threads=1, models=[str(folder / "gpt2")])
    app = create_app(settings, lambda source, id, device: zoo.load("hand", device))
    with TestClient(app, base_url="http://localhost") as client:
        client.get("/api/models")
        client.folder = folder
        yield client


def refused(client, name):
    """The whole answer, but for the id of the request."""
    response = client.post("/api/trace", json={"model": name, "text": "a"})
    assert response.status_code == 404, name[:80]
    return response.content.replace(response.headers["x-request-id"].encode(), b"")


def test_every_name_that_is_no_id_has_the_same_bytes_for_answer(served):
    own = [str(served.folder / name) for name in ("gpt2", "another", "nowhere")]
    names = [*FOREIGN, *own, "another", served.folder.name]
    assert {refused(served, name) for name in names} == {refused(served, "nobody")}


def test_no_name_reaches_a_file_or_another_machine(served, monkeypatch):
    refused(served, "nobody")  # what is looked up once is
    looked = []
    with monkeypatch.context() as patch:
        for place, name in LOOKS:
            patch.setattr(place, name, lambda *given, name=name, **_: looked.append((name, given)))
        for name in FOREIGN:
            refused(served, name)
        assert looked == []
        os.stat(served.folder)
    assert [name for name, _ in looked] == ["stat"]  # what is looked up would be seen
