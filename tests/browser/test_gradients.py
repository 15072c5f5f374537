"""Lesson 8 in a browser: gradients measured while one looks, kept, stopped, and on one's own sentence."""

from __future__ import annotations

import json

import pytest
from browser.axe import violations
from browser.watch import Watch
from playwright.sync_api import Page, Request, expect

ADDRESS = "/lessons/08-gradients?lang=en"


@pytest.fixture
def asked(page: Page) -> list[dict]:
    """The bodies that went to /api/gradients."""
    bodies: list[dict] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/gradients"):
            bodies.append(json.loads(request.post_data))

    page.on("request", note)
    return bodies


def figure(page: Page, name: str):
    found = page.locator(f"live-figure[name={name}]")
    found.scroll_into_view_if_needed()
    expect(found.locator(".measured-figure")).to_be_visible()
    return found


def cells(found, name: str):
    """Of the row of a table that has this name."""
    return found.locator(f'tbody tr:has(th:text-is("{name}")) td')


def measured(bodies: list[dict]) -> list[dict]:
    """The fresh networks whose gradients by distance were asked for."""
    return [body["networks"][0] for body in bodies if body["measure"] == "distance" and body.get("networks")]


def test_gradients_are_measured_kept_and_measured_again_where_a_setting_counts(
    page: Page, server: str, watch: Watch, asked: list[dict]
):
    page.goto(server + ADDRESS)
    found = figure(page, "distance")
    expect(found.locator(".scatterlayer .trace")).to_have_count(9)  # three lines, each with the two edges of its band
    before = cells(found, "63").all_inner_texts()
    assert len(before) == 3 and before[0].endswith("10⁻²²")
    assert [one["architecture"] for one in measured(asked)] == ["rnn", "lstm", "transformer"]

    bias, lstm = found.get_by_role("group", name="Forget bias of the LSTM"), cells(found, "63").nth(1)
    bias.get_by_role("slider").fill("2")
    expect(bias.locator("output")).to_have_text("+2")
    expect(lstm).to_have_text("0.001072")
    assert cells(found, "63").all_inner_texts()[::2] == before[::2]
    assert measured(asked)[3:] == [{"architecture": "lstm", "n_layers": 1, "forget_bias": 2}]

    bias.get_by_role("slider").fill("0")
    expect(lstm).to_have_text(before[1])
    assert len(measured(asked)) == 4  # kept from before

    found.get_by_text("trained, on your sentence").click()
    box = found.get_by_role("textbox", name="Your sentence")
    box.fill("Tom likes music.")
    box.press("Enter")
    expect(found.get_by_role("row", name="Tom")).to_be_visible()
    altered = found.get_by_text("in a network that they were not trained for")
    expect(altered).to_have_count(0)
    found.get_by_label("residual connection").uncheck()
    expect(altered).to_be_visible()
    assert violations(page) == []


def test_the_second_gauge_zeros_in_words_and_stopping(page: Page, server: str, watch: Watch, asked: list[dict]):
    page.goto(server + ADDRESS)
    found = figure(page, "depth")
    expect(cells(found, "norm, no residual").nth(2)).to_contain_text("10⁻¹⁴")
    found.get_by_text("More settings").click()
    found.get_by_text("GPT-2", exact=True).click()
    found.get_by_label("computed in float32").check()
    expect(found.locator(".log-plot .note").first).to_contain_text("neither: ")
    expect(found.locator(".log-plot .note").first).to_contain_text("10⁻⁴⁵")

    seeds = found.get_by_role("group", name="Seeds")
    seeds.get_by_role("slider").fill("5")
    stop = found.get_by_role("button", name="Stop")
    stop.click()
    expect(found.get_by_text("Stopped.")).to_be_visible()
    found.get_by_role("button", name="Measure").click()
    expect(found.locator("progress")).to_have_count(0)
    expect(found.get_by_text("median of 5 seeds")).to_be_visible()

    saturation = figure(page, "saturation")
    derivative = cells(saturation, "size of the derivative").nth(1)
    expect(derivative).to_have_text("0.1756")
    saturation.get_by_role("group", name="Numbers in a head").get_by_role("slider").fill("2")
    expect(derivative).to_have_text("0.3189")
    assert sum(body["measure"] == "saturation" for body in asked) == 1  # every size of head came at once
