"""A real Chromium for every test in this folder, Debian's or the user's own, none is downloaded; and a real server.

Without a Chromium the tests are skipped with the reason; under CI they fail, so that a green run means they ran.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import chromium
import pytest
import uvicorn
from browser.bench import Bench
from browser.lines import Lines
from browser.player import Player
from browser.tiles import Map
from browser.training import Training
from browser.watch import Watch
from playwright.sync_api import Browser, Page, expect

from app import Settings, create_app
from app.models import Load

expect.set_options(timeout=15_000)  # of a machine that has other things to do, too


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    path = chromium.find()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(chromium.MISSING)
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's sandbox refuses to start as root
    return {**browser_type_launch_args, "executable_path": path, "args": ["--no-sandbox"] if as_root else []}


@pytest.fixture(scope="session")
def tab(browser: Browser, browser_context_args: dict) -> Iterator[Page]:
    """One for all tests: the scripts, plotly's 1.2 MB above all, are compiled once, and a page takes half the time."""
    context = browser.new_context(**browser_context_args)
    context.add_init_script("try { localStorage.setItem('headlight:toured', '1') } catch {}")  # no first visit
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    """The tab as it was before any test, in the window that DESIGN lays the page out for. The page keeps nothing
    anywhere but in its address, and that it has been seen."""
    tab.set_viewport_size({"width": 1440, "height": 900})
    yield tab
    tab.unroute_all(behavior="ignoreErrors")
    tab.set_extra_http_headers({})
    tab.emulate_media(color_scheme="null", reduced_motion="null")
    tab.goto("about:blank")
    tab.mouse.move(0, 0)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


def loaded(address: str) -> None:
    """Wait until the models are: a machine that has other things to do, too, may need longer than one request lasts."""
    last = time.monotonic() + 120
    while True:
        try:
            return urlopen(f"{address}/api/models", timeout=120).close()
        except HTTPError as refused:
            refused.close()
            if refused.code != 503 or time.monotonic() > last:
                raise


def settled(address: str) -> None:
    """Wait until no model is being read any more; transformers reads one at a time, a test's own ones too."""
    loaded(address)
    due = time.monotonic() + 120
    while {one["state"] for one in json.load(urlopen(f"{address}/api/models"))} & {"waiting", "loading"}:
        assert time.monotonic() < due
        time.sleep(0.05)


@contextmanager
def serving(settings: Settings, load: Load | None = None) -> Iterator[str]:
    """The address of a real server; it answers before its models are there."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(settings, load), log_config=None, server_header=False)
    running = uvicorn.Server(config)
    thread = Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    running.should_exit = True
    thread.join(timeout=30)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a real server with the shipped models, the same for all tests."""
    with serving(Settings(device="cpu")) as address:
        loaded(address)
        yield address


@pytest.fixture
def watch(page: Page, server: str) -> Iterator[Watch]:
    """At the end of the test the page must have complained about nothing and asked no other host."""
    watch = Watch(page, server)
    yield watch
    for event, hear in watch.heard.items():
        page.remove_listener(event, hear)
    assert watch.unexpected() == []


@pytest.fixture
def bench(page: Page, server: str, watch: Watch) -> Bench:
    return Bench(page, server, watch)


@pytest.fixture
def player(bench: Bench) -> Player:
    return Player(bench)


@pytest.fixture
def training(bench: Bench) -> Training:
    bench.page.set_viewport_size({"width": 1440, "height": 1000})  # where the panel begins unfolded
    return Training(bench)


@pytest.fixture
def lines(bench: Bench) -> Lines:
    return Lines(bench)


@pytest.fixture
def map_(bench: Bench, page: Page) -> Map:
    bench.watch.expect("willReadFrequently")  # the tests read a few pixels, the page none
    return Map(bench, page)


@pytest.fixture
def compute(page: Page, server: str, watch: object) -> Callable[[str, Any], Any]:
    """Runs a script on an empty page of the server's own origin."""
    page.route(f"{server}/empty", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(f"{server}/empty")
    return page.evaluate
