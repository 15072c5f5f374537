"""A browser keeps the page's files, and asks for those that have changed."""

import gzip
import json
import os
import re
import shutil

import pytest

from app import statics
from app.paths import folder


def named(page: str) -> set[str]:
    """Every file that a page names itself, by its map of modules, too."""
    imports = json.loads(re.search(r'<script type="importmap"[^>]*>(.*?)</script>', page, re.DOTALL)[1])["imports"]
    return {*re.findall(r'(?:src|href)="(/static/[^"]+)"', page), *imports.values()}


@pytest.mark.parametrize("path", ["/", "/patterns"])
def test_what_a_page_names_is_kept_for_good(client, path):
    found = named(client.get(path).text)
    assert len(found) > 10
    for address in found:
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        plain = client.get(re.sub("/v-[0-9a-f]{16}/", "/", address))
        assert plain.content == response.content
        assert plain.headers["cache-control"] == "no-cache"


def test_a_version_that_no_page_names_is_asked_about_again(client):
    response = client.get("/static/v-0123456789abcdef/icon.svg")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["v-a", "v-a/nothing.js", "v-a/../../app/api.py", "v-a/%2e%2e/%2e%2e/pyproject.toml"])
def test_a_version_leads_to_no_other_file(client, path):
    assert client.get(f"/static/{path}").status_code == 404


def test_the_addresses_change_with_any_file(tmp_path, monkeypatch):
    copy = tmp_path / "static"
    shutil.copytree(folder("static"), copy)
    monkeypatch.setattr(statics, "folder", lambda name: copy)
    before = statics.version()
    assert statics.version() == before
    file = copy / "js" / "format.js"
    os.utime(file, ns=(1, 1))
    changed = statics.version()
    assert changed != before
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")
    assert statics.version() not in (before, changed)


def test_a_text_travels_as_gzip_and_is_the_same(client):
    address = "/static/js/views/heatmap.js"
    with client.stream("GET", address, headers={"Accept-Encoding": "gzip, br"}) as response:
        raw = b"".join(response.iter_raw())
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert response.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert response.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert response.headers["content-type"] == plain.headers["content-type"]
    assert int(response.headers["content-length"]) == len(raw) < len(plain.content) / 2
    assert gzip.decompress(raw) == plain.content == (folder("static") / "js/views/heatmap.js").read_bytes()
    had = {"Accept-Encoding": "gzip", "If-None-Match": response.headers["etag"]}
    assert client.get(address, headers=had).status_code == 304


@pytest.mark.parametrize("asked", [
    {"Accept-Encoding": "gzip;q=0"}, {"Accept-Encoding": "br"}, {"Accept-Encoding": "gzip", "Range": "bytes=0-9"},
])  # fmt: skip
def test_who_takes_no_gzip_or_wants_a_part_gets_the_file_itself(client, asked):
    response = client.get("/static/js/format.js", headers=asked)
    assert "content-encoding" not in response.headers
    assert (folder("static") / "js/format.js").read_bytes().startswith(response.content)


def test_a_file_that_changed_is_packed_again(tmp_path):
    file = tmp_path / "a.js"
    file.write_bytes(b"one")
    assert gzip.decompress(statics.packed(str(file), "1")) == b"one"
    file.write_bytes(b"two")
    assert gzip.decompress(statics.packed(str(file), "2")) == b"two"
