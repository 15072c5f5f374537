"""What is wrong with a lesson's document, in one sentence for its author."""

from __future__ import annotations


class Damaged(Exception):
    """`str()` names the file, where it is known, and the line."""

    def __init__(self, line: int, sentence: str, file: str = ""):
        self.line, self.sentence, self.file = line, sentence, file

    def __str__(self) -> str:
        return f"{self.file or 'document'}, line {self.line}: {self.sentence}"
