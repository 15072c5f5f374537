import re

import pytest

from model import zoo


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("id", zoo.cards())
def test_every_model_has_a_card_in_both_languages(id, lang):
    card = zoo.card(id, lang)
    assert card.startswith(f"# {id}\n")
    assert ("已知弱点" if lang == "zh" else "Known weaknesses") in card
    assert ("headlight evaluate" in card) == (id not in zoo.BY_HAND)  # what was written by hand has nothing measured


def test_both_cards_say_the_same_numbers():
    for id in zoo.cards():
        english, chinese = (numbers(zoo.card(id, lang)) for lang in ("en", "zh"))
        assert english == chinese


def numbers(card: str) -> list[str]:
    """Of the tables of figures and heads, in order."""
    return re.findall(r"-?\d+\.\d+", "".join(line for line in card.splitlines() if line.startswith("| ")))


@pytest.mark.parametrize(("lang", "heading"), [("en", "Known weaknesses"), ("zh", "已知弱点")])
def test_the_page_shows_the_card(client, lang, heading):
    page = client.get("/models/decoder", params={"lang": lang})
    assert page.status_code == 200
    assert f"<h2>{heading}</h2>" in page.text
    assert "<table>" in page.text
    rows = [line for line in zoo.card("decoder", lang).splitlines() if line.startswith("| ")]
    for cell in [cell.strip() for row in rows for cell in row.strip("|").split("|")]:
        if re.fullmatch(r"[\d.]+", cell):
            assert f">{cell}</td>" in page.text


def test_a_page_leads_to_every_other_card(client):
    page = client.get("/models/encoder").text
    for id in zoo.cards():
        assert f'href="/models/{id}?lang=en"' in page


@pytest.mark.parametrize("id", ["nobody", "decoder.md", "%2e%2e%2ftokenizer.json", "decoder.zh-CN"])
def test_there_is_no_card_of_anything_else(client, id):
    assert client.get(f"/models/{id}").status_code == 404


def test_markup_in_a_card_is_text(client, monkeypatch):
    monkeypatch.setattr(zoo, "card", lambda id, lang: "# <script>alert(1)</script>\n\n[x](javascript:alert(1))")
    page = client.get("/models/decoder").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert 'href="javascript' not in page
