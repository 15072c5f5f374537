"""How far a page reaches, and what the keyboard reaches in it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

OVERFLOW = """() => {
  const all = [...document.querySelectorAll("body *")];
  const wide = all.filter((node) => node.getBoundingClientRect().right > innerWidth + 1).slice(-3);
  const over = Math.max(0, document.scrollingElement.scrollWidth - innerWidth);
  return [over, over ? wide.map((node) => node.outerHTML.slice(0, 90)) : []];
}"""


def tab_to(page: Page, wanted: Locator, most: int = 90) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("(node) => node === document.activeElement"):
            return
    raise AssertionError(f"not reached by {most} tabs")
