"""What the server refuses, and what it must not."""

import asyncio
import contextlib
import functools
import json
import re
import shutil
import socket
import threading

import httpx2
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

import app
from app import Settings, create_app
from app.i18n import LANGUAGES, translate
from app.refusals import KINDS, Refusal
from app.schemas import GenerateRequest, TraceRequest, parse
from model import zoo

MiB = 1024 * 1024
CANARY, NUMBER = "Xylophon", 987654  # what is sent; no answer may hold it
NORMAL = {"model": "decoder", "text": "The cat sat on the mat.", "names": ["*.q", "*.pattern", "logits"]}
FIELDS = {*TraceRequest.model_fields, *GenerateRequest.model_fields, "body"}
N_CTX = zoo.load("decoder").info()["n_ctx"]
WORD = " the"  # one token, however often it comes


@pytest.fixture(scope="module")
def client(serve):
    """A server that remembers nothing: every answer is computed anew."""
    return serve(answer_cache=0, trace_cache=0)


@pytest.fixture(scope="module")
def normal(client):
    client.get("/api/models")  # until they are loaded
    return client.post("/api/trace", json=NORMAL).content


def another():
    """A server of its own; as a context manager it is started, else not."""
    return TestClient(create_app(Settings(device="cpu", threads=1)), base_url="http://localhost")


def still_well(client, normal):
    """What must hold after everything: the server answers, and computes what it computed before."""
    assert client.get("/healthz").status_code == 200
    response = client.post("/api/trace", json=NORMAL)
    assert response.status_code == 200
    assert response.content == normal


def check_problem(response, slug, lang="en"):
    """A refusal of this kind, whole, in this language, that repeats nothing of what was sent."""
    kind, problem = KINDS[slug], response.json()
    assert (problem["type"], response.status_code) == (f"urn:headlight:{slug}", kind.status), problem
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["status"] == kind.status
    facts = problem.keys() - {"type", "title", "status", "detail", "request_id"}
    assert facts <= {"limit", "actual", "field"}
    values = {name: problem[name] for name in facts}
    assert problem["title"] == translate(lang, kind.title)
    assert problem["detail"] == translate(lang, kind.detail, **values)
    assert bool(re.search("[\u4e00-\u9fff]", problem["detail"])) is (lang == "zh")
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem.get("field", "body") in FIELDS
    told = response.text.replace(problem["request_id"], "") + str(response.headers)
    assert CANARY not in told
    assert str(NUMBER) not in told
    return problem


def trace(**fields):
    return "POST", "/api/trace", {"json": {"model": "decoder", "text": CANARY, **fields}}


def writing(**fields):
    return "POST", "/api/generate", {"json": {"model": "decoder", "text": CANARY, "max_new_tokens": 1, **fields}}


def raw(content, path="/api/trace", content_type="application/json", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if content_type is not None:
        named["content-type"] = content_type
    return "POST", path, {"content": content.encode() if isinstance(content, str) else content, "headers": named}


def with_headers(**headers):
    return raw(json.dumps(NORMAL), **headers)


def get(path, **headers):
    return "GET", path, {"headers": {name.replace("_", "-"): value for name, value in headers.items()}}


def without(field):
    return "POST", "/api/trace", {"json": {name: value for name, value in NORMAL.items() if name != field}}


def zero(site="decoder.blocks.0.attn", **more):
    return trace(edits=[{"zero": site, **more}])


def painted(*cell):
    return trace(mask={"painted": [list(cell)]})


PREFIX = f'{{"model":"decoder","text":"{CANARY}",'

REFUSED = {
    "malformed-json": {
        "no JSON": raw(f"text={CANARY}"),
        "cut off": raw(PREFIX),
        "a comma too many": raw(PREFIX + "}"),
        "two values": raw(PREFIX + '"dtype":"float32"}{}'),
        "single quotes": raw(f"{{'text': '{CANARY}'}}"),
        "30,000 deep": raw("[" * 30_000),
        "30,000 deep and closed": raw("[" * 30_000 + "]" * 30_000),
        "objects 10,000 deep": raw('{"a":' * 10_000),
        "an integer of 5,000 digits": raw(PREFIX + f'"checkpoint":{"9" * 5_000}}}'),
        "bytes that are no UTF-8": raw(b'{"model":"decoder","text":"' + b"\xff\xfe\xc3" + b'"}'),
        "UTF-8 of a surrogate": raw(b'{"model":"decoder","text":"\xed\xa0\x80"}'),
        "an overlong slash": raw(b'{"model":"decoder","text":"\xc0\xaf"}'),
        "UTF-16": raw(json.dumps(NORMAL).encode("utf-16")),
        "UTF-16 without its mark": raw(json.dumps(NORMAL).encode("utf-16-le")),
        "UTF-32": raw(json.dumps(NORMAL).encode("utf-32")),
        "a raw control character": raw(PREFIX + '"dtype":"\x01"}'),
        "whitespace": raw("   \n"),
        "writing": raw("{", "/api/generate"),
    },
    "foreign-host": {
        "another name": get("/", host=f"{CANARY}.example"),
        "a name like ours": get("/api/models", host=f"localhost.{CANARY}.example"),
        "with a body": with_headers(host=f"{CANARY}.example:8000"),
        "static": get("/static/icon.svg", host=f"{CANARY}.example"),
        "health": get("/healthz", host=f"{CANARY}.example"),
        "no name": get("/", host=""),
    },
    "foreign-origin": {
        "another site": with_headers(origin=f"https://{CANARY}.example"),
        "another port": with_headers(origin="http://localhost:1"),
        "a file": with_headers(origin="null"),
        "said by the browser alone": with_headers(sec_fetch_site="cross-site"),
        "a form": raw("text=a", content_type="text/plain", origin=f"https://{CANARY}.example"),
        "nowhere": raw("", f"/{CANARY}", origin=f"https://{CANARY}.example"),
    },
    "not-found": {
        "an address": get(f"/{CANARY}"),
        "deeper": get(f"/api/trace/{CANARY}"),
        "posted": raw("{}", f"/api/{CANARY}"),
        "FastAPI's own pages": get("/redoc"),
        "the static folder": get("/static/"),
        "a folder in it": get("/static/js"),
        "a file that is not there": get(f"/static/{CANARY}"),
        "beside the static folder": get(f"/static-secret/{CANARY}"),
        "out of it": get("/static/../app/api.py"),
        "out of it, encoded": get("/static/%2e%2e/app/api.py"),
        "out of it, slash encoded": get("/static/..%2fapp%2fapi.py"),
        "out of it, encoded twice": get("/static/%252e%252e/app/api.py"),
        "out of it, backwards": get("/static/..%5capp%5capi.py"),
        "an absolute path": get("/static//etc/passwd"),
        "an absolute path, encoded": get("/static/%2fetc%2fpasswd"),
        "a NUL": get("/static/icon.svg%00"),
        "a name too long": get("/static/" + "a" * 5_000),
        "no UTF-8": get("/static/%ff"),
    },
    "unknown-model": {
        "a name": trace(model=CANARY),
        "writing": writing(model=CANARY),
        "nothing": trace(model=""),
        **{
            f"no path {number}": trace(model=name)
            for number, name in enumerate([
                "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%252e%252e%252f", "....//", "/etc/passwd", "C:\\x",
                "\\\\host\\share", "//host/x", "file:///etc/passwd", "http://169.254.169.254/", "weights/decoder",
                "decoder.safetensors", "./decoder", "decoder/", "decoder/../decoder", "../weights/decoder",
            ])
        },
        **{
            f"not quite a name {number}": trace(model=name)
            for number, name in enumerate([
                "decoder\0", "decoder\n", "decoder ", " decoder", "Decoder", "ＤＥＣＯＤＥＲ", "ｄｅｃｏｄｅｒ",
                "decoder\u0301", "decoder\u200b", "de\u0441oder", "decoder" * 1_000, "\ufeffdecoder",
            ])
        },
    },
    "method-not-allowed": {
        "GET": get("/api/trace"),
        "DELETE": ("DELETE", "/api/models", {}),
        "POST": raw("{}", "/healthz"),
        "a preflight": ("OPTIONS", "/api/trace", {"headers": {
            "origin": f"https://{CANARY}.example", "access-control-request-method": "POST",
        }}),
        "a word": (CANARY.upper(), "/api/trace", {}),
        "static": raw("{}", "/static/icon.svg"),
    },
    "body-too-large": {
        "65,537 bytes": raw(json.dumps(NORMAL).ljust(65_537)),
        "no JSON at all": raw(CANARY * 10_000, content_type="text/plain"),
        "400,000 characters": trace(text="a" * 400_000),
        "100,000 keys": ("POST", "/api/trace", {"json": {f"{CANARY}{n}": n for n in range(100_000)}}),
        "100,000 deep": raw("[" * 100_000),
        "a length that is no number": with_headers(content_length="many"),
        "a negative length": with_headers(content_length="-1"),
        "a length of 5,000 digits": with_headers(content_length="9" * 5_000),
    },
    "unsupported-type": {
        "none": with_headers(content_type=None),
        "empty": with_headers(content_type=""),
        "text": with_headers(content_type="text/plain"),
        "a form": raw(f"text={CANARY}", content_type="application/x-www-form-urlencoded"),
        "an upload": raw(CANARY, content_type="multipart/form-data; boundary=x"),
        "JSON of another kind": with_headers(content_type="application/ld+json"),
        "two types": with_headers(content_type="application/json, text/plain"),
        "a word": with_headers(content_type=CANARY),
    },
    "unsupported-encoding": {
        encoding: with_headers(content_encoding=encoding) for encoding in ("gzip", "br", "deflate", CANARY, "GZIP")
    },
    "empty-text": {
        "empty": trace(text=""),
        "spaces": trace(text=" " * 4_000),
        "lines": trace(text="\n" * 4_000),
        "tabs": trace(text="\t\r\n\v\f"),
        "wide spaces": trace(text="\u3000\u00a0\u2003\u2028\u2029"),
        "zero-width": trace(text="\u200b" * 5),
        "joiners and marks of direction": trace(text="\u200d\u202e\u2066\ufeff"),
        "writing": writing(text="\u200b "),
        "an encoder": trace(model="encoder", text=" "),
        "an encoder-decoder": trace(model="encoder-decoder", text=" ", target=CANARY),
    },
    "text-too-long": {
        "4,001 characters": trace(text="a" * 4_001),
        "4,001 of four bytes": trace(text="😀" * 4_001),
        "a target": trace(model="encoder-decoder", target="a" * 4_001),
        "writing": writing(text=CANARY * 600),
        "writing on": writing(model="encoder-decoder", target=CANARY * 600),
        "to an unknown model": trace(model=CANARY, text="a" * 4_001),
    },
    "too-many-tokens": {
        "one too many": trace(text=WORD * N_CTX),
        "4,000 characters": trace(text=(CANARY * 500)),
        "an encoder": trace(model="encoder", text=WORD * (N_CTX - 1)),
        "a source": trace(model="encoder-decoder", text=WORD * N_CTX),
        "a target": trace(model="encoder-decoder", target=WORD * N_CTX),
        "writing": writing(text=WORD * N_CTX),
    },
    "invalid-unicode": {
        "half a character": raw(PREFIX.replace(CANARY, CANARY + "\\ud800") + '"dtype":"float32"}'),
        "the other half": raw('{"model":"decoder","text":"a\\udfffb"}'),
        "the halves in the wrong order": raw('{"model":"decoder","text":"\\ude00\\ud83d"}'),
        "in another field": raw(PREFIX + '"target":"\\ud800"}'),
        "in a name": raw(PREFIX + '"names":["\\ud800"]}'),
        "in a field's name": raw(PREFIX + '"\\ud800":1}'),
        "writing": raw('{"model":"decoder","text":"\\ud800"}', "/api/generate"),
    },
    "not-finite": {
        number: raw(PREFIX + f'"max_new_tokens":1,"temperature":{number}}}', "/api/generate")
        for number in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" + "0" * 400 + ".0")
    } | {
        "where no number belongs": raw(PREFIX + '"mask":NaN}'),
        "in a field that is not known": raw(PREFIX + f'"{CANARY}":[1e999]}}'),
    },
    "unknown-field": {
        "trace": trace(**{CANARY: 1}),
        "writing": writing(**{CANARY: 1}),
        "of another call": writing(names=["logits"]),
        "in an edit": zero(**{CANARY: 1}),
        "nearly one": trace(Mask="native"),
    },
    "missing-field": {
        "text": without("text"),
        "model": without("model"),
        "everything": raw("{}"),
        "the body": raw(""),
        "in an edit": trace(edits=[{"head": NUMBER}]),
    },
    "invalid-field": {
        "a list for a body": raw(f'["{CANARY}"]'),
        "a text for a body": raw(f'"{CANARY}"'),
        "null for a body": raw("null"),
        "a number for a text": trace(text=NUMBER),
        "null for a text": trace(text=None),
        "a list for a text": trace(text=[CANARY]),
        "a number for a model": trace(model=NUMBER),
        "a dtype": trace(dtype=CANARY),
        "a mask": trace(mask=CANARY),
        "null for a mask": trace(mask=None),
        "a list for a mask": trace(mask=[[0, 0, True]]),
        "an empty mask": trace(mask={}),
        "a mask that is not known": trace(mask={CANARY: NUMBER}),
        "two masks": trace(mask={"prefix": 1, "window": 2}),
        "a mask and more": trace(mask={"prefix": 1, CANARY: 2}),
        "prefix true": trace(mask={"prefix": True}),
        'prefix "1"': trace(mask={"prefix": "1"}),
        "prefix 1.0": trace(mask={"prefix": 1.0}),
        "window null": trace(mask={"window": None}),
        "a cell with 1 for true": painted(0, 0, 1),
        'a cell with "true"': painted(0, 0, "true"),
        'a cell at "0"': painted("0", 0, True),
        "a cell at 0.0": painted(0.0, 0, True),
        "a cell at true": painted(True, 0, True),
        "a cell of two": painted(0, 0),
        "no cell": trace(mask={"painted": [CANARY]}),
        "edits null": trace(edits=None),
        "an edit for edits": trace(edits={"zero": "decoder.blocks.0.attn"}),
        "an edit that is a text": trace(edits=[CANARY]),
        "head true": zero(head=True),
        'head "1"': zero(head="1"),
        "head 1.0": zero(head=1.0),
        "site null": zero(None),
        "a text for names": trace(names=CANARY),
        "a number for a name": trace(names=[NUMBER]),
        "heads true": trace(heads=[True]),
        'heads "0"': trace(heads=["0"]),
        "heads 1.0": trace(heads=[1.0]),
        "heads null": trace(heads=[None]),
        "a checkpoint true": trace(checkpoint=True),
        "a checkpoint 1.5": trace(checkpoint=1.5),
        "temperature true": writing(temperature=True),
        "temperature false": writing(temperature=False),
        'temperature "1"': writing(temperature="1"),
        "temperature null": writing(temperature=None),
        "max_new_tokens true": writing(max_new_tokens=True),
        "max_new_tokens 1.0": writing(max_new_tokens=1.0),
        'seed "0"': writing(seed="0"),
        "top_k 1.0": writing(top_k=1.0),
        "top_p true": writing(top_p=True),
    },
    "out-of-range": {
        **{f"temperature {t}": writing(temperature=t) for t in (-1, -1e-320, 1e-320, 0.0099, 10.01, NUMBER, 1e308)},
        "max_new_tokens 0": writing(max_new_tokens=0),
        "max_new_tokens 257": writing(max_new_tokens=257),
        "top_k 0": writing(top_k=0),
        "top_k -1": writing(top_k=-NUMBER),
        "top_p 0": writing(top_p=0),
        "top_p 1.01": writing(top_p=1.01),
        "seed -1": writing(seed=-1),
        "seed 2^32": writing(seed=2**32),
        "heads -1": trace(heads=[-1]),
        "heads 2^63": trace(heads=[2**63]),
        "no heads": trace(heads=[]),
        "257 heads": trace(heads=[0] * 257),
        "a head of 4,000 digits": raw(PREFIX + f'"heads":[{"9" * 4_000}]}}'),
        "head -1": zero(head=-1),
        "head 2^63": zero(head=2**63),
        "a site without a name": zero(""),
        "a site's name too long": zero(CANARY * 100),
        "65 edits": trace(edits=[{"zero": "decoder.blocks.0.attn"}] * 65),
        "prefix -1": trace(mask={"prefix": -1}),
        "window 10^12": trace(mask={"window": 10**12}),
        "a cell before the first": painted(-1, 0, True),
        "a cell of four": painted(0, 0, True, True),
        "1,025 cells": trace(mask={"painted": [[0, 0, True]] * 1_025}),
        "an empty name": trace(names=[""]),
        "a name too long": trace(names=[CANARY * 100]),
        "65 names": trace(names=["*"] * 65),
    },
    "unknown-name": {
        "a word": trace(names=[CANARY]),
        "one of two": trace(names=["logits", CANARY]),
        "capitals": trace(names=["LOGITS"]),
        "a site": trace(names=["decoder.blocks.0.attn"]),
        "another model's": trace(names=["encoder.blocks.0.attn.q"]),
        "a block too many": trace(names=["decoder.blocks.99.attn.q"]),
        "open brackets": trace(names=["[" * 200]),
        "a class backwards": trace(names=["[z-a]"]),
        "stars that match nothing": trace(names=["*a" * 99 + CANARY[:2]]),
        "a path": trace(names=["../../etc/passwd"]),
    },
    "unknown-head": {
        "one too many": trace(heads=[4]),
        "among others": trace(heads=[0, NUMBER], names=["*.pattern"]),
    },
    "unknown-checkpoint": {
        "a number": trace(checkpoint=NUMBER),
        "a name": trace(checkpoint=CANARY),
        "a path": trace(checkpoint="../../etc/passwd"),
    },
    "bad-mask": {
        "a cell after the last": painted(NUMBER, 0, True),
        "a key after the last": painted(0, NUMBER, False),
        "just after the last": trace(text="a", mask={"painted": [[0, 2, True]]}),
        "of the source's length": trace(
            model="encoder-decoder", text=CANARY * 3, target="", mask={"painted": [[0, 1, True]]}
        ),
    },
    "bad-edit": {
        "no site": zero(CANARY),
        "a tensor, no site": zero("decoder.blocks.0.attn.z"),
        "another model's": zero("encoder.blocks.0.attn"),
        "a block too many": zero("decoder.blocks.99.attn"),
        "a head too many": zero(head=NUMBER),
        "just one too many": zero(head=4),
        "after a good one": trace(edits=[{"zero": "decoder.blocks.0.attn"}, {"zero": CANARY}]),
    },
    "needs-no-target": {
        "a decoder": trace(target=CANARY),
        "an encoder": trace(model="encoder", target=""),
        "writing": writing(target=CANARY),
    },
    "unsuited-model": {"an encoder": writing(model="encoder")},
    "response-too-large": {
        "JSON": ("POST", "/api/trace", {
            "json": {"model": "decoder", "text": WORD * (N_CTX - 1)}, "headers": {"accept": "application/json"},
        }),
    },
}  # fmt: skip
ELSEWHERE = {"slow-body", "internal", "starting", "model-unavailable", "busy", "deadline"}  # further down
CASES = [
    pytest.param(slug, case, id=f"{slug}: {name}") for slug, cases in REFUSED.items() for name, case in cases.items()
]


def test_every_kind_of_refusal_is_tried():
    assert set(REFUSED) | ELSEWHERE == set(KINDS)


@pytest.mark.parametrize(("slug", "case"), CASES)
def test_what_cannot_be_is_refused_in_both_languages_and_not_repeated(client, normal, slug, case):
    method, path, sent = case
    for lang in LANGUAGES:
        headers = {**sent.get("headers", {}), "accept-language": lang}
        check_problem(client.request(method, path, **{**sent, "headers": headers}), slug, lang)
    still_well(client, normal)


@pytest.mark.parametrize("body", [b"[" * 30_000, b'{"a":' * 30_000, b"[" * 30_000 + b"]" * 30_000, b"9" * 5_000, b""])
def test_json_too_deep_or_too_long_to_read_is_refused_where_it_is_read(body):
    with pytest.raises(Refusal, match="malformed-json"):
        parse(body)


def test_numbers_of_our_own_are_told(client):
    def told(case):
        method, path, sent = case
        problem = client.request(method, path, **sent).json()
        return tuple(problem.get(fact) for fact in ("field", "limit", "actual"))

    assert told(trace(text="a" * 4_001)) == ("text", 4_000, 4_001)
    assert told(trace(model="encoder-decoder", target="a" * 4_002)) == ("target", 4_000, 4_002)
    assert told(trace(text=WORD * N_CTX)) == ("text", N_CTX, N_CTX + 1)
    assert told(trace(model="encoder-decoder", target=WORD * (N_CTX + 1))) == ("target", N_CTX, N_CTX + 2)
    assert told(trace(heads=[4])) == ("heads", 3, None)
    assert told(raw(" " * 65_537)) == (None, 65_536, None)
    assert told(painted(True, 0, True)) == ("mask", None, None)
    assert told(zero(head="1")) == ("edits", None, None)


def test_an_answer_that_would_be_too_large_says_how_large(serve):
    small = serve(max_response=MiB, max_json=MiB, answer_cache=0)
    body = {"model": "decoder", "text": WORD * 63, "names": ["logits"]}  # 64 x 8192 numbers
    numbers = 64 * zoo.load("decoder").info()["n_vocab"]
    for headers, dtype, width in (
        ({}, "float32", 4), ({}, "float16", 2), ({"accept": "application/json"}, "float16", 24),
    ):  # fmt: skip
        response = small.post("/api/trace", json={**body, "dtype": dtype}, headers=headers)
        if numbers * width <= MiB:
            assert response.status_code == 200
        else:
            problem = check_problem(response, "response-too-large")
            assert (problem["limit"], problem["actual"]) == (MiB, numbers * width)
    fits = small.post("/api/trace", json={**body, "names": ["*.q"]})
    assert fits.status_code == 200


def test_all_that_is_no_model_is_refused_in_the_same_words(client):
    answers = set()
    for method, path, sent in REFUSED["unknown-model"].values():
        problem = client.request(method, path, **sent).json()
        del problem["request_id"]
        answers.add(json.dumps(problem))
    assert len(answers) == 1


def test_a_name_that_is_no_model_reaches_no_file(client, monkeypatch):
    monkeypatch.setattr(zoo, "load", lambda *_: pytest.fail("looked for a file"))
    for method, path, sent in REFUSED["unknown-model"].values():
        check_problem(client.request(method, path, **sent), "unknown-model")


@given(name=st.text(st.sampled_from("./\\%2fe\0a~:"), max_size=30))
@settings(max_examples=40, deadline=None)
def test_no_word_made_of_what_paths_are_made_of_is_a_model_or_a_file(client, name):
    check_problem(client.post("/api/trace", json={"model": name, "text": "a"}), "unknown-model")
    response = client.get("/static/" + "".join(f"%{byte:02x}" for byte in name.encode()))
    check_problem(response, "not-found")


# What passes


def test_a_text_of_exactly_as_many_tokens_as_the_model_reads_is_read(client):
    for model, special in (("decoder", 1), ("encoder", 2), ("encoder-decoder", 1)):
        n_ctx = zoo.load(model).info()["n_ctx"]
        target = {"target": WORD * (n_ctx - 1)} if model == "encoder-decoder" else {}
        body = {"model": model, "text": WORD * (n_ctx - special), "names": ["*.log_denominator"], **target}
        response = client.post("/api/trace", json=body, headers={"accept": "application/json"})
        assert response.status_code == 200, response.text
        assert {len(tokens) for tokens in response.json()["tokens"].values()} == {n_ctx}


def test_a_body_of_exactly_the_limit_is_read(client, normal):
    response = client.post(*raw(json.dumps(NORMAL).ljust(65_536))[1:2], **raw(json.dumps(NORMAL).ljust(65_536))[2])
    assert response.content == normal


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


@pytest.mark.parametrize("host", ["localhost:1234", "127.0.0.1", "[::1]:8000", socket.gethostname()])
def test_the_servers_own_names_and_pages_are_served(client, normal, host):
    method, path, sent = with_headers(host=host, origin=f"http://{host}", sec_fetch_site="same-origin")
    assert client.request(method, path, **sent).content == normal


VERBATIM = {
    "NUL": "a\0b",
    "C0 controls": "".join(map(chr, range(1, 32))),
    "C1 controls": "x" + "".join(map(chr, range(0x7F, 0xA0))),
    "no characters": "\ufffe\uffff\U0010ffff",
    "private use": "\ue000\U000f0000",
    "a terminal's escape": "\x1b[2J\x1b]0;title\x07",
    "a script": "<script>window.__xss=1</script>",
    "an image": '"><img src=x onerror=alert(1)>',
    "templates": "{{7*7}} ${7*7} #{7*7} {0} %s",
    "an end of a script": "</script><!--",
    "tags": '<s> </s> <b> <i> <sub> <br> <a href="javascript:alert(1)">',
    "TeX": "$\\href{javascript:alert(1)}{x}$",
    "special tokens as text": "<pad> <bos> <eos> <mask> <cls> <sep> <2en> <2zh> [MASK] <|endoftext|> <0x41>",
    "right to left": "\u202eabc\u202c \u2067שלום\u2069 مرحبا",
    "combining": "e" + "\u0301" * 50,
    "a family": "👨‍👩‍👧‍👦 🇨🇳 𠮷",
    "composed and not": "é e\u0301 한 \u1112\u1161\u11ab ﬁ",
    "spreadsheet": '=HYPERLINK("http://x") -1+1 @SUM',
    "lines": "a\r\nb\nc\rd\u2028e\x85f",
    "spaces": "  a \u3000 b\t\t",
    "halves that make a whole": "\U0001f600",
    "a path": "../../etc/passwd",
    "JSON": '{"text": "\\u0000"}',
}


@pytest.mark.parametrize("text", VERBATIM.values(), ids=VERBATIM)
@pytest.mark.parametrize("model", ["encoder", "decoder", "encoder-decoder"])
def test_text_of_every_kind_comes_back_as_it_was_sent(client, model, text):
    target = {"target": text} if model == "encoder-decoder" else {}
    body = {"model": model, "text": text, "names": ["logits"], **target}
    response = client.post("/api/trace", json=body)
    assert response.status_code == 200, response.text
    length = int.from_bytes(response.content[:8], "little")
    metadata = json.loads(response.content[8 : 8 + length])["__metadata__"]
    assert json.loads(metadata["request"])["text"] == text
    for tokens in json.loads(metadata["tokens"]).values():
        plain = [token for token in tokens if token["start"] is not None]
        assert [text[token["start"] : token["end"]] for token in plain] == [token["text"] for token in plain]
        assert "".join(t["text"] for t in plain if not t["part"] or t["part"][0] == 0) == text
        # typed special tokens are text: those that are special stand at the ends
        special = [number for number, token in enumerate(tokens) if token["start"] is None]
        assert set(special) <= {0, len(tokens) - 1}


@pytest.mark.parametrize("text", ["a" * 4_000, "(a+)+$" * 600, ">>a<<" * 800, "x" + "\u0301" * 1_000, "a " * 2_000])
def test_a_text_that_is_hard_to_read_is_read_or_refused(client, text):
    response = client.post("/api/trace", json={"model": "decoder", "text": text, "names": []})
    if response.status_code != 200:
        check_problem(response, "too-many-tokens")


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
        assert slug not in ELSEWHERE
        check_problem(response, slug)
    assert client.get("/healthz").status_code == 200


# On a real socket


def exchange(port, sent, end=b"}"):
    """What a server answers to these bytes; the request need not be whole."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(sent)
        answer = b""
        while not answer.endswith(end):
            part = connection.recv(65_536)
            if not part:
                break
            answer += part
    return answer


def test_a_body_without_a_length_is_refused_before_its_end(live):
    head = b"POST /api/trace HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    chunk = b"10001\r\n" + b" " * 0x10001 + b"\r\n"
    answer = exchange(live.port, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"urn:headlight:body-too-large" in answer


def test_a_body_that_says_it_is_too_large_is_not_waited_for(live):
    head = b"POST /api/trace HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    answer = exchange(live.port, head + b"Content-Length: 1000000000\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 413 ")


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


def test_a_request_of_an_old_browser_without_a_host_is_refused(live):
    answer = exchange(live.port, b"GET /healthz HTTP/1.0\r\n\r\n")
    assert b" 400 " in answer.splitlines()[0]
    assert b"urn:headlight:foreign-host" in answer


def test_no_site_is_told_that_it_may_read(client):
    for method, headers in (
        ("OPTIONS", {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}),
        ("GET", {}),
        ("POST", {"content-type": "application/json"}),
    ):
        path = "/api/models" if method == "GET" else "/api/trace"
        response = client.request(method, path, headers={"origin": "https://evil.example", **headers})
        assert not [name for name in response.headers if name.startswith("access-control")]


# When the server itself cannot


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


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A copy of the shipped files that may be damaged, none of them loaded yet."""
    shutil.copytree(zoo.WEIGHTS, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(zoo, "WEIGHTS", tmp_path)
    monkeypatch.setattr(zoo, "load", functools.cache(zoo.load.__wrapped__))
    return tmp_path


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_model_is_unavailable_and_the_others_are_served(damage, weights, caplog):
    path = weights / "decoder.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    with another() as client:
        assert [info["id"] for info in client.get("/api/models").json()] == ["encoder", "encoder-decoder"]
        ready = client.get("/readyz").json()
        assert (ready["models"], ready["unavailable"]) == (["encoder", "encoder-decoder"], ["decoder"])
        problem = check_problem(client.post("/api/trace", json=NORMAL), "model-unavailable")
        assert weights.name not in json.dumps(problem)
        check_problem(client.post("/api/generate", json={"model": "decoder", "text": "a"}), "model-unavailable")
        assert client.post("/api/trace", json={"model": "encoder", "text": "a"}).status_code == 200
    assert "decoder" in caplog.text


@pytest.mark.parametrize("damage", ["cut off", "of another training", "gone"])
def test_a_server_without_any_model_is_not_ready(damage, weights, caplog):
    path = weights / "tokenizer.json"  # which all models share
    whole = path.read_bytes()
    path.write_bytes(whole[:1_000] if damage == "cut off" else whole.replace(b'"<0x41>"', b'"<0xZZ>"'))
    if damage == "gone":
        path.unlink()
    with another() as client:
        assert client.get("/api/models").json() == []
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
