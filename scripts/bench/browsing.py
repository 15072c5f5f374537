"""A served workbench and a Chromium that looks at it, for the benches of the page."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from app import Settings, create_app

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import chromium

PORT = 8765
PAINTED = "performance.getEntriesByName('headlight:painted').at(-1)?.duration"


@contextmanager
def served(settings: Settings | None = None, port: int = PORT) -> Iterator[str]:
    """The address of a server in this process."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings or Settings()), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=30)


@contextmanager
def browsed(*args: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox", *args])
        yield browser
        browser.close()


@contextmanager
def tab(browser: Browser) -> Iterator[Page]:
    """A page of its own, in a process of its own, on which nobody is shown around."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True)
    context.add_init_script("try { localStorage.setItem('headlight:toured', '1') } catch {}")
    context.add_init_script("performance.setResourceTimingBufferSize(5000)")  # the page's files fill the usual 250
    context.set_default_timeout(120_000)
    yield context.new_page()
    context.close()


def memory(browser: Browser) -> float:
    """MB of the largest renderer, its share of what processes have in common included (PSS). Linux alone."""
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return max(pss(process["id"]) for process in processes if process["type"] == "renderer")


def pss(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
