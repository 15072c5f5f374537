"""How the command speaks with whoever types: its help, and what it says of words that it does not take."""

from __future__ import annotations

import argparse
import re
from functools import partial
from typing import Any, NoReturn
from unicodedata import east_asian_width

from .i18n import N_, translate

HEADINGS = {"positional arguments": N_("what to give"), "options": N_("options")}
ERRORS = (  # argparse's own, which Python has in English alone
    (r"the following arguments are required: (?P<what>.+)", N_("this is missing: {what}")),
    (r"one of the arguments (?P<what>.+) is required", N_("one of these is missing: {what}")),
    (r"unrecognized arguments: (?P<what>.+)", N_("not known: {what}")),
    (r"argument (?P<what>.+?): expected (?:at least )?one argument", N_("{what} needs a value")),
    (r"argument (?P<what>.+?): not allowed with argument (?P<other>.+)", N_("{what} does not go with {other}")),
    (r"argument (?P<what>.+?): invalid choice: (?P<given>.+) \(choose from (?P<these>.+)\)",
     N_("{what} cannot be {given}; it is one of {these}")),
    (r"argument (?P<what>.+?): invalid \w+ value: (?P<given>.+)", N_("{what} cannot be {given}")),
)  # fmt: skip
STAYS = "，。；：、）》”！？"  # what begins no line
PIECES = re.compile(rf"\s+|[⺀-￯][{STAYS}]*|[^\s⺀-￯]+[{STAYS}]*")


class Parser(argparse.ArgumentParser):
    def __init__(self, *, lang: str = "en", **given: Any):
        super().__init__(add_help=False, formatter_class=partial(Formatter, lang=lang), **given)
        self.lang = lang
        self.add_argument("-h", "--help", action="help", help=translate(lang, N_("show this help and exit")))

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.format_usage()}{self.prog}: {self.told(message)}\n")

    def told(self, message: str) -> str:
        for pattern, sentence in ERRORS:
            if found := re.fullmatch(pattern, message):
                return translate(self.lang, sentence, **found.groupdict())
        return message


class Formatter(argparse.HelpFormatter):
    def __init__(self, prog: str, lang: str = "en", **given: Any):
        super().__init__(prog, **given)
        self.lang = lang

    def start_section(self, heading: str | None) -> None:
        super().start_section(translate(self.lang, HEADINGS[heading]) if heading in HEADINGS else heading)

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, translate(self.lang, N_("usage: ")) if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in wrapped(text, width - len(indent)))


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most this many columns; a Chinese character takes two, and a line may end behind any.

    >>> wrapped("一行 two words", 9)
    ['一行 two', 'words']
    """
    lines = [""]
    for piece in PIECES.findall(" ".join(text.split())):
        if columns(lines[-1] + piece.rstrip()) > width and lines[-1].strip():
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def columns(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
