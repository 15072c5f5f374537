"""The worker that runs models, and work for it that waits until it is let go."""

import asyncio
import threading
from contextlib import asynccontextmanager

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
