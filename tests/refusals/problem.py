"""What every refusal is, and what holds after it."""

import re

from fastapi.testclient import TestClient
from refusals.requests import CANARY, NORMAL, NUMBER

from app import Settings, create_app
from app.beside import FarRequest, RaceRequest
from app.i18n import translate
from app.refusals import KINDS
from app.schemas import BeamsRequest, FigureRequest, GenerateRequest, GradientsRequest, ImportanceRequest, TraceRequest

FAILURES = {  # of the server itself, and of models that were named at its start
    "slow-body", "internal", "starting", "model-unavailable", "busy", "deadline", "model-loading", "model-too-large",
    "custom-code-refused", "unsafe-weights", "adapter-refused", "model-corrupt", "model-not-finite",
    "model-config-refused", "model-type-refused", "dtype-refused", "reads-pictures", "reads-sound", "tokenizer-refused",
    "weights-only", "tokenizer-unconverted", "no-structure", "too-much-memory", "too-long-to-run", "out-of-memory",
    "figure-too-large", "no-room-yet",
}  # fmt: skip
REQUESTS = (
    TraceRequest, GenerateRequest, BeamsRequest, ImportanceRequest, GradientsRequest, FigureRequest, FarRequest,
    RaceRequest,
)  # fmt: skip
FIELDS = {"body"}.union(*(request.model_fields for request in REQUESTS))


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
    assert facts <= {"limit", "actual", "field", "words"}
    values = {name: problem[name] for name in facts}
    assert problem["title"] == translate(lang, kind.title)
    assert problem["detail"] == translate(lang, kind.detail, **values)
    sentence = problem["detail"].replace(problem.get("words", ""), "")
    assert bool(re.search("[\u4e00-\u9fff]", sentence)) is (lang == "zh")
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem.get("field", "body") in FIELDS
    told = (response.text + str(response.headers)).replace(problem["request_id"], "")  # any digits may be in it
    assert CANARY not in told
    assert str(NUMBER) not in told
    return problem
