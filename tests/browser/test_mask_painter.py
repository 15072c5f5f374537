"""A mask painted by hand is run on the same weights: what the page shows is what torch makes of it."""

from __future__ import annotations

import re

import pytest
import torch
from browser.address import address
from browser.axe import violations
from browser.bench import ENGLISH, Bench, Cell, trace
from browser.painter import Painter
from browser.pictures import opacities, pixel
from browser.reach import OVERFLOW, tab_to
from browser.waiting import eventually
from browser.watch import Watch
from playwright.sync_api import Page, expect

from model.trace import Trace

FIRST = "decoder.blocks.0.attn"
SHORT = "I want tea."  # ⟨bos⟩, three words, a stop


def painted(text: str, *cells: tuple[int, int, bool], model: str = "decoder", target: str | None = None) -> Trace:
    return trace(model, text, target=target, mask={"painted": [list(cell) for cell in cells]})


@pytest.fixture
def painter(bench: Bench) -> Painter:
    return Painter(bench)


def test_the_picker_opens_it_on_the_mask_that_is_shown(bench: Bench, painter: Painter) -> None:
    bench.open(SHORT, mask="prefix:3")
    bench.after(lambda: bench.mask.select_option("painted"))
    cells = [(0, 1, True), (0, 2, True), (1, 2, True)]
    painter.has(*cells)
    expect(bench.heading).to_contain_text("painted")
    painter.shows(painted(SHORT, *cells))
    painter.button("Close").click()
    expect(painter.root).to_have_count(0)
    expect(bench.mask).to_have_value("native")
    painter.shows(trace("decoder", SHORT))


def test_a_click_hides_a_cell_and_the_numbers_are_torchs(bench: Bench, painter: Painter, page: Page) -> None:
    painter.open(SHORT, site="decoder.blocks.1.attn", head=1)
    bench.after(lambda: painter.click(3, 1))
    painter.has((3, 1, False))
    expected = painted(SHORT, (3, 1, False))
    shown = bench.shows_cell(Cell(expected, "decoder.blocks.1.attn", 1, 3, 1))
    assert shown["weight"] == "0"
    painter.shows(expected)
    bench.after(lambda: painter.click(0, 4))
    painter.has((3, 1, False), (0, 4, True))
    expected = painted(SHORT, (3, 1, False), (0, 4, True))
    bench.shows_cell(Cell(expected, "decoder.blocks.1.attn", 1, 0, 4))
    painter.shows(expected)
    page.reload()
    bench.ready()
    painter.has((3, 1, False), (0, 4, True))
    painter.shows(expected)


def test_a_drag_gives_all_cells_the_opposite_of_the_first_and_is_one_run(painter: Painter, watch: Watch) -> None:
    painter.open(SHORT)
    before = len([request for request in watch.requests if request.url.endswith("/api/trace")])
    painter.drag((2, 0), (4, 0), (4, 4))
    cells = [(2, 0, False), (3, 0, False), *((4, key, False) for key in range(5))]
    painter.has(*cells)
    painter.shows(painted(SHORT, *cells))
    painter.drag((3, 0), (3, 4))  # the first is hidden: all of them are shown
    cells = [cell for cell in cells if cell[0] != 3] + [(3, 4, True)]
    painter.has(*cells)
    painter.shows(painted(SHORT, *cells))
    assert len([request for request in watch.requests if request.url.endswith("/api/trace")]) - before == 2


def test_with_shift_a_drag_is_a_rectangle(painter: Painter, page: Page) -> None:
    painter.open(SHORT)
    page.keyboard.down("Shift")
    painter.drag((2, 1), (4, 0))
    page.keyboard.up("Shift")
    cells = [(query, key, False) for query in (2, 3, 4) for key in (0, 1)]
    painter.has(*cells)
    painter.shows(painted(SHORT, *cells))


def test_a_finger_paints(painter: Painter, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    painter.open(SHORT)
    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        places = [painter.point(3, 0), painter.point(3, 1), painter.point(3, 2)]
        for kind, points in [("touchStart", places[:1]), *(("touchMove", [at]) for at in places[1:]), ("touchEnd", [])]:
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})
    finally:
        touch.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
        touch.detach()
    cells = [(3, 0, False), (3, 1, False), (3, 2, False)]
    painter.has(*cells)
    painter.shows(painted(SHORT, *cells))
    assert page.evaluate(OVERFLOW) == [0, []]


def test_the_keyboard_does_all_of_it(bench: Bench, painter: Painter, page: Page) -> None:
    painter.open(SHORT, site=FIRST, head=0, query=0, key=0)
    tab_to(page, painter.cells)
    expect(painter.told).to_have_text("Query 0 ⟨bos⟩ may see key 0 ⟨bos⟩.")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Space"):
        page.keyboard.press(key)
    painter.has((2, 1, False))
    expect(painter.told).to_have_text("Query 2 ␣want may not see key 1 I.")
    for key in ("Shift+ArrowDown", "Shift+ArrowDown"):  # the first is hidden, so it and the next are shown
        page.keyboard.press(key)
    painter.has()
    for key in ("Home", "Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    cells = [(4, 0, False), (4, 1, False), (4, 2, False)]
    painter.has(*cells)
    bench.at(4, 2)
    painter.shows(painted(SHORT, *cells))
    page.keyboard.press("Control+Home")
    expect(painter.told).to_have_text("Query 0 ⟨bos⟩ may see key 0 ⟨bos⟩.")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    painter.has(*cells, (0, 4, True))


def test_undo_and_redo_lead_over_the_same_masks(painter: Painter, page: Page) -> None:
    painter.open(SHORT)
    painter.click(1, 0)
    painter.has((1, 0, False))
    painter.click(2, 2)
    painter.has((1, 0, False), (2, 2, False))
    page.keyboard.press("Control+z")
    painter.has((1, 0, False))
    painter.shows(painted(SHORT, (1, 0, False)))
    painter.button("Undo").click()
    painter.has()
    expect(painter.button("Undo")).to_have_attribute("aria-disabled", "true")
    painter.shows(trace("decoder", SHORT))
    painter.cells.press("Control+Shift+z")
    painter.has((1, 0, False))
    painter.button("Redo").click()
    painter.has((1, 0, False), (2, 2, False))
    expect(painter.button("Redo")).to_have_attribute("aria-disabled", "true")
    painter.button("Clear").click()
    painter.has()
    expect(painter.count).to_have_text("as the model was trained: causal")
    expect(painter.page.locator(".warning")).to_have_count(0)
    page.keyboard.press("Control+z")
    painter.has((1, 0, False), (2, 2, False))


def test_a_query_that_sees_nothing_is_zero_hatched_and_told(bench: Bench, painter: Painter, page: Page) -> None:
    painter.open(SHORT, site=FIRST, head=1, query=2, key=0)
    bench.after(lambda: painter.button("This row").click())
    cells = [(2, key, False) for key in range(3)]
    painter.has(*cells)
    expect(painter.count).to_have_text("3 cells changed, 1 query sees nothing")
    expected = painted(SHORT, *cells)
    assert torch.equal(expected[f"{FIRST}.z"][:, 2], torch.zeros_like(expected[f"{FIRST}.z"][:, 2]))
    painter.shows(expected)
    assert opacities(page, "decoder self-attention, block 0 · head 1")[2] == [0] * 5
    eventually(page, lambda: [pixel(page, 2, key, 5)[3] for key in range(5)], [0] * 5)
    expect(page.locator(".head-figure .blind")).to_have_text(
        "Query 2 ␣want may see no key: its row is hatched, its weights are 0, "
        "and z, a sum over no keys, is exactly zero."
    )
    shown = bench.shows_cell(Cell(expected, FIRST, 1, 2, 0))
    assert set(shown["z"]) == {"0"} and shown["weight"] is None
    expect(bench.worked).to_contain_text("z is a sum over no keys: exactly zero.")
    assert "NaN" not in page.locator("body").inner_text()
    painter.label("keys", 0).click()  # ⟨bos⟩ hidden from all: it sees nothing itself
    expect(painter.count).to_have_text("7 cells changed, 2 queries see nothing")
    expect(page.locator(".head-figure .blind")).to_contain_text("2 queries may see no key")


def test_presets_are_run_and_one_that_is_too_large_is_not(painter: Painter, watch: Watch) -> None:
    painter.open(SHORT)
    painter.presets.select_option("self")
    cells = [(query, key, False) for query in range(5) for key in range(query)]
    painter.has(*cells)
    expected = painted(SHORT, *cells)
    assert torch.equal(expected[f"{FIRST}.pattern"], torch.eye(5).expand(4, 5, 5))
    painter.shows(expected)
    painter.open("The dog " * 24)
    asked = len(watch.requests)
    painter.presets.select_option("bidirectional")
    expect(painter.root.get_by_role("alert")).to_have_text(
        re.compile(r"^That would change 1,\d{3} cells; a painted mask holds 1,024\.$")
    )
    painter.page.wait_for_timeout(400)
    assert len(watch.requests) == asked
    painter.has()
    painter.presets.select_option("halves")
    expect(painter.root.get_by_role("alert")).to_have_count(0)
    expect(painter.count).to_contain_text("cells changed")


def test_of_an_encoder_decoder_it_is_the_decoders_own_and_the_translation_stays(bench: Bench, painter: Painter) -> None:
    painter.open("I want tea.", model="encoder-decoder", site=FIRST, head=0)
    tokens = trace("encoder-decoder", "I want tea.").tokens["target"]
    target = tokens[0].text + "".join(token.text for token in tokens[1:])
    bench.after(lambda: painter.click(2, 0))
    expected = painted("I want tea.", (2, 0, False), model="encoder-decoder", target=target)
    assert expected.tokens["target"] == tokens
    bench.shows_tokens(tokens)
    expect(bench.target).to_have_value(target)
    painter.shows(expected)
    native = trace("encoder-decoder", "I want tea.", target=target)
    assert torch.equal(expected["encoder.blocks.0.attn.pattern"], native["encoder.blocks.0.attn.pattern"])


def test_another_sentence_begins_with_nothing_painted(bench: Bench, painter: Painter) -> None:
    painter.open(SHORT, word="painted:1.0-")
    bench.run("Tom likes music")
    painter.has()
    painter.shows(trace("decoder", "Tom likes music"))
    bench.model("Encoder")
    expect(painter.count).to_have_text("as the model was trained: bidirectional")


def test_what_is_written_and_not_run_does_not_take_the_painted_cells_away(bench: Bench, painter: Painter) -> None:
    painter.open(SHORT)
    bench.text.fill("something else")
    bench.after(lambda: painter.click(1, 0))
    painter.has((1, 0, False))
    painter.shows(painted(SHORT, (1, 0, False)))
    expect(bench.text).to_have_value("something else")


def test_of_many_tokens_the_grid_has_those_around_the_chosen_cell(painter: Painter, page: Page) -> None:
    text = "The dog " * 40
    painter.open(text, query=60, key=50)
    expect(painter.root).to_contain_text("The grid shows 32 × 32 of its cells")
    expect(painter.label("queries", 0)).to_have_text("␣dog44")
    box = painter.cells.locator(".mark-cell").bounding_box()  # it is in sight
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    painter.has((60, 50, False))
    painter.button("Undo").click()
    painter.has()
    for _ in range(20):
        painter.cells.press("Shift+ArrowLeft")  # out of the part that was there
    eventually(page, lambda: address(page)[0]["mask"], "painted:" + "".join(f"60.{key}-" for key in range(30, 51)))
    expect(painter.told).to_have_text("Query 60 ␣dog may not see key 30 ␣dog.")
    expect(page.locator("main")).to_have_attribute("aria-busy", "false")
    painter.bench.shows_cell(Cell(painted(text, *((60, key, False) for key in range(30, 51))), FIRST, 0, 60, 30))


@pytest.mark.parametrize(("lang", "theme"), [("en", "light"), ("zh", "dark")])
def test_axe_finds_nothing(painter: Painter, page: Page, lang: str, theme: str) -> None:
    painter.open(SHORT, word="painted:2.0-2.1-2.2-", lang=lang, theme=theme, query=4, key=2)
    assert violations(page) == []
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.get_by_role("button", name={"en": "Present", "zh": "投影"}[lang]).click()
    expect(page.locator("html")).to_have_attribute("data-present", "")
    assert violations(page) == []


def test_the_first_example_is_painted_on_as_it_stands(painter: Painter) -> None:
    painter.open()
    painter.click(10, 5)
    painter.has((10, 5, False))
    painter.shows(painted(ENGLISH, (10, 5, False)))
