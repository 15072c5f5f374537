"""No page breaks a rule of WCAG 2.2 AA that axe can tell by itself."""

from __future__ import annotations

from typing import Any

import pytest
from browser.axe import violations
from browser.bench import Bench
from browser.waiting import still
from playwright.sync_api import Page, expect

VIEWS = ["weights", "scores", "lines", "qkv", "values"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_workbench(bench: Bench, page: Page, lang: str, theme: str) -> None:
    """In every view. Beyond the figure they are alike: in all themes and languages the first stands for them there."""
    bench.open(lang=lang, theme=theme, view=VIEWS[0], kind="induction")
    page.locator(".kinds summary").click()
    found = {}
    for view in VIEWS:
        tab = page.locator(f"[data-view={view}]")
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        bench.ready()
        page.locator(".save summary").click()
        still(page)
        whole = view == VIEWS[0] or (lang, theme) == ("en", "light")
        found[view] = violations(page, part="html" if whole else ".head-figure")
        page.locator(".save summary").click()  # it lies upon a tab
    assert found == {view: [] for view in VIEWS}


@pytest.mark.parametrize("model", ["encoder", "encoder-decoder"])
def test_the_other_models(bench: Bench, page: Page, model: str) -> None:
    bench.open(model=model)
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("step", [2, 6, 11, 16])
def test_the_step_player(bench: Bench, page: Page, step: int, theme: str) -> None:
    page.goto(f"{bench.server}/?lang=en&theme={theme}&step={step}")
    expect(page.locator("main")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".step-strip.opened")).to_be_visible()
    expect(page.locator(".step-player .stage")).to_have_attribute("aria-busy", "false")
    still(page)  # the stage fades in
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_presentation(bench: Bench, page: Page, theme: str) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    bench.open(present="on", theme=theme)
    assert violations(page) == []


def test_the_tour(bench: Bench, page: Page) -> None:
    bench.open()
    page.get_by_role("button", name="Tour").click()
    assert violations(page) == []


def test_a_refusal(bench: Bench, page: Page) -> None:
    bench.open()
    bench.watch.expect("status of 4")
    bench.run(" ")
    assert violations(page) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_model_card(page: Page, server: str, watch: object, lang: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{server}/models/decoder?lang={lang}")
    assert violations(page) == []
