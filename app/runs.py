"""Runs of a model: off the event loop, one at a time, each distinct one once.

One worker thread has the model to itself: torch uses the cores from there, and two forwards at once would only slow
each other. Requests that want the same run while it waits or is under way share it. What was begun is finished, for
the cache, even when nobody waits any more; what was not begun is dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import torch

from .refusals import Refusal

T = TypeVar("T")
Work = Callable[[], Any]


def done(work: Work) -> Any:
    return work()


@dataclass
class Flight:
    """A run that waits or is under way, and how many requests wait for it."""

    future: Future[Any]
    waiting: int = 0


class Runs:
    """Used from one event loop."""

    def __init__(self, threads: int, max_queue: int, deadline: float, bounded: Callable[[Work], Any] = done):
        """bounded: does each piece of work, in the worker"""
        self.max_queue, self.deadline, self._bounded = max_queue, deadline, bounded
        prepare = (lambda: torch.set_num_threads(threads)) if threads else None
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="model", initializer=prepare)
        self._flights: dict[Hashable, Flight] = {}
        self._streams: set[Hashable] = set()  # the keys of those that are open: one in a step is in _flights too

    async def run(self, key: Hashable, work: Callable[[], T]) -> T:
        """What `work` returns, computed in the worker; equal keys at the same time share one computation.

        Raises Refusal: `busy` when too many wait already, `deadline` when it takes too long; and whatever work raises.
        """
        if key not in self._flights:
            self._admit()
        return await self._share(key, work)

    async def each(self, steps: Callable[[], Iterator[T]]) -> AsyncGenerator[T]:
        """What an iterator made in the worker yields. Other runs come between two steps; closing this stops it."""
        self._admit()
        key, end = object(), object()
        self._streams.add(key)
        iterator: Iterator[T] | None = None
        try:
            iterator = await self._share(key, steps)
            while (step := await self._share(key, lambda: next(iterator, end))) is not end:
                yield step  # type: ignore[misc]
        finally:
            self._streams.discard(key)
            with suppress(RuntimeError):  # the server is shutting down and takes no more work
                self._worker.submit(getattr(iterator, "close", lambda: None))

    def later(self, work: Callable[[], None]) -> None:
        """Work that nobody waits for, after what waits already."""
        self._worker.submit(self._bounded, work)

    def close(self) -> None:
        self._worker.shutdown(cancel_futures=True)

    def _admit(self) -> None:
        if len(self._flights.keys() | self._streams) >= self.max_queue:
            raise Refusal("busy", retry_after=2)

    async def _share(self, key: Hashable, work: Callable[[], T]) -> T:
        flight = self._flights.get(key) or self._start(key, work)
        flight.waiting += 1
        result = asyncio.wrap_future(flight.future)
        result.add_done_callback(seen)
        try:
            return await asyncio.wait_for(asyncio.shield(result), self.deadline)
        except TimeoutError:
            raise Refusal("deadline", retry_after=5, limit=round(self.deadline)) from None
        finally:
            flight.waiting -= 1
            if not flight.waiting and flight.future.cancel():
                self._land(key, flight)

    def _start(self, key: Hashable, work: Callable[[], Any]) -> Flight:
        loop = asyncio.get_running_loop()
        flight = self._flights[key] = Flight(self._worker.submit(self._bounded, work))
        flight.future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._land, key, flight))
        return flight

    def _land(self, key: Hashable, flight: Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


def seen(result: asyncio.Future[Any]) -> None:
    """Look at an error that nobody waits for any more: asyncio would log it, with what it says."""
    if not result.cancelled():
        result.exception()
