"""A run too large to be sent at once: the heads from the server's thumbnails, an attention's numbers when it is chosen.

The shipped models are small. The page is told that the decoder is wide, and so treats it as one that is.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
import torch
from browser.bench import Bench, Cell, read, trace
from browser.waiting import eventually
from playwright.sync_api import Page, Route, expect

from model import zoo
from model.trace import Trace

TEXT = " ".join(["我爱吃鱼 and you like tea."] * 16)
FIRST, THIRD = "decoder.blocks.0.attn", "decoder.blocks.2.attn"
VECTORS = {"q", "k", "v", "z", "log_denominator"}
LATE = {"head_scores", "head_chance", "head_out_norm", "head_out_share"}
PICTURES = """async ([pictures, theme]) => {
  const {weightColour} = await import("/static/js/colour.js");
  const wrong = [];
  for (const [name, rows] of Object.entries(pictures)) {
    const painted = document.querySelector(`.head[aria-label="${name}"] canvas`), {width, height} = painted;
    const copy = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
    copy.drawImage(painted, 0, 0);
    const {data} = copy.getImageData(0, 0, width, height);
    if (height !== rows.length || width !== rows[0].length) { wrong.push(`${name}: ${height} x ${width}`); continue; }
    rows.flat().forEach((level, i) => {
      const due = level < 0 ? [0, 0, 0, 0] : [...weightColour((level / 255) ** 2, theme), 255];
      const found = data.slice(4 * i, 4 * i + 4);
      if (due.some((c, j) => Math.abs(c - found[j]) > 2)) wrong.push(`${name}, patch ${i}: ${found} for ${level}`);
    });
  }
  return wrong;
}"""


def widened(route: Route) -> None:
    models = route.fetch().json()
    route.fulfill(json=[{**model, "d_model": 100 * model["d_model"]} for model in models])


@pytest.fixture
def wide(bench: Bench, page: Page) -> Bench:
    page.route("**/api/models", widened)
    return bench


def asked(bench: Bench) -> list[tuple[list[str], list[int] | None]]:
    """The names and the heads of every request for a trace of the finished model, without what comes late."""
    bodies = [one.post_data_json for one in bench.watch.requests if one.url.endswith("/api/trace")]
    asked = [(body["names"], body.get("heads")) for body in bodies if body.get("checkpoint") is None]
    return [one for one in asked if not one[0] or not {name.rpartition(".")[2] for name in one[0]} <= LATE]


def levels(expected: Trace, first: int = 0) -> dict[str, list[list[int]]]:
    """Python's thumbnails by the heads' names, -1 where nothing is visible; the patches before the first left out."""
    found = {}
    n = len(expected.tokens["target"])
    visible = torch.arange(n)[:, None] >= torch.arange(n)[None, :]
    bands = [band.any(0) for band in visible.tensor_split(64)]
    seen = torch.stack([torch.stack([part.any() for part in band.tensor_split(64)]) for band in bands])
    seen[:, :first] = False
    for site in expected.sites:
        for head, picture in enumerate(expected[f"{site.name}.thumbnails"].int().masked_fill(~seen, -1)):
            found[f"decoder self-attention, block {site.layer} · head {head}"] = picture.tolist()
    return found


def test_the_heads_are_pythons_thumbnails(wide: Bench, page: Page) -> None:
    expected = trace("decoder", TEXT)
    assert 128 < len(expected.tokens["target"]) < 256
    wide.open(TEXT)
    pictures = levels(expected)
    assert page.evaluate(PICTURES, [pictures, "light"]) == []
    assert page.evaluate(PICTURES, [{**pictures, next(iter(pictures)): [[9] * 64] * 64}, "light"])  # it could fail
    expect(page.get_by_text("Each pixel shows the largest weight of its patch.")).to_be_visible()


def test_a_head_is_asked_for_when_it_is_chosen_and_its_cells_are_exact(wide: Bench) -> None:
    expected = trace("decoder", TEXT)
    wide.open(TEXT, site=FIRST, head=1, query=90, key=80)
    wide.shows_cell(Cell(expected, FIRST, 1, 90, 80))
    wide.head("decoder self-attention", 2, 3).click()
    expect(wide.heading).to_contain_text("block 2 · head 3")
    wide.shows_cell(Cell(expected, THIRD, 3, 90, 80))
    wide.head("decoder self-attention", 2, 0).click()
    expect(wide.heading).to_contain_text("block 2 · head 0")
    wide.shows_cell(Cell(expected, THIRD, 0, 90, 80))
    wide.head("decoder self-attention", 0, 0).click()
    expect(wide.heading).to_contain_text("block 0 · head 0")
    wide.shows_cell(Cell(expected, FIRST, 0, 90, 80))
    (overview, every), *portions = asked(wide)
    assert "*.thumbnails" in overview and not {name.rpartition(".")[2] for name in overview} & VECTORS and every is None
    of = {site: {f"{site}.{last}" for last in VECTORS} for site in (FIRST, THIRD)}
    assert [(set(names), heads) for names, heads in portions] == [
        (of[FIRST], [1]), (of[THIRD], [3]), (of[THIRD], [0]), (of[THIRD], None), (of[FIRST], [0]), (of[FIRST], None),
    ]  # fmt: skip


def test_the_lines_of_a_whole_block_wait_for_all_its_heads(wide: Bench, page: Page) -> None:
    wide.open(TEXT, site=FIRST, head=1, view="lines")
    together = page.get_by_label("all heads of this block")
    held: list[Route] = []
    page.route("**/api/trace", lambda route: held.append(route))
    together.click()
    expect(together).to_be_checked()
    expect(page.locator("label.together")).to_have_attribute("aria-busy", "true")
    page.unroute("**/api/trace")
    for route in held:
        route.continue_()
    expect(page.get_by_role("button", name="lines of head 3")).to_be_visible()
    assert asked(wide)[-1] == ([f"{FIRST}.{last}" for last in ("q", "k", "v", "z", "log_denominator")], None)


def test_the_mean_over_all_heads_is_made_when_it_is_asked_for(wide: Bench, page: Page) -> None:
    written = [300, 301, 302]
    query = {"lang": "en", "act": "write", "panel": "spread", "over": "model", "site": FIRST}
    page.goto(f"{wide.server}/?{urlencode(query)}#{urlencode({'text': TEXT, 'written': '.'.join(map(str, written))})}")
    wide.ready()
    expected = zoo.load("decoder", "cpu").trace(TEXT, written=written)
    n = len(expected.tokens["target"])
    expect(page.locator(".spread")).to_contain_text("Fetched so far: 1;")
    held: list[Route] = []
    page.route("**/api/trace", lambda route: held.append(route))
    page.get_by_role("button", name="Fetch them").press("Enter")
    expect(page.get_by_role("button", name="Stop")).to_be_focused()
    page.unroute("**/api/trace")
    for route in held:
        route.continue_()
    page.locator(".area").press("End")
    row = torch.cat([expected[f"{site.name}.pattern"] for site in expected.sites])[:, n - 1].mean(0)
    shares = [row[0], row[1 : n - 3].sum(), row[n - 3 : n - 1].sum(), row[n - 1]]
    for cell, share in zip(page.locator(".parts td").all(), shares, strict=True):
        assert float(read(cell.inner_text().removesuffix(" %"))) == pytest.approx(100 * float(share), abs=0.06)


def test_the_first_position_takes_its_patches_with_it(wide: Bench, page: Page) -> None:
    wide.open(TEXT, sink="hidden")
    assert page.evaluate(PICTURES, [levels(trace("decoder", TEXT), first=1), "light"]) == []
    expect(page.get_by_text("and with it the patches that it shares with others")).to_be_visible()


def test_what_cannot_be_had_is_told_and_the_head_before_stays(wide: Bench, page: Page) -> None:
    wide.watch.expect("net::ERR_")
    wide.open(TEXT, site=FIRST, head=1, query=90, key=80)
    page.route("**/api/trace", lambda route: route.abort())
    wide.head("decoder self-attention", 2, 3).click()
    expect(wide.refusal).to_contain_text("The server cannot be reached.")
    expect(wide.heading).to_contain_text("block 0")
    expect(page.locator("main")).to_have_attribute("aria-busy", "false")
    page.unroute("**/api/trace")
    wide.head("decoder self-attention", 2, 3).click()
    expect(wide.heading).to_contain_text("block 2 · head 3")
    wide.shows_cell(Cell(trace("decoder", TEXT), THIRD, 3, 90, 80))


def test_the_player_goes_on_where_an_attention_is_not_here_yet(wide: Bench, page: Page) -> None:
    wide.open(TEXT, site=FIRST, head=1)
    page.get_by_role("button", name="Step by step").click()
    page.locator(".step-strip").get_by_role("button", name="decoder block 3").click()
    expect(page.locator("div.stage")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".stage-figure canvas")).to_have_count(2)
    expect(page.locator("div.stage h2 small")).to_contain_text("block 3")


def test_an_address_of_a_stage_alone_brings_what_the_stage_needs(wide: Bench, page: Page) -> None:
    wide.open(TEXT)
    page.get_by_role("button", name="Step by step").click()
    page.locator(".step-strip").get_by_role("button", name="decoder block 2").click()
    expect(page).to_have_url(re.compile(r"step=\d\d"))
    step = int(re.findall(r"step=(\d+)", page.url)[0])
    page.goto("about:blank")
    wide.go(TEXT, step=step)
    expect(page.locator("div.stage h2 small")).to_contain_text("block 2")
    expect(page.locator("div.stage")).to_have_attribute("aria-busy", "false")


def test_a_stage_that_is_opened_while_a_run_is_on_its_way_is_shown_with_it(wide: Bench, page: Page) -> None:
    asked: list[Route] = []

    def hold_the_second(route: Route) -> None:  # of a run: the attention that was chosen when its overview arrived
        asked.append(route)
        if len(asked) != 2:
            route.continue_()

    wide.open(TEXT, site=FIRST, head=1)
    page.route("**/api/trace", hold_the_second)
    wide.text.fill(f"Now {TEXT[:200]}")  # it has fewer queries than the chosen one of the text before
    wide.text.press("Enter")
    eventually(page, lambda: len(asked), 2)
    page.get_by_role("button", name="Step by step").click()
    page.locator(".step-strip").get_by_role("button", name="decoder block 3").click()
    expect(page.locator("div.stage h2 small")).to_contain_text("block 3")
    asked[1].continue_()
    expect(page.locator(".token-row bdi").nth(1)).to_have_text("Now")
    expect(page.locator("div.stage")).to_have_attribute("aria-busy", "false")
    expect(page.locator("div.stage h2 small")).to_contain_text("block 3")


def test_a_sentence_is_not_replaced_by_an_attention_of_the_one_before(wide: Bench, page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held or THIRD not in (route.request.post_data or ""):
            route.continue_()
        else:
            held.append(route)

    slider, first = page.locator(".training").get_by_role("slider"), page.locator(".token-row bdi").nth(1)
    wide.open(TEXT, site=FIRST, head=1, checkpoint=zoo.load("decoder").checkpoints[-2])
    slider.press("End")
    expect(page.get_by_text("not the finished model")).to_have_count(0)
    wide.head("decoder self-attention", 2, 3).click()
    expect(wide.heading).to_contain_text("block 2 · head 3")
    page.route("**/api/trace", hold)
    slider.press("ArrowLeft")  # the overview of this step is here, the attention is not
    eventually(page, lambda: len(held), 1)
    wide.text.fill("Now it is another text.")
    page.get_by_role("button", name="Run").click()
    expect(first).to_have_text("Now")
    held[0].continue_()
    page.wait_for_timeout(1000)
    expect(first).to_have_text("Now")


def test_a_short_text_comes_whole(wide: Bench) -> None:
    wide.open("I like tea.")
    names = asked(wide)
    assert len(names) == 1 and "*.q" in names[0][0]
