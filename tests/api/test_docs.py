"""What the API says of itself: its description, and docs/api.md with every example in it."""

import argparse
import json
import re
import shlex
import textwrap
from pathlib import Path

import pytest
from api.client import JSON, SAFETENSORS, post

from app.schemas import BeamsRequest, GenerateRequest, GradientsRequest, TraceRequest

API = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^    (curl .*)$", API.replace("\\\n", " "), re.MULTILINE)


def test_the_description_holds_every_call_of_the_api(client):
    described = client.get("/openapi.json").json()
    calls = {f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods}
    assert calls == {
        "GET /api/models", "GET /api/models/{id}/births", "GET /api/models/{id}/vocabulary",
        "GET /api/models/{id}/structure", "GET /api/models/{id}/weights", "GET /api/block", "POST /api/trace",
        "POST /api/figure", "POST /api/generate", "POST /api/beams", "POST /api/importance", "GET /api/glossary",
        "GET /healthz", "GET /readyz", "POST /api/gradients", "GET /api/beside", "POST /api/beside",
        "POST /api/beside/far", "POST /api/beside/race",
    }  # fmt: skip
    answers = described["paths"]["/api/trace"]["post"]["responses"]["200"]["content"]
    assert answers.keys() == {SAFETENSORS, JSON}
    schemas = described["components"]["schemas"]
    assert schemas["TraceRequest"]["additionalProperties"] is False
    for name in ("TraceRequest", "FigureRequest", "GenerateRequest", "BeamsRequest", "ImportanceRequest"):
        for example in (field["examples"][0] for field in schemas[name]["properties"].values() if "examples" in field):
            assert example


def test_the_examples_of_the_description_can_be_sent(client):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    for path, name in (
        ("/api/trace", "TraceRequest"), ("/api/generate", "GenerateRequest"), ("/api/beams", "BeamsRequest"),
        ("/api/importance", "ImportanceRequest"), ("/api/beside", "BesideRequest"), ("/api/beside/far", "FarRequest"),
        ("/api/beside/race", "RaceRequest"),
    ):  # fmt: skip
        fields = schemas[name]["properties"]
        body = {field: facts["examples"][0] for field, facts in fields.items() if "examples" in facts}
        assert client.post(path, json=body).status_code == 200


@pytest.mark.parametrize("command", EXAMPLES, ids=lambda command: command[:80])
def test_every_example_of_the_documentation_is_answered(client, command):
    asked = argparse.ArgumentParser()
    asked.add_argument("url")
    asked.add_argument("-H", action="append", default=[])
    asked.add_argument("-d")
    asked.add_argument("-o")
    asked.add_argument("-N", action="store_true")
    example = asked.parse_args(shlex.split(command)[1:])
    headers = dict(header.split(": ") for header in example.H)
    method = "GET" if example.d is None else "POST"
    path = example.url.removeprefix("http://localhost:8000")
    response = client.request(method, path, content=example.d, headers=headers)
    assert response.status_code == 200, response.text
    assert response.content


def test_the_documentation_has_an_example_of_every_call(client):
    called = {re.search(r"localhost:8000([^\s?]+)", command)[1] for command in EXAMPLES}
    paths = {re.sub(r"^/api/models/[\w-]+/", "/api/models/{id}/", path) for path in called}
    assert paths == set(client.get("/openapi.json").json()["paths"])


def test_the_documentation_lists_every_field_with_its_default():
    for name, schema in (
        ("Trace", TraceRequest),
        ("Generate", GenerateRequest),
        ("Beams", BeamsRequest),
        ("Gradients", GradientsRequest),
    ):
        section = API.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        listed = dict(re.findall(r"^\| (\w+) \| (\S*) ?\|", section, re.MULTILINE))
        listed.pop("field")
        assert listed == {
            field: "" if info.is_required() else json.dumps(info.default) for field, info in schema.model_fields.items()
        } | {"Generate": {"temperature": "1"}, "Beams": {"length_penalty": "0"}}.get(name, {})


def test_the_python_of_the_documentation_reads_a_trace(client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trace.safetensors").write_bytes(post(client).content)
    block = API[API.index("    import json") : API.index("Each value")]
    known = {}
    exec(textwrap.dedent(block), known)
    assert known["tokens"]["target"][0]["text"] == "<bos>"
    assert known["q"].ndim == 3
