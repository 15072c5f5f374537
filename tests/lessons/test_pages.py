"""The pages of the lessons as they are served."""

import re
import shutil
import threading

import pytest
from fastapi.testclient import TestClient
from lessons.documents import FOLDER

from app import Settings, create_app
from app.lessons import Library
from model import zoo

SLUG = "04-scaled-dot-product"
LANGS = ["en", "zh"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_list_names_every_lesson(client, lang):
    page = client.get("/lessons", headers={"Accept-Language": lang}).text
    slugs = [path.name.removesuffix(f".{lang}.html") for path in sorted(FOLDER.glob(f"*.{lang}.html"))]
    assert re.findall(r'data-slug="([^"]+)"', page) == slugs
    assert all(f'href="/lessons/{slug}?lang={lang}"' in page for slug in slugs)


@pytest.mark.parametrize("lang", LANGS)
def test_a_lesson_is_filled_in_and_leads_on(client, lang):
    response = client.get(f"/lessons/{SLUG}?lang={lang}")
    assert response.status_code == 200
    assert response.headers["vary"] == "Accept-Language"
    assert "[0.4136 0.1522 0.0206 0.4136]" in response.text and "1.2409" in response.text
    other = "en" if lang == "zh" else "zh"
    assert f'href="?lang={other}"' in response.text  # the language is switched without leaving
    for address in re.findall(r'(?:href|src)="(/[^"]*)"', response.text):
        assert client.get(address).status_code == 200, address


def test_who_sees_the_list_has_the_lessons_filled_meanwhile(damaged):
    library = damaged.app.state.lessons
    good, *rest = library.lessons("en")
    assert not library.has(good)
    damaged.get("/lessons?lang=en")
    damaged.get("/api/models")
    damaged.app.state.runs._worker.submit(lambda: None).result()  # behind the first of them
    assert library.has(good)
    for _ in rest:
        damaged.app.state.runs._worker.submit(lambda: None).result()
    assert all(map(library.has, rest))  # what is damaged is found out once, and told to whoever opens it


@pytest.mark.parametrize(("tries", "status"), [(2, 200), (3, 200), (9, 503)])
def test_a_lesson_is_waited_for_longer_than_a_run(damaged, monkeypatch, tries, status):
    """The worker is let go when it is asked for the so-manieth time."""
    assert damaged.get("/api/models").status_code == 200  # loaded
    runs, let_go, asked = damaged.app.state.runs, threading.Event(), []
    run = runs.run

    async def counted(key, work):
        asked.append(key)
        if len(asked) == tries:
            let_go.set()
            runs.deadline = 60
        return await run(key, work)

    monkeypatch.setattr(runs, "run", counted)
    monkeypatch.setattr(runs, "deadline", 0.05)
    runs.later(let_go.wait)
    try:
        assert damaged.get(f"/lessons/{SLUG}?lang=en").status_code == status
    finally:
        let_go.set()


@pytest.mark.parametrize(("lang", "word"), [("zh", "没有"), ("en", "nothing")])
@pytest.mark.parametrize("slug", ["99-nothing", "..%2f..%2fhead", "04-scaled-dot-product.en"])
def test_what_is_no_lesson_is_not_found_in_the_visitors_language(client, lang, word, slug):
    response = client.get(f"/lessons/{slug}?lang={lang}")
    assert response.status_code == 404
    assert word in response.json()["detail"]


@pytest.fixture
def damaged(tmp_path):
    """A server with a good lesson, one that cannot be read, and one whose model is not there."""
    source = FOLDER / f"{SLUG}.en.html"
    shutil.copy(source, tmp_path / source.name)
    text = source.read_text("utf-8")
    (tmp_path / "05-broken.en.html").write_text(text.replace("<h1>", "<h1><blink>"), "utf-8")
    (tmp_path / "06-no-model.en.html").write_text(text.replace('data-model="hand-one"', 'data-model="gone"'), "utf-8")
    app = create_app(Settings(device="cpu", threads=1))
    app.state.lessons = Library(zoo.shipped, tmp_path)
    with TestClient(app, base_url="http://localhost") as client:
        yield client


def test_one_damaged_lesson_takes_no_other_with_it(damaged):
    assert damaged.get(f"/lessons/{SLUG}?lang=en").status_code == 200
    for slug in ("05-broken", "06-no-model"):
        response = damaged.get(f"/lessons/{slug}?lang=en")
        assert response.status_code == 500
        assert "This lesson is damaged" in response.text
        assert "blink" not in response.text and "gone" not in response.text
    assert damaged.get("/").status_code == 200
    listed = damaged.get("/lessons?lang=en").text
    assert re.findall(r'data-slug="([^"]+)"', listed) == [SLUG, "05-broken", "06-no-model"]
    assert listed.count("This lesson is damaged: its document") >= 1
    assert damaged.get("/lessons/05-broken?lang=zh").status_code == 404  # it is not there in Chinese
