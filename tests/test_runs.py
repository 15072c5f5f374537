"""Runs in the worker: one at a time, shared by all who ask, refused when too many or too long."""

import asyncio
import os
import subprocess
import sys
import threading

import pytest
import torch
from worker import Held, running, settled, started

from app.refusals import Refusal
from app.runs import Runs


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


def test_idle_threads_of_a_run_sleep_unless_the_operator_says_otherwise():
    told = "import sys, os, app; print(os.environ['OMP_WAIT_POLICY'])"
    for given, policy in (({}, "PASSIVE"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE")):
        env = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"} | given
        out = subprocess.run([sys.executable, "-c", told], env=env, capture_output=True, text=True, check=True).stdout
        assert out.strip() == policy
