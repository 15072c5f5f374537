"""Streams in the worker: step by step, between other work, and closed when nobody reads them."""

import asyncio
import threading
from contextlib import aclosing

import pytest
from worker import Held, running, settled, started

from app.refusals import Refusal


class Counting:
    """Counts in the worker, remembers which thread asked, and tells when it was closed."""

    def __init__(self, *steps):
        self.steps, self.told, self.threads, self.closed = steps, [], set(), threading.Event()

    def __call__(self):
        try:
            for step in self.steps:
                self.threads.add(threading.current_thread().name)
                if callable(step):
                    step = step()
                self.told.append(step)
                yield step
        finally:
            self.closed.set()


def test_a_stream_yields_what_its_iterator_yields_from_the_worker():
    async def scene():
        async with running() as runs:
            counting = Counting(1, 2, 3)
            assert [step async for step in runs.each(counting)] == [1, 2, 3]
            (name,) = counting.threads
            assert name.startswith("model")

    asyncio.run(scene())


def test_streams_and_runs_come_between_each_others_steps():
    async def scene():
        async with running() as runs:
            order = []

            async def read(name):
                async for step in runs.each(Counting(1, 2, 3)):
                    order.append(f"{name}{step}")

            await asyncio.gather(read("a"), read("b"))
            assert order == ["a1", "b1", "a2", "b2", "a3", "b3"]
            async with aclosing(runs.each(Counting(1, 2))) as stream:
                assert await anext(stream) == 1
                assert await runs.run("between", lambda: "between") == "between"
                assert await anext(stream) == 2

    asyncio.run(scene())


def test_closing_a_stream_stops_it():
    async def scene():
        async with running() as runs:
            counting = Counting(*range(100))
            async with aclosing(runs.each(counting)) as stream:
                assert await anext(stream) == 0
            assert await asyncio.to_thread(counting.closed.wait, 10)
            assert counting.told == [0]

    asyncio.run(scene())


def test_a_stream_cancelled_in_the_middle_of_a_step_is_closed_after_it():
    async def scene():
        async with running() as runs:
            work = Held(1)
            counting = Counting(work, 2)
            stream = runs.each(counting)
            (task,) = await started(anext(stream))
            assert await asyncio.to_thread(work.begun.wait, 10)
            task.cancel()
            await settled()
            work.let_go.set()
            assert await asyncio.to_thread(counting.closed.wait, 10)
            assert counting.told == [1]

    asyncio.run(scene())


def test_a_stream_takes_one_place_in_the_queue_in_a_step_and_between_two():
    async def scene():
        async with running(max_queue=2) as runs:
            work = Held(2)
            stream = runs.each(Counting(1, work))
            assert await anext(stream) == 1
            other = runs.each(Counting(1))
            assert await anext(other) == 1
            with pytest.raises(Refusal, match="busy"):
                await runs.run("third", lambda: None)
            await other.aclose()

            (step,) = await started(anext(stream))
            assert await asyncio.to_thread(work.begun.wait, 10)
            (run,) = await started(runs.run("second", lambda: "second"))
            with pytest.raises(Refusal, match="busy"):
                await anext(runs.each(Counting(1)))
            work.let_go.set()
            assert (await step, await run) == (2, "second")
            await stream.aclose()

    asyncio.run(scene())


@pytest.mark.parametrize("slug", ["deadline", "failure"])
def test_a_stream_that_goes_wrong_gives_its_place_back(slug):
    async def scene():
        async with running(max_queue=1, deadline=10) as runs:
            work = Held(ArithmeticError("no") if slug == "failure" else 2)
            counting = Counting(1, work)
            stream = runs.each(counting)
            assert await anext(stream) == 1
            if slug == "failure":
                work.let_go.set()
                with pytest.raises(ArithmeticError):
                    await anext(stream)
            else:
                runs.deadline = 0.02
                with pytest.raises(Refusal, match="deadline"):
                    await anext(stream)
                work.let_go.set()
                runs.deadline = 10
            assert await asyncio.to_thread(counting.closed.wait, 10)
            await settled()
            assert [step async for step in runs.each(Counting(7))] == [7]

    asyncio.run(scene())
