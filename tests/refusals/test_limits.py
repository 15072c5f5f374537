"""What would take too much memory or time is refused before any model runs, or else when it does."""

import pytest
import torch
from refusals.problem import check_problem, still_well
from refusals.requests import NORMAL, WORD

from app.i18n import LANGUAGES
from app.limits import Limits
from model import demand, zoo
from model.transformer import Transformer

MiB = 1024 * 1024
LONG = {"model": "decoder", "text": WORD * 200}
CALLS = {
    "a trace": ("/api/trace", {**LONG, "names": ["*.0.attn.q"]}),
    "an edited one": ("/api/trace", {**LONG, "names": [], "edits": [{"zero": "decoder.blocks.0.attn"}]}),
    "a figure": ("/api/figure", {**LONG, "site": "decoder.blocks.0.attn", "head": 0}),
    "importance": ("/api/importance", {**LONG, "position": 3}),
    "writing": ("/api/generate", {**LONG, "max_new_tokens": 1}),
    "beams": ("/api/beams", {**LONG, "max_new_tokens": 1}),
    "gradients": ("/api/gradients", {"measure": "distance", "models": ["decoder"], "text": WORD * 200}),
}


@pytest.fixture
def no_forward(monkeypatch):
    """A forward pass, or a part of one, is an error from here on."""

    def ran(*_, **__):
        raise AssertionError("the model ran")

    for part in ("forward", "trunk", "encode", "decode"):
        monkeypatch.setattr(Transformer, part, ran)


@pytest.mark.parametrize(("path", "body"), CALLS.values(), ids=CALLS)
def test_what_takes_too_much_memory_is_refused_before_it_starts(serve, path, body, request):
    small = serve(max_run_memory=4 * MiB)
    small.get("/api/models")  # until they are loaded
    assert small.post(path, json=body | {"text": "the cat sat on"}).status_code == 200  # a short one has room
    request.getfixturevalue("no_forward")
    for lang in LANGUAGES:
        problem = check_problem(small.post(path, json=body, headers={"accept-language": lang}), "too-much-memory", lang)
        assert (problem["field"], problem["limit"]) == ("text", 4 * MiB)
        assert problem["actual"] > 4 * MiB


@pytest.mark.parametrize(("path", "body"), CALLS.values(), ids=CALLS)
def test_what_takes_too_long_is_refused_before_it_starts(serve, path, body, monkeypatch, request):
    client = serve(max_queue=61)
    client.get("/api/models")
    if path != "/api/figure":  # a figure of a text that is long enough is refused for its size first
        monkeypatch.setattr(Limits, "rate", lambda *_: 1e6)  # a machine a hundred thousand times slower
        request.getfixturevalue("no_forward")
        for lang in LANGUAGES:
            answer = client.post(path, json=body, headers={"accept-language": lang})
            problem = check_problem(answer, "too-long-to-run", lang)
            assert (problem["field"], problem["limit"]) == ("text", 20)
            assert problem["actual"] > 20


def test_an_answer_that_is_too_large_is_refused_before_it_starts(serve, no_forward):
    small = serve(max_response=MiB)
    small.get("/api/models")
    problem = check_problem(small.post("/api/trace", json=LONG), "response-too-large")
    assert problem["limit"] == MiB


def test_a_figure_that_is_too_large_for_a_file_says_what_to_save_instead(serve, no_forward):
    small = serve(max_json=MiB)
    small.get("/api/models")
    for lang in LANGUAGES:
        asked = {**LONG, "site": "decoder.blocks.0.attn", "head": 0, "beside": [1, 2]}
        answer = small.post("/api/figure", json=asked, headers={"accept-language": lang})
        problem = check_problem(answer, "figure-too-large", lang)
        assert problem["limit"] == MiB and problem["actual"] > MiB and "CSV" in problem["detail"]


def test_the_rate_of_a_model_is_that_of_its_best_run_of_a_like_size(serve):
    application = serve().app
    serve().get("/api/models")
    limits, model = application.state.answers.limits, application.state.answers.models.get("decoder")
    limits.runs.pop("decoder", None)
    trace, short = (model.prepare(WORD * n, None, "native", [], None) for n in (100, 10))
    size = demand.operations(trace, model.info()["parameters"])
    product = limits.rate(model, size)
    limits.ran(model, short, 100.0)  # as where a model is cold
    assert limits.rate(model, size) == product
    assert limits.rate(model, size / 20) < product
    limits.ran(model, trace, 2.0)
    limits.ran(model, trace, 4.0)
    assert limits.rate(model, 100 * size) == product
    # two for each parameter and token; 16 heads of 101 x 101 cells, each two dot products of 32 numbers, and more
    n, parameters = 101, model.info()["parameters"]
    assert limits.rate(model, size) >= (2 * parameters * n + 16 * n * n * 4 * 32) / 2
    assert limits.rate(model, size) <= 1.5 * (2 * parameters * n + 16 * n * n * 4 * 32) / 2
    limits.runs.pop("decoder")


def test_a_translation_that_would_take_too_long_to_write_is_refused_before_it_starts(serve, monkeypatch, request):
    client = serve()
    client.get("/api/models")
    asked = {"model": "encoder-decoder", "text": "我看见一只狗。", "names": []}
    model = client.app.state.answers.models.get("encoder-decoder")
    n = len(model.tokens(asked["text"], "")["source"])
    # the source alone would be read in 10 of the 20 seconds, the source and 2 n + 10 tokens of a translation are not
    monkeypatch.setattr(Limits, "rate", lambda *_: 2.0 * model.info()["parameters"] * n / 10)
    assert client.post("/api/trace", json=asked | {"target": "I"}).status_code == 200
    request.getfixturevalue("no_forward")
    problem = check_problem(client.post("/api/trace", json=asked), "too-long-to-run")
    assert 30 <= problem["actual"] <= 10 * (1 + (2 * n + 10) / n) + 2


def test_a_server_that_ran_out_of_memory_stays_up(client, normal, monkeypatch):
    with monkeypatch.context() as patch:
        for error in (
            torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."), MemoryError(),
            RuntimeError("MPS backend out of memory (MPS allocated: 5.50 GB, other allocations: 14.76 GB)"),
        ):  # fmt: skip

            def run(*_, error=error):
                raise error

            patch.setattr(zoo.Model, "run", run)
            for lang in ("en", "zh"):
                body = {**NORMAL, "text": NORMAL["text"] + "no room"}
                refused = client.post("/api/trace", json=body, headers={"accept-language": lang})
                assert check_problem(refused, "out-of-memory", lang)["limit"] > 2**28
                assert refused.headers["retry-after"]
    still_well(client, normal)
