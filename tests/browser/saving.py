"""What a visitor gets from the menu of the chosen head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from browser.bench import Bench
from playwright.sync_api import expect


def saved_from(bench: Bench, folder: Path, kind: str, text: str, **query: Any) -> Path:
    """The file of this kind, of a page on this text."""
    bench.open(text, **query)
    bench.page.locator(".save summary").click()
    with bench.page.expect_download() as download:
        bench.page.locator(f"[data-save={kind}]").click()
    expect(bench.page.locator(".save [role=status]")).to_contain_text(download.value.suggested_filename)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path
