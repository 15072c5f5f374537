"""Bring the Chinese catalog up to date with the sentences in the code: `.venv/bin/python scripts/messages.py`.

New sentences come in without a translation, which tests/test_i18n.py then asks for; those that no code says go out.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CHINESE = ROOT / "app" / "locale" / "zh_CN" / "LC_MESSAGES" / "messages.po"
IN_JAVASCRIPT = re.compile(r'\bt(?:\.value)?\(\s*("(?:[^"\\]|\\.)*")')  # t("..."), in template literals too
KEYWORDS: dict[str, Any] = {"_": None, "N_": None}


def javascript(file: BinaryIO, *_: Any, options: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel's own reader loses what stands in a template literal beside an object, t("...", {name: value})."""
    source = file.read().decode()
    for match in IN_JAVASCRIPT.finditer(source):
        yield source.count("\n", 0, match.start()) + 1, "_", ast.literal_eval(match[1]), []


HEADER = rb'''msgid ""
msgstr ""
"Language: zh_CN\n"
"Content-Type: text/plain; charset=utf-8\n"

'''
METHODS: dict[str, tuple[str, Any]] = {
    "app": ("**.py", "python"), "templates": ("**.html", "jinja2"), "static/js": ("**.js", javascript),
}


def template(root: Path = ROOT) -> Catalog:
    """Every sentence that is shown, and the files that say it."""
    catalog = Catalog(fuzzy=False)
    for folder, method in METHODS.items():
        found = extract_from_dir(str(root / folder), [method], keywords=KEYWORDS)
        for name, _, message, comments, context in found:
            catalog.add(message, locations=[(f"{folder}/{name}", None)], auto_comments=comments, context=context)
    return catalog


def main() -> None:
    with CHINESE.open("rb") as file:
        catalog = read_po(file, locale="zh_CN")
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    written = io.BytesIO(HEADER)
    written.seek(0, io.SEEK_END)
    write_po(written, catalog, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)
    CHINESE.write_bytes(written.getvalue())
    empty = sum(not message.string for message in catalog if message.id)
    print(f"{len(catalog)} sentences, {empty} without a translation")


if __name__ == "__main__":
    main()
