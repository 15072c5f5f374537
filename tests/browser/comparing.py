"""Runs side by side, as their visitor handles them, and what lies between them as Python has it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import torch
from browser.bench import Bench, agrees
from browser.waiting import eventually
from playwright.sync_api import Locator, expect

from model.trace import Trace

NUMBERS = """(root) => [...root.querySelectorAll(".number-table tbody tr")].map((row) =>
  [...row.querySelectorAll("td")].map((cell) => cell.textContent))"""


class Comparing:
    def __init__(self, bench: Bench):
        self.bench, self.page = bench, bench.page
        self.panes = self.page.locator(".comparison-pane:not(.difference)")
        self.difference = self.page.locator(".comparison-pane.difference")
        self.vectors = self.page.locator(".vectors")
        self.cell = self.page.locator(".compared-cell")
        self.story = self.page.locator(".story li")

    def open(self, text: str | None = None, *beside: str, **query: object) -> Comparing:
        """The page at an address, once every pane has run."""
        said = {"text": text, "beside": "|".join(beside)}
        fragment = urlencode({name: value for name, value in said.items() if value})
        self.page.goto(f"{self.bench.server}/?{urlencode({'lang': 'en', 'act': 'compare', **query})}#{fragment}")
        return self.ready(len(beside))

    def ready(self, beside: int) -> Comparing:
        expect(self.page.locator("main")).to_have_attribute("aria-busy", "false")
        expect(self.page.locator(".comparison")).to_be_visible()
        expect(self.panes).to_have_count(beside + 1 if beside else 0)
        expect(self.page.locator(".comparison-pane[aria-busy=true]")).to_have_count(0)
        return self

    @property
    def beside(self) -> str:
        return parse_qs(urlsplit(self.page.url).fragment).get("beside", [""])[0]

    def pane(self, letter: str) -> Locator:
        return self.page.get_by_role("region", name=f"Pane {letter}", exact=True)

    def preset(self, name: str) -> Locator:
        return self.page.locator(".presets").get_by_role("button", name=name, exact=True)

    def told(self, row: str) -> list[str]:
        """A row of the chosen cell's table: in A, in B, ..., the difference."""
        rows = self.cell.locator("tr").filter(has=self.page.get_by_role("rowheader", name=row))
        return rows.locator("td").all_inner_texts()

    def shows(self, letter: str, value: float) -> None:
        """The weight of the chosen cell that stands below a pane."""
        shown = self.pane(letter).locator(".at b")
        expect(shown).to_be_visible()
        eventually(self.page, lambda: close(shown.inner_text(), value), True)

    def numbers(self, part: Locator) -> list[list[str]]:
        return part.evaluate(NUMBERS)


def pattern(trace: Trace, site: str, head: int) -> torch.Tensor:
    return trace[f"{site}.pattern"][head].double()


POWERS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def close(shown: str, value: float) -> bool:
    """To the digits that are shown, and float32's own."""
    number = float(shown.replace("−", "-").replace("·10", "e").translate(POWERS))
    return agrees(shown, value) or abs(number - value) < 2e-6
