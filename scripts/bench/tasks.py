"""Whether the page stalls on a long text: `.venv/bin/python scripts/bench/tasks.py FOLDER N`, of a model in a folder (a
text of bytes is as many tokens as it has characters, where the tokenizer is one of bytes).

Of everything a visitor does, the longest tasks of the page's main thread in ms of processor time, as Chromium's trace
has them: no other program that runs beside it counts. Needs the extra `test`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from browsing import browsed, served, tab
from long import WORDS
from playwright.sync_api import Browser, Page

from app.settings import Settings

CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
TASKS = {"RunTask", "ThreadControllerImpl::RunTask"}
SHOWN = 4
DONE = """document.querySelector("main")?.ariaBusy === "false" && !document.querySelector(
  ":is(.tiled, .stage, .checked, .comparison-pane)[aria-busy=true], .legend.note")"""


def idle(page: Page) -> None:
    page.wait_for_timeout(400)
    page.wait_for_function(DONE, polling=200)  # seldom: the question is a task, too
    page.wait_for_timeout(600)


def shown(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".tiled")


def longest(trace: bytes) -> list[float]:
    """Milliseconds of processor time of the tasks of the page's main thread, the longest first."""
    events: list[dict[str, Any]] = json.loads(trace)["traceEvents"]
    named = [event for event in events if event.get("name") == "thread_name"]
    main = {(event["pid"], event["tid"]) for event in named if event["args"]["name"] == "CrRendererMain"}
    tasks = [one for one in events if one["name"] in TASKS and (one["pid"], one["tid"]) in main]
    own: dict[int, float] = {}
    for one in tasks:  # both names stand for the same one
        own[one["ts"] // 100] = max(own.get(one["ts"] // 100, 0), one.get("tdur", 0) / 1000)
    return sorted(own.values(), reverse=True)[:SHOWN]


def measured(browser: Browser, page: Page, what: str, act: Callable[[], object]) -> None:
    browser.start_tracing(page=page, categories=CATEGORIES)
    act()
    idle(page)
    tasks = longest(browser.stop_tracing())
    print(f"{what}: {', '.join(f'{ms:.0f}' for ms in tasks)} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tokens", type=int)
    args = parser.parse_args()
    text = (WORDS * (args.tokens // len(WORDS) + 1))[: args.tokens]
    settings = Settings(device="cpu", models=[str(args.folder)], deadline=300)
    with served(settings) as address, browsed() as browser, tab(browser) as page:
        page.goto(address)  # the scripts are compiled
        idle(page)
        page.goto("about:blank")
        opened = f"{address}/?model={args.folder.name}&lang=en&head=1&query={args.tokens // 2}"
        measured(browser, page, "an address opened", partial(shown, page, f"{opened}#text={quote(text)}"))
        for view in ("values", "qkv", "lines", "scores", "weights"):
            measured(browser, page, view, page.locator(f"[data-view={view}]").click)
        measured(browser, page, "another head", page.locator(".head").nth(2).click)
        measured(browser, page, "a head of another block", page.locator(".head").last.click)
        for kind in ("previous", "separator"):
            measured(browser, page, f"the kind {kind}", partial(page.select_option, ".head-grid select", kind))
        measured(browser, page, "step by step", page.locator(".step-strip .toggle").click)
        film = page.locator(".film .stage")
        for i, stage in enumerate(film.all_inner_texts()):
            measured(browser, page, f"the stage {stage}", film.nth(i).click)
        page.goto("about:blank")
        for what, other in (("mask", "mask=bidirectional"), ("text", f"text={quote(text.replace('dog', 'fox'))}")):
            beside = f"{opened}&act=compare#beside={quote(other)}&text={quote(text)}"
            measured(browser, page, f"compared with another {what}", partial(shown, page, beside))
            page.goto("about:blank")


if __name__ == "__main__":
    main()
