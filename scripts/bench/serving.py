"""32 clients at once, beside a naive server: `.venv/bin/python scripts/bench/serving.py`.

Both serve traces of the shipped decoder, 4 x 4 heads, d_model 128, with the same settings, for texts of 32 tokens, each
of which is new, so that no cache answers: every query, key and value, as safetensors. The naive one is a FastAPI
`async def` route that runs the model where it stands; it has our own code for the run and the bytes, and its idle
threads sleep like ours: what differs is the server. Each server is a process of its own; the clients, in this one,
keep their connections. The servers take turns, for a few seconds each. Requests that are turned away count as none.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

import uvicorn
import wide
from fastapi import FastAPI, Response

from app import Settings, create_app
from app.answers import Answers
from app.schemas import TraceRequest
from app.wire import SAFETENSORS
from model import zoo

PORTS = {"Headlight": 8766, "naive": 8767}
N = 32  # tokens
NAMES = ["*.q", "*.k", "*.v", "*.log_denominator"]
SECONDS, ROUNDS = 2, 5


def texts() -> Iterator[str]:
    """Each of N tokens, the special ones included."""
    drawn, first, *rest = random.Random(0), *wide.text("decoder", N).split()
    while True:
        yield " ".join([first, *drawn.choices(wide.WORDS, k=len(rest))])


def naive() -> FastAPI:
    app, answers = FastAPI(), Answers(Settings(answer_cache=0, trace_cache=0))

    @app.post("/api/trace")
    async def trace(body: TraceRequest) -> Response:
        return Response(answers.trace(body, SAFETENSORS).body, media_type=SAFETENSORS)

    return app


async def client(port: int, until: float, requests: Iterator[str]) -> list[float]:
    """Seconds of each answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    taken = []
    while (begun := time.perf_counter()) < until:
        body = json.dumps({"model": "decoder", "text": next(requests), "names": NAMES}).encode()
        head = "POST /api/trace HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        writer.write(f"{head}{len(body)}\r\n\r\n".encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        await reader.readexactly(int(answer.partition("content-length:")[2].split()[0]))
        if answer.split()[1] == "200":
            taken.append(time.perf_counter() - begun)
    writer.close()
    return taken


async def clients(port: int, count: int, requests: Iterator[str]) -> tuple[float, float, float]:
    """-> requests a second, p50 and p99 in ms"""
    begun = time.perf_counter()
    all_taken = await asyncio.gather(*(client(port, begun + SECONDS, requests) for _ in range(count)))
    taken = [1e3 * seconds for one in all_taken for seconds in one]
    return len(taken) / (time.perf_counter() - begun), statistics.median(taken), percentile(taken, 99)


def percentile(values: list[float], percent: int) -> float:
    """The least of the values that so many percent of them do not exceed."""
    return sorted(values)[-(-len(values) * percent // 100) - 1]


def begin(name: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, __file__, "--serve", name])


def main() -> None:
    requests = texts()
    n = len(zoo.load("decoder").tokens(next(requests))["target"])
    assert n == N, f"a text of {n} tokens"
    servers = [begin(name) for name in PORTS]
    print(f"Load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")
    try:
        time.sleep(10)  # they load their models
        for count in (32, 1):
            found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in PORTS}
            for _ in range(ROUNDS):
                for name, port in PORTS.items():
                    found[name].append(asyncio.run(clients(port, count, requests)))
            medians = {
                name: [statistics.median(one) for one in zip(*rounds, strict=True)] for name, rounds in found.items()
            }
            for name, (rate, p50, p99) in medians.items():
                print(f"{count} clients, {name}: {rate:.0f} requests/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms")
            ratios = [ours / theirs for ours, theirs in zip(*medians.values(), strict=True)]
            print(
                f"{count} clients, ratio: requests/s {ratios[0]:.2f}, p50 {ratios[1]:.2f}, p99 {ratios[2]:.2f}",
                flush=True,
            )
    finally:
        for server in servers:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", choices=PORTS, help=argparse.SUPPRESS)
    if name := parser.parse_args().serve:
        app = naive() if name == "naive" else create_app(Settings())
        uvicorn.run(app, port=PORTS[name], log_level="warning")
    else:
        main()
