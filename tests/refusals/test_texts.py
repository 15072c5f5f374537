"""Texts of every kind that are read, to the last token that a model has room for."""

import json

import pytest
from refusals.problem import check_problem
from refusals.requests import LONGEST, WORD

from model import zoo


def test_a_text_of_exactly_as_many_tokens_as_the_model_reads_is_read(client):
    for model, special in (("decoder", 1), ("encoder", 2), ("encoder-decoder", 1)):
        n_ctx = zoo.load(model).info()["n_ctx"]
        target = {"target": WORD * (n_ctx - 1)} if model == "encoder-decoder" else {}
        body = {"model": model, "text": WORD * (n_ctx - special), "names": ["*.log_denominator"], **target}
        response = client.post("/api/trace", json=body, headers={"accept": "application/json"})
        assert response.status_code == 200, response.text
        assert {len(tokens) for tokens in response.json()["tokens"].values()} == {n_ctx}


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


@pytest.mark.parametrize("text", [
    "a" * LONGEST, "(a+)+$" * (LONGEST // 6), ">>a<<" * (LONGEST // 5), "x" + "\u0301" * 1_000, "a " * (LONGEST // 2),
    "爱" * LONGEST,
])  # fmt: skip
def test_a_text_that_is_hard_to_read_is_read_or_refused(client, text):
    response = client.post("/api/trace", json={"model": "decoder", "text": text, "names": []})
    if response.status_code != 200:
        check_problem(response, "too-many-tokens")
