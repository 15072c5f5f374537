"""The edits as a visitor makes them, and what the page says of them."""

from __future__ import annotations

from typing import Any

from browser.bench import Bench, Part
from playwright.sync_api import Locator, Response, expect


class Editing(Part):
    def __init__(self, bench: Bench):
        super().__init__(bench, ".edit-chips")
        self.chips = self.root.locator(".chip span")
        self.told = self.root.locator(".told")
        self.menu = self.page.locator(".edit-menu")
        self.swap = self.page.locator(".swap-menu").first
        self.importance = self.page.locator(".importance")

    def do(self, act: str) -> Response:
        """One of the acts of the menu beside the chosen head."""
        if self.menu.get_attribute("open") is None:
            self.menu.locator("summary").click()
        return self.bench.after(self.menu.get_by_role("button", name=act, exact=True).click)

    def press(self, name: str) -> Response:
        return self.bench.after(self.button(name).click)

    def has(self, *chips: str) -> None:
        """Just these edits are listed."""
        expect(self.chips).to_have_text(list(chips))

    def asked(self) -> list[dict[str, Any]]:
        """The edits of the last run that had any."""
        return [run["edits"] for run in self.bench.watch.runs if run.get("edits")][-1]

    def ranked(self) -> Locator:
        return self.importance.locator(".ranked li")
