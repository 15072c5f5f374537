"""What the visitor asked for comes into view, and the keyboard returns to where it was."""

from __future__ import annotations

import pytest
from browser.bench import ENGLISH, Bench
from browser.player import Player
from browser.reach import tab_to
from browser.waiting import eventually, still
from playwright.sync_api import Page, expect

PHONE = {"width": 390, "height": 844}
SEEN = "() => ['.token-row', '.head-grid'].map((part) => document.querySelector(part).getBoundingClientRect().top)"
RECORD = """() => {
  const scroll = Element.prototype.scrollIntoView;
  window.scrolls = [];
  Element.prototype.scrollIntoView = function (options) {
    window.scrolls.push(options?.behavior);
    scroll.call(this, options);
  };
}"""


def figures_are_seen(page: Page) -> None:
    """The tokens stand at the top of the window, and the heads below them."""
    page.wait_for_function(
        f"() => {{ const [tokens, heads] = ({SEEN})(); return tokens > -2 && tokens < 40 && heads < 140; }}"
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone_a_run_brings_the_figures_into_view(bench: Bench, page: Page, lang: str) -> None:
    page.set_viewport_size(PHONE)
    bench.open(lang=lang)
    assert page.evaluate("scrollY") == 0
    bench.text.fill("We drink tea.")
    bench.after(lambda: page.locator(".primary").click())
    figures_are_seen(page)
    expect(page.locator(".figures")).to_be_focused()  # no longer the box, whose keys would cover half a phone
    page.keyboard.press("Tab")
    expect(page.locator('.tokens [aria-pressed="true"]')).to_be_focused()


def test_on_a_phone_an_example_and_what_is_to_be_seen_in_it_come_into_view(bench: Bench, page: Page) -> None:
    page.set_viewport_size(PHONE)
    bench.open()
    examples = page.locator(".examples select")
    bench.after(lambda: examples.select_option(index=2))
    figures_are_seen(page)
    page.evaluate("scrollTo(0, 0)")
    page.locator(".look button").click()
    expect(page.locator(".head-figure h2")).to_be_in_viewport()
    expect(bench.matrix).to_be_in_viewport()


def test_figures_that_are_seen_stay_where_they_are(bench: Bench, page: Page) -> None:
    page.set_viewport_size({"width": 1000, "height": 800})
    bench.open()
    page.evaluate(RECORD)
    bench.run("We drink tea.")
    page.wait_for_timeout(200)
    assert page.evaluate("[scrollY, window.scrolls]") == [0, []]
    expect(bench.text).to_be_focused()


def test_what_was_not_asked_for_moves_nothing(bench: Bench, page: Page) -> None:
    page.set_viewport_size(PHONE)
    bench.open("We drink tea.", mask="window:3")
    bench.model("Encoder")
    bench.watch.expect("status of 4")
    bench.run(" ")
    expect(bench.refusal).not_to_be_empty()
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") == 0
    expect(bench.text).to_be_focused()


@pytest.mark.parametrize(("motion", "behavior"), [("no-preference", "smooth"), ("reduce", "auto")])
def test_it_moves_smoothly_only_where_motion_is_welcome(bench: Bench, page: Page, motion: str, behavior: str) -> None:
    page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
    page.set_viewport_size(PHONE)
    bench.open()
    page.evaluate(RECORD)
    bench.run("We drink tea.")
    figures_are_seen(page)
    assert page.evaluate("window.scrolls") == [behavior]


def test_the_button_that_runs_keeps_the_focus(bench: Bench, page: Page) -> None:
    bench.open()
    run = page.get_by_role("button", name="Run", exact=True)
    bench.text.fill("We drink tea.")
    run.focus()
    bench.after(lambda: page.keyboard.press("Enter"))
    expect(run).to_be_focused()


@pytest.mark.parametrize("name", ["Step by step", "Next stage", "Play"])
def test_escape_closes_the_steps_and_leads_back_to_what_opened_them(player: Player, page: Page, name: str) -> None:
    player.open()
    opener = player.button(name)
    opener.focus()
    page.keyboard.press("Enter")
    player.ready()
    player.stage.focus()
    page.keyboard.press("Escape")
    expect(player.panel).to_have_count(0)
    expect(opener).to_be_focused()


def test_closing_leads_back_too_and_without_an_opener_to_the_strip(player: Player, page: Page) -> None:
    player.open(step=9)
    close = player.panel.get_by_role("button", name="Close")
    close.press("Enter")
    expect(player.button("Step by step")).to_be_focused()
    player.button("Next stage").press("Enter")
    player.ready()
    close.press("Enter")
    expect(player.button("Next stage")).to_be_focused()


def test_a_list_and_a_box_keep_their_own_escape_and_so_do_the_tour_and_the_menu(player: Player, page: Page) -> None:
    player.open(step=9)
    for field in (player.strip.get_by_role("combobox"), player.bench.text):
        field.focus()
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Tour").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Tour")).to_have_count(0)
    player.panel.locator(".save summary").press("Enter")
    page.keyboard.press("Escape")
    expect(player.panel.locator(".save")).not_to_have_attribute("open", "")
    expect(player.panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(player.panel).to_have_count(0)


def test_on_a_phone_a_pointer_that_closes_the_steps_stays_where_it_is(player: Player, page: Page) -> None:
    page.set_viewport_size(PHONE)
    player.open()
    player.button("Step by step").click()
    player.ready()
    still(page)
    player.panel.get_by_role("button", name="Close").click()
    expect(player.button("Step by step")).to_be_focused()
    eventually(page, lambda: page.evaluate("scrollY < 900"), True)  # its strip stands at the end, at more than 2000


NAMES = {
    "en": ("To the heads", "To the chosen head", "To the stage that is shown"),
    "zh": ("到各个头", "到选中的头", "到正在看的阶段"),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_first_stops_of_the_keyboard_lead_to_the_heads(bench: Bench, page: Page, lang: str) -> None:
    bench.open(ENGLISH, lang=lang, site="decoder.blocks.1.attn", head=2)
    heads, chosen, stage = (page.get_by_role("button", name=name, exact=True) for name in NAMES[lang])
    page.keyboard.press("Tab")
    expect(heads).to_be_focused()
    expect(heads).to_be_in_viewport(ratio=1)
    assert (heads.bounding_box() or {"height": 0})["height"] >= 24
    page.keyboard.press("Enter")
    expect(bench.chosen_head).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".head-figure h2 small")).to_contain_text(
        "block 1 · head 3" if lang == "en" else "第 1 块 · 第 3 头"
    )
    chosen.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", selected=True)).to_be_focused()
    expect(stage).to_have_count(0)
    assert page.evaluate("location.hash").startswith("#text=")  # the sentence stands there


def test_where_a_stage_is_open_the_first_stop_leads_to_it(player: Player, page: Page) -> None:
    player.open(step=9)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=NAMES["en"][2])).to_be_focused()
    page.keyboard.press("Enter")
    expect(player.stage).to_be_focused()


def test_skip_links_are_seen_only_while_they_have_the_focus(bench: Bench, page: Page) -> None:
    bench.open()
    skips = page.locator(".skips")
    assert (skips.bounding_box() or {})["width"] <= 1
    tab_to(page, bench.text)
    assert (skips.bounding_box() or {})["width"] <= 1
