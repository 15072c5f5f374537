import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.refusals import KINDS
from app.settings import Settings

DOCS = Path(__file__).parent.parent / "docs"


def rows(document):
    """The cells of every line of a document's tables."""
    lines = (DOCS / document).read_text(encoding="utf-8").splitlines()
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("| `")]


def test_every_setting_says_what_it_is_for():
    for name, field in Settings.model_fields.items():
        assert field.description and field.description.endswith("."), name


def test_the_operators_table_is_the_settings():
    expected = [
        (f"`HEADLIGHT_{name.upper()}`", f"`{field.default}`", field.description)
        for name, field in Settings.model_fields.items()
    ]
    assert rows("operations.md") == expected


def test_the_table_of_refusals_is_what_the_server_refuses():
    expected = [(f"`{slug}`", str(kind.status), kind.detail) for slug, kind in KINDS.items()]
    assert rows("api.md") == expected


def test_the_documents_name_no_place_of_a_machine():
    for document in ("operations.md", "api.md"):
        text = (DOCS / document).read_text(encoding="utf-8")
        assert not re.findall(r"(?<![\w.])/(?:root|home|work|tmp|usr|etc|var)\b", text), document
        hosts = set(re.findall(r"https?://([^/\s:)\"]+)", text))
        assert hosts <= {"127.0.0.1", "localhost", "headlight.example.org"}, document


def test_a_setting_is_read_from_the_environment_under_its_own_name(monkeypatch):
    for name, text, value in [
        ("port", "9000", 9000), ("hosts", '["a.example"]', ["a.example"]), ("device", "cpu", "cpu"),
        ("deadline", "1.5", 1.5), ("threads", "2", 2),
    ]:  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setenv(f"HEADLIGHT_{name.upper()}", text)
            patch.setenv(name.upper(), "not read")
            assert getattr(Settings(), name) == value


def test_what_is_given_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("HEADLIGHT_PORT", "9000")
    assert Settings(port=9001).port == 9001


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 0), ("port", 65536), ("device", "tpu"), ("threads", -1), ("max_body", 0), ("max_characters", 0),
        ("max_response", 0), ("max_json", 0), ("max_queue", 0), ("deadline", 0), ("body_deadline", 0),
        ("answer_cache", -1), ("trace_cache", -1), ("model_memory", -1), ("models", "a"),
        ("max_connections", 0), ("hosts", "a.example"),
    ],
)  # fmt: skip
def test_a_setting_out_of_its_range_is_refused(name, value):
    with pytest.raises(ValidationError, match=name):
        Settings(**{name: value})


def test_settings_stay_as_they_are():
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.port = 1


def test_the_settings_in_the_documents_are_ones_there_are():
    for document in ("operations.md", "api.md"):
        text = (DOCS / document).read_text(encoding="utf-8")
        named = {name.lower() for name in re.findall(r"HEADLIGHT_([A-Z_]+)", text)}
        assert named <= set(Settings.model_fields) | {"x", "lang"}, document
