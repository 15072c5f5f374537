"""The same request, the same bytes: on every server, from the cache, and by whatever way they come."""

import asyncio

import httpx2
import numpy as np
import pytest
from api.client import JSON, KINDS, SAFETENSORS, TEXT, post, tensors

from app import Settings, create_app


@pytest.mark.parametrize("accept", [SAFETENSORS, JSON])
@pytest.mark.parametrize("id", KINDS)
def test_the_same_request_gives_the_same_bytes_on_another_server(serve, id, accept):
    asked = {"names": ["*.q", "*.pattern"], "mask": {"window": 3}, "headers": {"Accept": accept}}
    servers = serve(answer_cache=0, trace_cache=0), serve(answer_cache=0, trace_cache=1)
    one, other = (post(server, model=id, **asked) for server in servers)
    assert one.headers["server-timing"].startswith("tokenize")  # nothing was remembered
    assert (one.content, one.headers["etag"]) == (other.content, other.headers["etag"])


def test_a_request_asked_twice_comes_from_the_cache(serve):
    client = serve(max_queue=63)  # a server of its own, whose cache is empty
    first, second = post(client), post(client)
    stages = [stage.partition(";")[0] for stage in first.headers["server-timing"].split(", ")]
    assert stages == ["tokenize", "forward", "encode"]
    assert second.headers["server-timing"] == "cache;desc=hit"
    assert first.content == second.content
    other_names = post(client, names=["logits"])
    assert other_names.headers["server-timing"].startswith("encode;dur=")  # the run itself is remembered
    assert np.array_equal(tensors(other_names)["logits"], tensors(first)["logits"])
    spelt_out = {"mask": "native", "edits": [], "dtype": "float32", "target": None, "names": None, "heads": None}
    assert post(client, **spelt_out).headers["server-timing"] == "cache;desc=hit"


def test_a_client_that_has_the_bytes_is_not_sent_them_again(client):
    first = post(client, names=["logits"])
    tag = first.headers["etag"]
    for held in (tag, f"W/{tag}", f'"other", {tag}'):
        body = {"model": "decoder", "text": TEXT, "names": ["logits"]}
        again = client.post("/api/trace", json=body, headers={"If-None-Match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    changed = post(client, names=["logits"], mask="bidirectional", headers={"If-None-Match": tag})
    assert changed.headers["etag"] != tag
    as_json = post(client, names=["logits"], headers={"If-None-Match": tag, "Accept": JSON})
    assert as_json.headers["etag"] != tag


def test_many_requests_at_once_each_get_their_own_answer(serve):
    """Thirty different ones interleaved, each twice, against a server that was asked one after the other."""
    masks = ["native", "bidirectional", {"window": 2}, {"prefix": 2}, {"painted": [[0, 1, True]]}]
    bodies = [
        {"model": model, "text": f"{TEXT} {mask_number}", "mask": mask, "names": names}
        for model in KINDS
        for mask_number, mask in enumerate(masks)
        for names in (["*.q", "logits"], ["*.pattern"])
    ]
    expected = [serve(answer_cache=0, trace_cache=0).post("/api/trace", json=body).content for body in bodies]

    async def ask_all():
        app = create_app(Settings(device="cpu", threads=1))
        transport = httpx2.ASGITransport(app)
        async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport) as client:
            url = "http://localhost/api/trace"
            return await asyncio.gather(*(client.post(url, json=body) for body in [*bodies, *bodies]))

    answers = asyncio.run(ask_all())
    assert {answer.status_code for answer in answers} == {200}
    assert [answer.content for answer in answers] == [*expected, *expected]
