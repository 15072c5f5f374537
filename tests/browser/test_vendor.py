"""The vendored libraries load by the import map, with no build step, and work together."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

ROOT = Path(__file__).resolve().parent.parent.parent
ORIGIN = "http://headlight.test"
COUNTER = """
    import { render } from "preact";
    import { useEffect, useState } from "preact/hooks";
    import { html } from "htm/preact";
    import { computed, signal } from "@preact/signals";
    const n = signal(1), double = computed(() => 2 * n.value);
    function Counter() {
        const [ran, run] = useState("");
        useEffect(() => run("effect ran"), []);
        return html`<button onClick=${() => n.value++}>${n}, twice ${double}, ${ran}</button>`;
    }
    render(html`<${Counter} />`, document.querySelector("main"));
"""
HEATMAP = """
    await import("plotly");
    await Plotly.newPlot("figure", [{ type: "heatmap", z: [[0, 1], [0.5, 0.5]], colorscale: "Cividis" }]);
"""


@pytest.fixture
def errors(page: Page) -> list[str]:
    """A page that knows our static files and nothing else; answers what it complained about."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("requestfailed", lambda request: errors.append(request.url))
    page.route(f"{ORIGIN}/static/**", serve_file)
    return errors


def serve_file(route: Route) -> None:
    route.fulfill(path=ROOT / route.request.url.removeprefix(f"{ORIGIN}/"))


def show(page: Page, script: str) -> None:
    import_map = (ROOT / "static/vendor/importmap.json").read_text()
    body = f"""<!doctype html><script type="importmap">{import_map}</script>
        <main></main><div id="figure"></div><script type="module">{script}</script>"""
    page.route(f"{ORIGIN}/", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(f"{ORIGIN}/")


def test_component_follows_a_signal(page: Page, errors: list[str]) -> None:
    show(page, COUNTER)
    button = page.get_by_role("button")
    expect(button).to_have_text("1, twice 2, effect ran")
    button.click()
    expect(button).to_have_text("2, twice 4, effect ran")
    assert errors == []


def test_plotly_draws_a_heatmap(page: Page, errors: list[str]) -> None:
    show(page, HEATMAP)
    expect(page.locator("#figure .heatmaplayer image")).to_have_count(1)
    assert errors == []
