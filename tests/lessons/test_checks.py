"""A document that is not as it should be is told of with its file and line, and nothing but that lesson is lost."""

import os

import pytest
from lessons.documents import FOLDER

from app.lessons import Damaged, Library
from model import zoo

GOOD = (FOLDER / "04-scaled-dot-product.en.html").read_text("utf-8")


@pytest.fixture
def lesson(tmp_path):
    """The lesson that a text is, found as it lies in a folder."""

    def made(text, name="04-scratch.en.html"):
        (tmp_path / name).write_text(text, "utf-8")
        library = Library(zoo.shipped, tmp_path)
        return library, library.lessons("en")[0]

    return made


def test_the_document_itself_is_good(lesson):
    library, one = lesson(GOOD)
    assert "0.4136" in library.filled(one)
    assert (one.slug, one.number, one.lang, one.minutes) == ("04-scratch", 4, "en", 9)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("<h1>One row, by hand</h1>", "<marquee>One row</marquee>", "<marquee> is no element"),
        ("<h1>One row, by hand</h1>", "", "one <h1>; here are 0"),
        ('<p class="goal">', '<p style="color: red">', 'no "style"'),
        ('<p class="goal">', '<p onclick="go()">', 'no "onclick"'),
        ('data-minutes="9"', 'data-minutes="soon"', "data-minutes"),
        ('data-minutes="9"', 'data-minutes="90"', "1 to 30"),
        ('class="lesson" data', 'class="text" data', 'class="lesson"'),
        ('<section id="because">', '<section id="why">', 'id="because" is missing'),
        ('view="stations"', 'view="hologram"', 'no view "hologram"'),
        ("<li data-right>From its own", "<li>From its own", "no option of this question is right"),
        ('once>', ">", '"query-from" is asked again nowhere'),
        ('<predict-again for="row-weights">', '<predict-again for="nobody">', "names no question"),
        ('blanks="cell"', 'blanks="some"', "is none of cell, row, table"),
        ('within="0.01"', 'within="much"', "how far an answer may be off"),
        ('misses="M2"', 'misses="M12"', '"M12" is no misconception'),
        ('of="q"', 'of="questions"', "not in the glossary"),
        ('name="row-love"', 'name="stations"', "already"),
        ('at="eating" digits', 'at="eating,9" digits', "9 is outside: d_model has 4 places"),
        ('at="eating" digits="0"', 'at="eating" digits="many"', "0 to 12"),
        ('at="eating" digits', 'at="running" digits', '"running" is there 0 times'),
        ('of="fact.row" step="dot"', 'of="fact.nothing" step="dot"', 'no fact "nothing"'),
        ('step="d_head"', 'step="height"', "does not take these words"),
        ('columns="I,love,eating,fish"', 'columns="I,love"', "name 3 × 2"),
        ('data-text="I love eating fish"', 'data-text="I love my cat"', "does not read this: unknown-word"),
        ('data-model="hand-one"', 'data-model="gpt-9"', '"gpt-9" is not here'),
        ("</article>", "", "<article> is never ended"),
        ("</section>\n</article>", "</div>\n</article>", "</div> ends here"),
        ("</article>", "</article><p>more</p>", "nothing beside it"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_and_line(lesson, was, becomes, said):
    assert was in GOOD
    library, one = lesson(GOOD.replace(was, becomes, 1))
    with pytest.raises(Damaged) as caught:
        library.filled(one)
    assert str(caught.value).startswith("04-scratch.en.html, line "), caught.value
    assert said in str(caught.value)


def test_the_line_is_the_one_where_it_is(lesson):
    lines = GOOD.splitlines()
    at = next(i for i, line in enumerate(lines, 1) if 'view="stations"' in line)
    library, one = lesson(GOOD.replace('view="stations"', 'view="hologram"'))
    with pytest.raises(Damaged) as caught:
        library.filled(one)
    assert caught.value.line == at


def test_a_document_is_read_again_when_it_changes(lesson, tmp_path):
    library, one = lesson(GOOD)
    first = library.filled(one)
    assert library.filled(library.lessons("en")[0]) is first  # from the cache
    path = tmp_path / "04-scratch.en.html"
    path.write_text(GOOD.replace("One row, by hand", "Another title"), "utf-8")
    os.utime(path, (1, 1))
    (again,) = library.lessons("en")
    assert again.title == "Another title" and "Another title" in library.filled(again)


def test_files_that_are_no_lessons_are_passed_over(lesson, tmp_path):
    library, _ = lesson(GOOD)
    for name in ("notes.html", "05-UPPER.en.html", "06-other.fr.html"):
        (tmp_path / name).write_text("not a lesson", "utf-8")
    assert [one.slug for one in library.lessons("en")] == ["04-scratch"]
