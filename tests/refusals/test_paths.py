"""No name of a model and no address leads to a file that is not served."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals.problem import another, check_problem
from refusals.requests import exchange
from refusals.unrunnable import REFUSED as UNRUNNABLE

import app
from model import zoo


def test_all_that_is_no_model_is_refused_in_the_same_words(client):
    answers = set()
    for method, path, sent in UNRUNNABLE["unknown-model"].values():
        problem = client.request(method, path, **sent).json()
        del problem["request_id"], problem["field"]
        answers.add(json.dumps(problem))
    assert len(answers) == 1


def test_a_name_that_is_no_model_reaches_no_file(client, monkeypatch):
    monkeypatch.setattr(zoo, "load", lambda *_: pytest.fail("looked for a file"))
    for method, path, sent in UNRUNNABLE["unknown-model"].values():
        check_problem(client.request(method, path, **sent), "unknown-model")


@given(name=st.text(st.sampled_from("./\\%2fe\0a~:"), max_size=30))
@settings(max_examples=40, deadline=None)
def test_no_word_made_of_what_paths_are_made_of_is_a_model_or_a_file(client, name):
    check_problem(client.post("/api/trace", json={"model": name, "text": "a"}), "unknown-model")
    response = client.get("/static/" + "".join(f"%{byte:02x}" for byte in name.encode()))
    check_problem(response, "not-found")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app/api.py", "/static/%2e%2e/app/api.py", "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/static/js/../../app/api.py", "/static/..\\app\\api.py", "//etc/passwd", "/static//etc/passwd",
        "/../pyproject.toml", "/static/./../pyproject.toml", "/static/%00", "/static/js/%2e%2e/%2e%2e/pyproject.toml",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_static_files(live, path):
    answer = exchange(live.port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 "), answer
    assert b"urn:headlight:not-found" in answer


def test_a_link_out_of_the_static_files_is_not_followed(tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "link").symlink_to(tmp_path / "secret")
    monkeypatch.setattr(app, "folder", lambda name: tmp_path / name)
    check_problem(another().get("/static/link"), "not-found")
