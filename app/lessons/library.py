"""The lessons there are: a document each, read again when its file changes."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from model.zoo import Model

from ..paths import folder
from .checks import TEST, check
from .damage import Damaged
from .filling import Filling
from .tree import Node, parse

log = logging.getLogger("headlight")

FILE = re.compile(r"(?P<slug>(?:\d\d-)?[a-z0-9-]+)\.(?P<lang>en|zh)\.html")


@dataclass(frozen=True)
class Lesson:
    """One document in one language."""

    path: Path
    slug: str
    lang: str

    @cached_property
    def article(self) -> Node:
        """Checked. Raises Damaged."""
        try:
            article = parse(self.path.read_text("utf-8"))
            check(article, test=self.slug == TEST)
        except Damaged as damage:
            damage.file = self.path.name
            raise
        except UnicodeDecodeError:
            raise Damaged(1, "this is not UTF-8.", self.path.name) from None
        return article

    @property
    def number(self) -> int | None:
        return int(self.slug[:2]) if self.slug[:2].isdigit() else None

    @property
    def title(self) -> str:
        return self.article.all("h1")[0].text

    @property
    def goal(self) -> str:
        return self.article.all("p", "goal")[0].text

    @property
    def minutes(self) -> int:
        return int(self.article.attributes["data-minutes"])

    @property
    def exercises(self) -> list[str]:
        """The names of what there is to do: what a reader's progress is told of."""
        return [node.attributes["name"] for node in self.article if "name" in node.attributes]


class Library:
    """Used in the model worker: what fills a lesson runs models."""

    def __init__(self, load: Callable[[str], Model], at: Path | None = None):
        self.load, self.at = load, at
        self._lessons: dict[Path, tuple[tuple[int, int], Lesson]] = {}
        self._pages: dict[Path, tuple[Lesson, str | Damaged]] = {}

    def lessons(self, lang: str) -> list[Lesson]:
        """In their order, the test last."""
        folder_ = self.at or folder("templates") / "lessons"
        found = [lesson for path in sorted(folder_.glob("*.html")) if (lesson := self.lesson(path)) is not None]
        return sorted((one for one in found if one.lang == lang), key=lambda one: (one.number is None, one.slug))

    def lesson(self, path: Path) -> Lesson | None:
        """What lies there now; None where the file's name is no lesson's."""
        named, stat = FILE.fullmatch(path.name), path.stat()
        if named is None:
            return None
        mark = (stat.st_mtime_ns, stat.st_size)
        if path not in self._lessons or self._lessons[path][0] != mark:
            self._lessons[path] = mark, Lesson(path, named["slug"], named["lang"])
        return self._lessons[path][1]

    def has(self, lesson: Lesson) -> bool:
        """Whether it is filled already, or known to be damaged."""
        had = self._pages.get(lesson.path)
        return had is not None and had[0] is lesson

    def filled(self, lesson: Lesson) -> str:
        """The <article> with its numbers. Raises Damaged."""
        if not self.has(lesson):
            found: str | Damaged
            try:
                found = Filling(lesson.article, lesson.lang, self.load).filled().html()
            except Damaged as damage:
                damage.file, found = lesson.path.name, damage
            self._pages[lesson.path] = lesson, found
        page = self._pages[lesson.path][1]
        if isinstance(page, Damaged):
            raise page
        return page
