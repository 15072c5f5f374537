"""GET /patterns: the frame of the page that shows every view."""

import json
import re

import pytest

from app.i18n import translate


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_in_the_visitors_language(client, lang):
    page = client.get("/patterns", params={"lang": lang})
    assert page.status_code == 200
    assert page.headers["vary"] == "Accept-Language"
    assert f"<title>{translate(lang, 'Headlight: every view')}</title>" in page.text
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in page.text
    assert f'href="/?lang={lang}"' in page.text


def test_what_the_page_names_is_there(client):
    page = client.get("/patterns").text
    addresses = re.findall(r"""(?:src|href)="([^"]+)""", page)
    files = {re.sub("^/static/v-[0-9a-f]{16}/", "", address) for address in addresses}
    assert {"js/patterns.js", "css/patterns.css", "css/headlight.css"} <= files
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_the_page_holds_no_numbers_of_a_model(client):
    """Every trace is asked of the API by the page itself."""
    data = json.loads(re.search(r'id="page"[^>]*>(.*?)</script>', client.get("/patterns").text, re.DOTALL)[1])
    assert data.keys() == {"lang", "catalog", "examples", "kinds", "limits"}


def test_only_scripts_of_this_very_response_run(client):
    response = client.get("/patterns")
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', response.text))
    assert f"script-src 'self' 'nonce-{nonce}'" in response.headers["content-security-policy"]


def test_the_workbench_and_the_patterns_have_the_same_styles(client):
    styles = [re.findall(r'rel="stylesheet" href="([^"]+)"', client.get(path).text) for path in ("/", "/patterns")]
    assert styles[1][:-1] == styles[0] and styles[1][-1].endswith("/css/patterns.css")


def test_the_sentence_that_stands_as_a_refusal_is_the_servers(client):
    for lang in ("en", "zh"):
        asked = {"model": "decoder", "text": " "}
        refusal = client.post("/api/trace", json=asked, headers={"Accept-Language": lang}).json()
        assert refusal["detail"] == translate(lang, "Type at least one visible character.")
