import re

import pytest

from model import zoo

BODY = {"model": "decoder", "text": "The cat <b>sat</b>", "site": "decoder.blocks.0.attn", "head": 1}


@pytest.mark.parametrize("view", ["weights", "scores", "qkv"])
@pytest.mark.parametrize(("lang", "heading"), [("en", "head 1"), ("zh-CN", "头 1")])
def test_a_figure_is_one_file_that_names_the_run(client, view, lang, heading):
    response = client.post("/api/figure", json={**BODY, "view": view}, headers={"Accept-Language": lang})
    assert response.status_code == 200
    assert response.headers["content-disposition"].startswith("attachment")
    assert response.headers["cache-control"] == "no-store"
    title = re.search("<h1[^>]*>(.*?)</h1>", response.text)
    assert title and heading in title[1] and zoo.load("decoder").sha256[:12] in title[1]
    assert not re.search(r"<(script|link)[^>]*(src|href)=", response.text)
    assert "<b>sat" not in response.text


@pytest.mark.parametrize(
    ("change", "status", "slug"),
    [
        ({"site": "decoder.blocks.9.attn"}, 422, "unknown-name"),
        ({"head": 4}, 422, "unknown-head"),
        ({"model": "none"}, 404, "unknown-model"),
        ({"text": " "}, 422, "empty-text"),
    ],
)
def test_what_cannot_be_drawn_is_refused(client, change, status, slug):
    response = client.post("/api/figure", json={**BODY, **change})
    assert response.status_code == status, response.json()
    assert response.json()["type"].endswith(slug)
