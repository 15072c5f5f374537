"""One word's road through the block, in its lesson: what is built otherwise is run."""

from __future__ import annotations

from browser.watch import Watch
from playwright.sync_api import Page, expect

from model import facts

TEXT = "I love eating fish"


def vector(**built: str) -> list[str]:
    """As the figure writes it, to two decimals."""
    return [f"{x:.2f}" for x in facts.value("block", step="resid_post", at="eating", text=TEXT, **built)]


def test_the_road_is_run_as_it_is_built(page: Page, server: str, watch: Watch) -> None:
    page.goto(f"{server}/lessons/07-the-block?lang=en")
    page.locator("live-figure[view=road]").scroll_into_view_if_needed()
    road = page.locator(".road-figure")
    road.get_by_role("button", name="eating").click()

    def shown() -> list[str]:
        texts = road.locator(".road-row.stream .road-vector").last.locator("li").all_inner_texts()
        return [f"{float(text.replace('−', '-')):.2f}" for text in texts]

    expect(road.locator(".road-story")).to_have_text("The model as it is.")
    assert shown() == vector()
    road.get_by_text("off", exact=True).click()
    expect(road.locator(".road-story")).to_contain_text("built otherwise")
    expect(road.locator(".road-sign").first).to_have_text("=")
    assert shown() == vector(residual="no")
    road.get_by_label("Norms").select_option("post")
    expect(road.locator(".on-road-norm")).to_have_count(2)
    assert shown() == vector(residual="no", norm="post")
    for _ in range(6):
        road.get_by_role("button", name="One step back").click()
    expect(road.locator(".road-card").first).not_to_be_visible()
    expect(road.locator(".road-vector").first).to_be_visible()
