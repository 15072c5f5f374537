"""A browser keeps the page's files, and asks for those that have changed."""

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
