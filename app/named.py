"""A model that was named at the start: what it is called, how far it is, and how long it stays."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Any, Literal

from model import zoo

from .refusals import Refusal

State = Literal["waiting", "loading", "ready", "unloaded", "failed"]
HOLD = 20  # seconds at most, as long as a request waits for its run


@dataclass
class Named:
    """A model that was named at the start, and how far it is."""

    id: str
    source: str | Path  # a folder, or a name of the hub
    state: State = "waiting"
    problem: Refusal | None = None  # why it failed, or why it waits
    detail: str = ""  # the same for whoever runs this, with files and tensors; never for a client
    bytes: int = 0  # of parameters and buffers, once they were read
    begun: float = 0.0
    seconds: float = 0.0  # that the last reading took
    used: float = 0.0
    since: float = 0.0  # when it was there
    owed: int = 0  # requests that were turned away until it was there, less those that got it since
    model: zoo.Model | None = field(default=None, repr=False)
    info: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def elapsed(self) -> float:
        """Seconds that reading it takes so far, or took."""
        return time.monotonic() - self.begun if self.state == "loading" else self.seconds

    def held(self, now: float) -> float:
        """Seconds that it stays at least, for those who wait for it."""
        return max(0.0, self.since + HOLD - now) if self.owed else 0.0

    def told(self, lang: str) -> dict[str, Any]:
        """What the API says of it: all where it has been read, else what it is called and how far it is."""
        source = "folder" if isinstance(self.source, Path) else "hub"
        told = {"title": title(self.source), **self.info, "id": self.id, "source": source, "state": self.state}
        if self.state == "loading":
            told["seconds"] = round(self.elapsed, 1)
        if self.problem:
            told |= {"problem": self.problem.slug, "detail": self.problem.problem(lang, "")["detail"]}
        return told


def title(source: str | Path) -> str:
    """The last part of a path or a name."""
    return str(source).replace("\\", "/").rstrip("/").rpartition("/")[2]


def named(sources: Sequence[str | Path]) -> list[str]:
    """An id for each: of lower-case letters, digits, `.`, `_` and `-`; no two alike, and none of a shipped one."""
    taken, ids = {*zoo.ids(), *zoo.OTHERS}, list[str]()
    for source in sources:
        stem = re.sub(r"[^a-z0-9._-]+", "-", title(source).lower()).strip(".-") or "model"
        ids.append(next(id for id in chain([stem], (f"{stem}-{n}" for n in count(2))) if id not in taken))
        taken.add(ids[-1])
    return ids
