"""What the address says."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page


def address(page: Page) -> tuple[dict[str, str], dict[str, str]]:
    """The query and the fragment."""
    parts = urlsplit(page.url)
    query, fragment = ({name: values[0] for name, values in parse_qs(part).items()} for part in parts[3:5])
    return query, fragment
