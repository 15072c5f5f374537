"""From Enter to every head painted, in Chromium: `.venv/bin/python scripts/bench/page.py`.

The page measures itself: from the key to the last canvas of the head grid drawn, the request and the forward pass
included. Each text is new to the server, so that no cache answers. Needs the extra `test`.
"""

from __future__ import annotations

import statistics

from browsing import PAINTED, browsed, served, tab
from playwright.sync_api import Page

ROUNDS = 9
WORDS = ("cat", "dog", "bird", "fish", "tree", "house", "river", "king", "girl")


def enter(page: Page, text: str) -> float:
    """Milliseconds."""
    page.evaluate("performance.clearMeasures()")
    page.fill("[name=text]", text)
    page.press("[name=text]", "Enter")
    return page.wait_for_function(PAINTED).json_value()


def main() -> None:
    with served() as address, browsed() as browser:
        for model in ("decoder", "encoder"):
            for n in (16, 64, 250):
                with tab(browser) as page:
                    page.goto(f"{address}/?model={model}")
                    page.wait_for_function(PAINTED)
                    page.wait_for_selector(".heatmaplayer image")
                    taken = [enter(page, f"The {word}" + " and the" * (n // 2 - 2)) for word in WORDS[:ROUNDS]]
                print(f"{model}, {n} tokens: {statistics.median(taken):.0f} ms ({min(taken):.0f} to {max(taken):.0f})")


if __name__ == "__main__":
    main()
