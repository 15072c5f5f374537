"""What axe finds against a page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what is right need not be described: two or three times as quick
}


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """(the rule, where it is broken)"""
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    return [(f"{one['id']}: {one['help']}", [str(node["target"]) for node in one["nodes"]]) for one in found]
