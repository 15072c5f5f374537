import re
from pathlib import Path
from string import Formatter

import messages
import pytest
from babel.messages.pofile import read_po
from starlette.requests import HTTPConnection

from app import i18n
from app.refusals import KINDS

with i18n.CHINESE.open("rb") as file:
    CATALOG = [message for message in read_po(file, locale="zh_CN") if message.id]
ROOT = Path(__file__).resolve().parent.parent
CHINESE = re.compile("[\u4e00-\u9fff]")


def placeholders(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_the_catalog_holds_the_sentences_of_the_code_and_no_others():
    said = {message.id for message in messages.template() if message.id}
    assert {message.id for message in CATALOG} == said


def test_every_sentence_is_translated():
    assert [message.id for message in CATALOG if not message.string or message.fuzzy] == []


@pytest.mark.parametrize("message", CATALOG, ids=lambda message: message.id[:40])
def test_a_translation_has_the_placeholders_of_its_sentence(message):
    assert placeholders(message.string) == placeholders(message.id)


def test_no_sentence_is_its_own_translation_unless_it_has_no_words():
    for message in CATALOG:
        words = re.sub(r"\{\w+\}|[A-Z_]{2,}", "", message.id)
        assert CHINESE.search(message.string) or not re.search(r"[a-z]{4,}", words), message.id


@pytest.mark.parametrize(
    "path", [i18n.CHINESE, *ROOT.glob("*.zh-CN.md"), *sorted((ROOT / "model").rglob("*.zh-CN.md"))], ids=str
)
def test_a_score_is_not_taken_for_a_fraction(path):
    """分数 alone means either."""
    assert re.findall("(?<!注意力)分数", path.read_text("utf-8")) == []


def test_every_refusal_is_told_in_both_languages():
    for slug, kind in KINDS.items():
        values = dict.fromkeys(placeholders(kind.detail), 7)
        english, chinese = (i18n.translate(lang, kind.detail, **values) for lang in ("en", "zh"))
        assert not CHINESE.search(english), slug
        assert CHINESE.search(chinese), slug
        assert CHINESE.search(i18n.translate("zh", kind.title)), slug
        assert "{" not in english + chinese, slug


def test_what_has_no_translation_stays_english():
    assert i18n.translate("zh", "Never said, {n} times", n=3) == "Never said, 3 times"


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "en"),
        ("en", "en"),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh-Hant-TW", "zh"),
        ("ZH-cn", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("en;q=0.3, zh;q=0.7", "zh"),
        ("fr, zh-TW;q=0.8, en;q=0.5", "zh"),
        ("fr, de", "en"),
        ("*", "en"),
        ("zh;q=0", "en"),
        ("zh;q=0, en;q=0", "en"),
        ("en;q=0.5, zh;q=0.5", "en"),  # the first said of two that are equally welcome
        ("zh;q=0.5, en;q=0.5", "zh"),
        ("zh ; q=0.9 , en ; q=0.1", "zh"),
        ("en;q=high, zh;q=0.1", "zh"),
        ("en;q=nan, zh;q=0.1", "zh"),
        ("en;q=-1, zh;q=0.1", "zh"),
        (";;,,;q=1,=", "en"),
        ("zhuang", "en"),
        ("fr," * 100_000 + "zh", "en"),  # only so much of it is read
    ],
)
def test_the_first_language_that_we_have_is_taken(header, lang):
    assert i18n.negotiate(header) == lang


def connection(query, accepted):
    headers = [(b"accept-language", accepted.encode())]
    return HTTPConnection({"type": "http", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("query", "accepted", "lang"),
    [
        ("lang=zh", "en", "zh"),
        ("lang=en", "zh-CN", "en"),
        ("lang=fr", "zh-CN", "zh"),
        ("lang=", "zh-CN", "zh"),
        ("lang=ZH", "en", "en"),
        ("language=zh", "en", "en"),
        ("", "zh-CN", "zh"),
    ],
)
def test_the_address_says_the_language_before_the_browser_does(query, accepted, lang):
    assert i18n.language(connection(query, accepted)) == lang


def test_the_script_finds_sentences_in_each_kind_of_file(tmp_path):
    files = {
        "app/one.py": 'N_("from Python, {n}")\n',
        "templates/one.html": "{{ _('from a template') }}",
        "static/js/views/one.js": 't.value("from JavaScript"); html`${t("in a literal {n}", {n: 1})}`',
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    found = {message.id: [place for place, _ in message.locations] for message in messages.template(tmp_path)}
    found.pop("", None)
    assert found == {
        "from Python, {n}": ["app/one.py"],
        "from a template": ["templates/one.html"],
        "from JavaScript": ["static/js/views/one.js"],
        "in a literal {n}": ["static/js/views/one.js"],
    }


def test_the_script_brings_new_sentences_in_and_drops_old_ones(tmp_path, monkeypatch, capsys):
    path = tmp_path / "messages.po"
    old = i18n.CHINESE.read_text(encoding="utf-8").replace('msgid "Not JSON"', 'msgid "No more said"')
    path.write_text(old, encoding="utf-8")
    monkeypatch.setattr(messages, "CHINESE", path)
    messages.main()
    with path.open("rb") as file:
        after = {message.id: message.string for message in read_po(file, locale="zh_CN") if message.id}
    assert after["Not JSON"] == ""
    assert "No more said" not in after
    assert "1 without a translation" in capsys.readouterr().out
    kept = {message.id: message.string for message in CATALOG if message.id != "Not JSON"}
    assert {id: string for id, string in after.items() if id != "Not JSON"} == kept
