"""The servers that the tests speak to. Only settings that a test gives count, none of the environment."""

import contextlib
import functools
import os
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
import uvicorn
from fastapi.testclient import TestClient

from app import Settings, create_app

HELPERS = ("api", "browser", "lessons", "refusals", "vetting", "worker")
pytest.register_assert_rewrite(*HELPERS)  # told in full, as in a test

SMALL = {"device": "cpu", "threads": 1}  # one thread is the quickest for models of this size


def pytest_collection_modifyitems(items):
    """The browser's tests come last: Playwright leaves an event loop running in this thread."""
    items.sort(key=lambda item: item.path.is_relative_to(Path(__file__).parent / "browser"))


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_outside():
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith("HEADLIGHT_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def serve():
    """serve(deadline=1): a client of a server with this setting. The same settings give the same server."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def client(**settings):
            app = create_app(Settings(**{**SMALL, **settings}))
            return stack.enter_context(TestClient(app, base_url="http://localhost"))

        yield client


@pytest.fixture(scope="session")
def client(serve):
    return serve()


@pytest.fixture(scope="session")
def live():
    """A server on a real socket, for what only a socket shows: its `app`, its `port`, and a `client` of it."""
    app = create_app(Settings(**SMALL))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, server_header=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        yield SimpleNamespace(app=app, port=port, client=client)
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The folder of a small real model of a family, as transformers saves it; of each one."""
    from real_models import saved

    made = {}

    def of(family, **config):
        key = family, *config.items()
        if key not in made:
            made[key] = saved(tmp_path_factory.mktemp("model"), family, **config)
        return made[key]

    return of
