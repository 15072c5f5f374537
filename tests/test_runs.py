import asyncio
import threading
from contextlib import aclosing, asynccontextmanager

import pytest
import torch

from app.refusals import Refusal
from app.runs import Runs


@asynccontextmanager
async def running(threads=0, max_queue=64, deadline=10.0):
    runs = Runs(threads, max_queue, deadline)
    try:
        yield runs
    finally:
        runs.close()


class Held:
    """Work that waits in the worker until it is let go, and tells when it has begun."""

    def __init__(self, result=None):
        self.result, self.begun, self.let_go, self.times = result, threading.Event(), threading.Event(), 0

    def __call__(self):
        self.times += 1
        self.begun.set()
        assert self.let_go.wait(10)
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


async def started(*coroutines):
    """Tasks that have come as far as they can by themselves."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    await settled()
    return tasks


async def settled():
    for _ in range(5):
        await asyncio.sleep(0)


def test_identical_requests_in_flight_run_once():
    async def scene():
        async with running() as runs:
            work = Held("result")
            tasks = await started(*(runs.run("key", work) for _ in range(5)))
            work.let_go.set()
            assert await asyncio.gather(*tasks) == ["result"] * 5
            assert work.times == 1

    asyncio.run(scene())


def test_what_has_landed_is_run_again():
    async def scene():
        async with running() as runs:
            numbers = iter(range(2))
            assert await runs.run("key", lambda: next(numbers)) == 0
            await settled()
            assert await runs.run("key", lambda: next(numbers)) == 1

    asyncio.run(scene())


def test_different_requests_wait_for_each_other_and_run_in_the_order_they_came():
    async def scene():
        async with running() as runs:
            under_way, order = threading.Lock(), []

            def work(number):
                assert under_way.acquire(blocking=False), "two runs at once"
                order.append(number)
                under_way.release()
                return number

            numbers = range(20)
            assert await asyncio.gather(*(runs.run(n, lambda n=n: work(n)) for n in numbers)) == list(numbers)
            assert order == list(numbers)

    asyncio.run(scene())


def test_the_event_loop_goes_on_while_the_worker_is_busy():
    async def scene():
        async with running() as runs:
            work = Held()
            (task,) = await started(runs.run("key", work))
            assert await asyncio.to_thread(work.begun.wait, 10)
            await settled()  # would never come back if the run held up the loop
            assert not task.done()
            work.let_go.set()
            await task

    asyncio.run(scene())


def test_a_full_queue_refuses_new_work_but_still_shares_the_old():
    async def scene():
        async with running(max_queue=2) as runs:
            first, second = Held(1), Held(2)
            tasks = await started(runs.run("first", first), runs.run("second", second))
            with pytest.raises(Refusal) as refused:
                await runs.run("third", lambda: 3)
            assert refused.value.slug == "busy"
            assert int(refused.value.headers["Retry-After"]) > 0
            tasks += await started(runs.run("second", second))
            first.let_go.set()
            second.let_go.set()
            assert await asyncio.gather(*tasks) == [1, 2, 2]
            assert await runs.run("third", lambda: 3) == 3

    asyncio.run(scene())


def test_who_waits_too_long_is_refused_and_the_run_still_lands():
    async def scene():
        async with running(deadline=0.02) as runs:
            landed, work = [], Held("late")
            with pytest.raises(Refusal) as refused:
                await runs.run("key", lambda: landed.append(work()))
            assert refused.value.slug == "deadline"
            assert int(refused.value.headers["Retry-After"]) > 0
            work.let_go.set()
            runs.deadline = 10
            await runs.run("after", lambda: None)
            assert landed == ["late"]

    asyncio.run(scene())


def test_what_nobody_waits_for_any_more_is_not_begun():
    async def scene():
        async with running(deadline=0.02) as runs:
            first, never = Held(), Held()
            outcomes = await asyncio.gather(runs.run(1, first), runs.run(2, never), return_exceptions=True)
            assert [outcome.slug for outcome in outcomes] == ["deadline", "deadline"]
            first.let_go.set()
            runs.deadline = 10
            await runs.run("after", lambda: None)
            assert (first.times, never.times) == (1, 0)

    asyncio.run(scene())


def test_a_request_that_leaves_does_not_stop_the_run_of_those_who_stay():
    async def scene():
        async with running() as runs:
            before, shared = Held(), Held("shared")
            _, leaver, stayer = await started(runs.run(0, before), runs.run(1, shared), runs.run(1, shared))
            leaver.cancel()
            await settled()
            before.let_go.set()
            shared.let_go.set()
            assert await stayer == "shared"
            assert leaver.cancelled()

    asyncio.run(scene())


def test_a_failure_reaches_everyone_who_waited_and_poisons_nothing():
    async def scene():
        async with running() as runs:
            work = Held(ArithmeticError("no"))
            tasks = await started(*(runs.run("key", work) for _ in range(3)))
            work.let_go.set()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [ArithmeticError] * 3
            await settled()
            assert await runs.run("key", lambda: "well") == "well"

    asyncio.run(scene())


def test_the_worker_has_the_threads_that_were_asked_for():
    async def scene():
        async with running(threads=1) as runs:
            assert await runs.run("key", torch.get_num_threads) == 1

    before = torch.get_num_threads()
    try:
        asyncio.run(scene())
    finally:
        torch.set_num_threads(before)


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


def test_closing_drops_what_was_not_begun():
    async def scene():
        runs = Runs(0, 64, 10.0)
        first, never = Held(1), Held(2)
        tasks = await started(runs.run(1, first), runs.run(2, never))
        assert await asyncio.to_thread(first.begun.wait, 10)
        first.let_go.set()
        runs.close()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert outcomes[0] == 1
        assert isinstance(outcomes[1], asyncio.CancelledError)
        assert never.times == 0

    asyncio.run(scene())
