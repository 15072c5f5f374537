"""The pages as they are served: their language, what their scripts need, and what no page may do."""

import json
import re

import pytest

from app.i18n import translate

FOREIGN = re.compile(r"""(?:https?:|wss?:)?//[a-z0-9-]+\.[a-z0-9.-]+""", re.IGNORECASE)


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json"])
def test_no_page_names_another_host(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert FOREIGN.findall(response.text) == []
    for address in re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)""", response.text):
        assert address.startswith("/"), address
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(
    ("query", "accepted", "lang"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "en-GB", "en"),
        ("", "", "en"),
        ("?lang=en", "zh-CN", "en"),
        ("?lang=zh", "en", "zh"),
        ("?lang=xx", "zh", "zh"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_is_in_the_visitors_language(client, path, query, accepted, lang):
    response = client.get(path + query, headers={"Accept-Language": accepted})
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["vary"] == "Accept-Language"
    assert re.search(r'<html lang="([^"]+)"', response.text)[1] == {"zh": "zh-CN", "en": "en"}[lang]
    said = {
        "/": "Headlight: what every attention head looks at", "/docs": "Headlight: the HTTP API",
    }[path]  # fmt: skip
    for language in ("en", "zh"):
        title = translate(language, said)
        assert (f"<title>{title}</title>" in response.text) is (language == lang)


def test_a_refusal_is_in_the_visitors_language(client):
    for query, accepted, word in (("", "zh", "没有"), ("?lang=zh", "en", "没有"), ("", "en", "nothing")):
        assert word in client.get(f"/nowhere{query}", headers={"Accept-Language": accepted}).json()["detail"]


def test_the_page_carries_what_its_scripts_need(client):
    page = client.get("/", headers={"Accept-Language": "zh"}).text
    data = json.loads(re.search(r'id="page"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert data["lang"] == "zh"
    assert data["limits"] == {"characters": 24_000, "response": 128 * 2**20}
    assert data["catalog"]["Unknown model"] == translate("zh", "Unknown model")
    assert data["version"]
    importmap = json.loads(re.search(r'type="importmap"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    for address in importmap["imports"].values():
        assert client.get(address).headers["content-type"].startswith("text/javascript")


def test_only_scripts_of_this_very_response_run(client):
    nonces = set()
    for _ in range(2):
        response = client.get("/")
        (nonce,) = set(re.findall(r'nonce="([^"]+)"', response.text))
        assert f"script-src 'self' 'nonce-{nonce}'" in response.headers["content-security-policy"]
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/api/models", "/static/icon.svg", "/nowhere"])
def test_every_response_has_the_security_headers_and_an_id_of_its_own(client, path):
    responses = [client.get(path), client.get(path)]
    for response in responses:
        policy = response.headers["content-security-policy"]
        for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'"):
            assert part in policy
        assert "unsafe-eval" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"]
        assert not [name for name in response.headers if name.startswith("access-control")]
    assert responses[0].headers["x-request-id"] != responses[1].headers["x-request-id"]
