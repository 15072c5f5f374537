"""What a command says while it is at work: on standard error, as that carries no result."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def progress(doing: str) -> Iterator[None]:
    """A line with what is done; at a terminal the seconds it takes so far behind it."""
    if not sys.stderr.isatty():
        print(doing, file=sys.stderr, flush=True)
        yield
        return
    done, begun = Event(), time.monotonic()

    def tick() -> None:
        while True:
            print(f"\r{doing} {time.monotonic() - begun:.0f} s", end="", file=sys.stderr, flush=True)
            if done.wait(0.5):
                return

    ticking = Thread(target=tick, daemon=True)
    ticking.start()
    try:
        yield
    finally:
        done.set()
        ticking.join()
        print(file=sys.stderr)
