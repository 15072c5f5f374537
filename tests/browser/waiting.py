"""For what no assertion of Playwright's own waits for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

RECORD = """(selector) => {
  const text = () => (document.querySelector(selector)?.textContent ?? "").replace(/\\s+/g, " ").trim();
  const seen = window.seen = [text()];
  new MutationObserver(() => { if (text() !== seen.at(-1)) seen.push(text()); })
    .observe(document.querySelector("main"), {subtree: true, childList: true, characterData: true, attributes: true});
}"""
PATIENCE = 15  # s, of a machine that has other things to do, too


def eventually(page: Page, read: Callable[[], Any], due: Any) -> None:
    """What is read comes to be what is due; the page goes on meanwhile."""
    last = time.monotonic() + PATIENCE
    while (found := read()) != due and time.monotonic() < last:
        page.wait_for_timeout(50)
    assert found == due


def still(page: Page) -> None:
    """Nothing moves or fades any more."""
    page.wait_for_function("() => document.getAnimations().every((one) => one.playState !== 'running')")


def recorded(page: Page, selector: str) -> Callable[[], list[str]]:
    """All that an element says from now on, one after the other, however short it stands; "" where there is none."""
    page.evaluate(RECORD, selector)
    return lambda: page.evaluate("window.seen")
