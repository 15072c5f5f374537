"""From Enter to every head painted, in Chromium: `.venv/bin/python scripts/bench/page.py`.

The page measures itself: from the key to the last canvas of the head grid drawn, the request and the forward pass
included. Each text is new to the server, so that no cache answers. Needs the extra `test`.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, sync_playwright

from app import Settings, create_app

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import chromium

ROUNDS = 9
WORDS = ("cat", "dog", "bird", "fish", "tree", "house", "river", "king", "girl")
PAINTED = "performance.getEntriesByName('headlight:painted').at(-1)?.duration"


def serve(port: int) -> uvicorn.Server:
    server = uvicorn.Server(uvicorn.Config(create_app(Settings()), port=port, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return server


def enter(page: Page, text: str) -> float:
    """Milliseconds."""
    page.evaluate("performance.clearMeasures()")
    page.fill("[name=text]", text)
    page.press("[name=text]", "Enter")
    return page.wait_for_function(PAINTED).json_value()


def main(port: int = 8765) -> None:
    server = serve(port)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        for model in ("decoder", "encoder"):
            for n in (16, 64, 250):
                page = browser.new_page(viewport={"width": 1440, "height": 900}, bypass_csp=True)
                page.goto(f"http://127.0.0.1:{port}/?model={model}")
                page.wait_for_function(PAINTED)
                page.wait_for_selector(".heatmaplayer image")
                taken = [enter(page, f"The {word}" + " and the" * (n // 2 - 2)) for word in WORDS[:ROUNDS]]
                print(f"{model}, {n} tokens: {statistics.median(taken):.0f} ms ({min(taken):.0f} to {max(taken):.0f})")
                page.close()
        browser.close()
    server.should_exit = True


if __name__ == "__main__":
    main()
