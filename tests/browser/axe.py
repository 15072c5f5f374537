"""What axe finds against a page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Of all that axe tells only this leaves the page: what it found right is many megabytes, and a minute on its way.
RUN = """async ([part, options]) => (await axe.run(part, options)).violations.map(
  ({id, help, nodes}) => [`${id}: ${help}`, nodes.map(({target, failureSummary}) => `${target}: ${failureSummary}`)])"""


def violations(page: Page, rules: dict[str, Any] = RULES, part: str = "html") -> list[tuple[str, list[str]]]:
    """(the rule, where and how it is broken)"""
    page.evaluate(AXE_SCRIPT)
    return [(rule, places) for rule, places in page.evaluate(RUN, [part, {**rules, "resultTypes": ["violations"]}])]
