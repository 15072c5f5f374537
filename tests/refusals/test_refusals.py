"""Every kind of refusal, whole, in both languages; and the numbers that some of them tell."""

import pytest
from refusals.fields import REFUSED as OF_FIELDS
from refusals.problem import FAILURES, check_problem, still_well
from refusals.requests import CANARY, LARGEST, LONGEST, N_CTX, WORD, edited, importance, painted, raw, trace, zero
from refusals.unread import REFUSED as UNREAD
from refusals.unrunnable import REFUSED as UNRUNNABLE

from app.i18n import LANGUAGES
from app.refusals import KINDS, Refusal
from app.schemas import parse
from model import zoo

MiB = 1024 * 1024
REFUSED = {**UNREAD, **OF_FIELDS, **UNRUNNABLE}
CASES = [
    pytest.param(slug, case, id=f"{slug}: {name}") for slug, cases in REFUSED.items() for name, case in cases.items()
]


def test_every_kind_of_refusal_is_tried():
    assert set(REFUSED) | FAILURES == set(KINDS)


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

    assert told(trace(text="a" * (LONGEST + 1))) == ("text", LONGEST, LONGEST + 1)
    assert told(trace(model="encoder-decoder", target="a" * (LONGEST + 2))) == ("target", LONGEST, LONGEST + 2)
    assert told(trace(text=WORD * N_CTX)) == ("text", N_CTX, N_CTX + 1)
    assert told(trace(model="encoder-decoder", target=WORD * (N_CTX + 1))) == ("target", N_CTX, N_CTX + 2)
    assert told(trace(written=[0] * 9)) == ("written", None, None)
    assert told(trace(written=[99_999])) == ("written", zoo.load("decoder").info()["n_vocab"] - 1, None)
    assert told(trace(text=WORD * 9, written=[500] * N_CTX)) == ("written", N_CTX, N_CTX + 10)
    assert told(trace(heads=[4])) == ("heads", 3, None)
    assert told(raw(" " * (LARGEST + 1))) == (None, LARGEST, None)
    assert told(painted(True, 0, True)) == ("mask", None, None)
    assert told(zero(head="1")) == ("edits", None, None)
    assert told(zero(head=4)) == ("edits", 3, None)
    last = len(zoo.load("decoder").tokens(CANARY)["target"]) - 1
    assert told(edited(swap=last + 1, side="target", token=300)) == ("edits", last, None)
    assert told(importance(token=8_192)) == ("token", 8_191, None)


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
