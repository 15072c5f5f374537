"""static/vendor is what its manifest says: every file hashed, every package licensed, every import there."""

import hashlib
import json
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())
TITLES = {"MIT": "MIT License", "Apache-2.0": "Apache License"}  # the licences we take
FILES = {path: digest for entry in MANIFEST for path, digest in entry["files"].items()}


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_the_one_in_the_manifest(path: str) -> None:
    assert hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() == FILES[path]


def test_no_file_lies_there_that_the_manifest_does_not_know() -> None:
    present = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert present == {*FILES, "manifest.json", "importmap.json"}


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["package"])
def test_a_package_comes_with_its_licence(entry: dict) -> None:
    [licence] = [path for path in entry["files"] if path.endswith("/LICENSE")]
    assert TITLES[entry["licence"]] in (VENDOR / licence).read_text()


def test_every_bare_name_leads_to_a_vendored_file() -> None:
    imports = json.loads((VENDOR / "importmap.json").read_text())["imports"]
    assert {url.removeprefix("/static/vendor/") for url in imports.values()} <= set(FILES)


@pytest.mark.parametrize("path", [path for path in FILES if path.endswith((".js", ".css"))])
def test_no_file_points_to_a_source_map_we_do_not_ship(path: str) -> None:
    assert b"sourceMappingURL" not in (VENDOR / path).read_bytes()
