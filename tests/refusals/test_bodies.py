"""Bodies of every size and shape: which are read, and which are refused before their end."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals.problem import FAILURES, FIELDS, check_problem
from refusals.requests import LARGEST, LONGEST, NORMAL, exchange, raw


def test_a_body_of_exactly_the_limit_is_read(client, normal):
    method, path, sent = raw(json.dumps(NORMAL).ljust(LARGEST))
    assert client.request(method, path, **sent).content == normal


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + json.dumps(NORMAL).encode(),
        b" \r\n\t" + json.dumps(NORMAL, indent=8).encode() + b"\n",
        json.dumps({**NORMAL, "text": "overwritten"}).encode()[:-1] + b',"text":"The cat sat on the mat."}',
        json.dumps(NORMAL).encode()[:-1] + b',"target":null,"checkpoint":null,"heads":null}',
    ],
    ids=["a byte order mark", "white space", "a field said twice: the last holds", "nulls that are the defaults"],
)
def test_json_of_every_shape_is_the_same_request(client, normal, body):
    response = client.post("/api/trace", content=body, headers={"content-type": "Application/JSON; charset=utf-8"})
    assert (response.status_code, response.content) == (200, normal)


def test_a_body_without_a_length_is_refused_before_its_end(live):
    head = b"POST /api/trace HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    chunk = b"%x\r\n" % (LARGEST + 1) + b" " * (LARGEST + 1) + b"\r\n"
    answer = exchange(live.port, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"urn:headlight:body-too-large" in answer


def test_a_body_that_says_it_is_too_large_is_not_waited_for(live):
    head = b"POST /api/trace HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    answer = exchange(live.port, head + b"Content-Length: 1000000000\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_the_longest_text_and_target_fit_into_a_body_however_they_are_written(client):
    """A character is 3 bytes in Chinese, and 6 where it is escaped."""
    for text in ("爱" * LONGEST, "\x01" * LONGEST):
        asked = {"model": "encoder-decoder", "text": text, "target": text}
        check_problem(client.post("/api/trace", json=asked), "too-many-tokens")
        body = json.dumps(asked)  # all that is not ASCII escaped
        check_problem(client.request(*(case := raw(body))[:2], **case[2]), "too-many-tokens")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40)
    | st.text(st.characters(categories=["Cs", "Cc", "Cf", "Lo"]), max_size=5)
    | st.sampled_from(["native", "decoder.blocks.0.attn", "*.pattern", "float16", "encoder-decoder"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["prefix", "window", "painted", "zero", "head", "x"]), inner, max_size=2),
    max_leaves=8,
)  # fmt: skip


@given(
    path=st.sampled_from(["/api/trace", "/api/generate"]),
    body=st.dictionaries(st.sampled_from(sorted(FIELDS | {"x"})), VALUES, max_size=6),
)
@settings(max_examples=150, deadline=None)
def test_no_body_brings_the_server_down(client, path, body):
    body = {"model": "decoder", "text": "a", **body}
    if path == "/api/generate":
        body = {"max_new_tokens": 2, **body}
    response = client.post(path, content=json.dumps(body), headers={"content-type": "application/json"})
    if response.status_code != 200:
        slug = response.json()["type"].removeprefix("urn:headlight:")
        assert slug not in FAILURES
        check_problem(response, slug)
    assert client.get("/healthz").status_code == 200
