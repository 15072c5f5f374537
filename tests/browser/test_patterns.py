"""Every view by itself, in its states, on fixed sentences: /patterns."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from browser.axe import violations
from browser.conftest import Watch
from browser.reach import OVERFLOW
from browser.words import own, sentences
from playwright.sync_api import Locator, Page, Route, expect

from model import zoo
from model.examples import EXAMPLES

VIEWS = Path(__file__).resolve().parents[2] / "static" / "js" / "views"
EMPTY_CHARTS = "section.pattern:not(#states) .chart:not(:has(.heatmaplayer image))"
UNPAINTED = """() => [...document.querySelectorAll(".specimen canvas")].filter((canvas) => {
  if (!canvas.width || !canvas.height) return true;
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.every((x) => x === 0);
}).map((canvas) => canvas.closest(".specimen").querySelector("figcaption").textContent)"""
BARE = """() => [...document.querySelectorAll(".specimen > .view")].filter((view) => {
  const {width, height} = view.getBoundingClientRect();
  const pictures = [...view.querySelectorAll("canvas, svg, .heatmaplayer image")];
  const drawn = pictures.some((node) => node.getBoundingClientRect().width);
  return width < 100 || height < 20 || !(drawn || view.innerText.trim());
}).map((view) => view.previousElementSibling.textContent)"""
ADDRESSES = [
    r"(?:(?:en|de)coder\.blocks\.[\w.]+|\b\w+)\[[\d, ]+\]",
    r"(?:en|de)coder\.[\w.]+",
    r"“\w+”",
]  # and what is quoted from a sentence
NAMES = [
    r"\w+_\w+", "eˣ", "Page Up", "Page Down", "Home", "End", "Shift", "Alt", "Delete", "Esc", "top-k", "top-p",
    r"float\d+", "[a-z]", "RNN", "LSTM", "Transformer", "MLP", r"GPT-\d(?: small)?", "flops", "logit", "nat",
    "torch", "diag", r"[KMGT]i?B?", "KL", "CPU", "ms", "B", "gpt2", "mine", r"opt-\d+",
    r"\d?nd²", "n²d?",
]
REPEATED = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  return ids.filter((id, i) => ids.indexOf(id) !== i);
}"""


def opened(page: Page, server: str, lang: str = "en", theme: str = "light", at: str = "", only: str = "") -> Page:
    """The page with every section drawn, or with one alone."""
    page.goto(f"{server}/patterns?lang={lang}&theme={theme}{only and f'&only={only}'}{at}")
    expect(page.locator("section.pattern[aria-busy=false]").last).to_be_attached()
    expect(page.locator("section.pattern[aria-busy=true]")).to_have_count(0, timeout=60_000)
    about_waiting = 0 if only else 2
    expect(page.locator(".specimen > .view > .waiting")).to_have_count(about_waiting)
    expect(page.locator(EMPTY_CHARTS)).to_have_count(0)
    if only in ("", "training"):
        expect(page.locator("#training .birth-curve path").first).to_be_attached()
    return page


def specimen(page: Page, caption: str) -> Locator:
    return page.locator(".specimen").filter(has=page.get_by_text(caption, exact=True))


def test_every_view_is_drawn(page: Page, server: str, watch: Watch) -> None:
    opened(page, server)
    sections = page.locator("section.pattern")
    assert sections.count() == page.locator(".contents a").count() > 15
    for section in sections.all():
        assert section.locator(".specimen").count() >= 1
    assert page.evaluate(BARE) == []
    assert page.evaluate(UNPAINTED) == []
    assert page.locator(".specimen canvas").count() > 100 and page.locator(".heatmaplayer image").count() > 15
    assert page.evaluate(REPEATED) == []
    assert page.locator(".refusal:not(:empty)").all_inner_texts() == ["Type at least one visible character."]


def test_no_view_is_forgotten(page: Page, server: str) -> None:
    page.goto(f"{server}/patterns?lang=en")
    expect(page.locator(".files code").first).to_be_visible()
    named = {Path(path).name for path in page.locator(".files code").all_text_contents()}
    assert named == {path.name for path in VIEWS.glob("*.js")}


def test_the_navigation_leads_to_each_section_and_back_to_the_workbench(page: Page, server: str, watch: Watch) -> None:
    opened(page, server, lang="zh", theme="dark", at="#values")
    expect(page.locator("#values h2")).to_be_in_viewport()
    anchors = page.locator(".contents a").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    assert anchors == page.locator("section.pattern").evaluate_all("(all) => all.map(({id}) => `#${id}`)")
    page.locator(".contents a").first.click()
    expect(page.locator("section.pattern h2").first).to_be_in_viewport()
    page.get_by_role("link", name="工作台", exact=True).click()
    page.wait_for_url("**/?lang=zh&theme=dark**")
    expect(page.locator(".head-grid")).to_be_visible()


@pytest.mark.parametrize(("lang", "theme"), [("en", "light"), ("zh", "dark")])
def test_axe_finds_nothing(page: Page, server: str, watch: Watch, lang: str, theme: str) -> None:
    opened(page, server, lang, theme)
    page.wait_for_timeout(500)  # what fades in has done so
    assert violations(page) == []


def test_the_language_switch_changes_every_sentence(page: Page, server: str, watch: Watch) -> None:
    opened(page, server)
    english = said(page)
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page).to_have_title("头灯：所有视图")
    expect(page).to_have_url(re.compile("lang=zh"))
    chinese = said(page)
    assert len(english) > 250 and len(chinese) > 250
    assert {text for text in chinese if re.search("[A-Za-z]", own(text))} == set()
    assert {text for text in english & chinese if own(text)} <= {"头灯", "中文"}


def said(page: Page) -> set[str]:
    """But for tokens, the names of files, tensors and vectors, and keys of the keyboard."""
    tokens = {token.strip("␣⟨⟩ ").split()[0] for token in page.locator("bdi").all_text_contents()}
    codes = set(page.locator("code").all_text_contents())
    names = [*ADDRESSES, *map(re.escape, sorted(tokens, key=len, reverse=True)), *NAMES]
    apart = re.compile(rf"(?<![A-Za-z])({'|'.join(names)})(?![A-Za-z])", re.ASCII)
    return {apart.sub("", text).strip() for text in sentences(page) - codes}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_scrolls_in_one_direction_only(page: Page, server: str, watch: Watch, lang: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, server, lang)
    page.wait_for_function(f"() => ({OVERFLOW})()[0] === 0")
    assert page.evaluate(OVERFLOW) == [0, []]


def test_a_view_has_a_state_of_its_own(page: Page, server: str, watch: Watch) -> None:
    opened(page, server, only="heatmap")
    one = specimen(page, "Weights under a causal mask: what is hidden is hatched").locator(".cells")
    other = specimen(page, "Scores: signed, zero is paper").locator(".mark-cell")
    before = other.get_attribute("style")
    one.focus()
    page.keyboard.press("Control+Home")
    top, left = one.locator(".mark-cell").evaluate("(node) => [node.style.top, node.style.left]")
    assert (top, left) == ("0%", "0%")
    assert other.get_attribute("style") == before


def test_two_figures_have_radio_buttons_of_their_own(page: Page, server: str, watch: Watch) -> None:
    opened(page, server, only="values")
    first, second = specimen(page, "In the order of the sentence"), page.locator("#values .specimen").nth(1)
    first.get_by_text("largest first", exact=True).click()
    expect(first.get_by_role("radio", name="largest first")).to_be_checked()
    expect(second.get_by_role("radio", name="largest first")).to_be_checked()
    expect(second.get_by_role("radio", name="weight × ‖v‖")).to_be_checked()


def test_a_head_is_the_models_own(page: Page, server: str, watch: Watch) -> None:
    """The weight that the worked cell shows is Python's, on the sentence that its tokens spell."""
    opened(page, server, only="cell")
    text = "Tom likes music. Mary likes music. Tom likes"
    pattern = zoo.load("decoder", "cpu").trace(text)["decoder.blocks.1.attn.pattern"][2]
    shown = specimen(page, "Worked cell, visible").locator(".lead strong").inner_text()
    assert shown == f"{100 * float(pattern[6, 3]):.1f} %"


def test_the_player_brings_the_stages_that_it_lacks(page: Page, server: str, watch: Watch) -> None:
    opened(page, server, only="player")
    player = page.locator("#player")
    player.get_by_role("button", name="decoder block 3").last.click()
    expect(player.locator(".stage h2")).to_contain_text("stage 43 of")
    expect(player.locator(".stage-figure canvas")).to_have_count(2)
    expect(player.locator("div.stage")).to_have_attribute("aria-busy", "false")


def test_the_slider_of_the_training_changes_the_head(page: Page, server: str, watch: Watch) -> None:
    opened(page, server, only="training")
    training = page.locator("#training .specimen").first
    picture = training.locator(".heatmaplayer image")
    finished = picture.get_attribute("xlink:href")
    training.get_by_role("slider").press("Home")
    expect(training.locator(".reading")).to_contain_text("step 0 of")
    expect(picture).not_to_have_attribute("xlink:href", finished or "")


def test_a_sentence_is_refused_by_the_server_itself(page: Page, server: str, watch: Watch) -> None:
    watch.expect("status of 422")
    opened(page, server, lang="zh", only="sentence")
    empty = page.locator("#sentence .specimen").nth(1)
    expect(empty.get_by_role("alert")).to_have_text("")
    empty.get_by_role("textbox").press("Enter")
    expect(empty.get_by_role("alert")).to_have_text("请至少输入一个看得见的字符。")
    empty.get_by_role("textbox").fill("她说她很累。")
    empty.get_by_role("textbox").press("Enter")
    expect(empty.get_by_role("alert")).to_have_text("")


def test_what_the_server_refuses_is_told_in_its_place(page: Page, server: str, watch: Watch) -> None:
    watch.expect("status of 503")
    page.route("**/api/trace", refused)
    page.goto(f"{server}/patterns?lang=en&only=paged")
    told = page.locator("#paged .refusal")
    expect(told).to_contain_text("Too many runs are waiting.")
    page.unroute("**/api/trace")
    told.get_by_role("button", name="Try again").click()
    expect(page.locator("#paged .heatmaplayer image")).to_have_count(1)
    assert page.locator("#paged .ytick text").count() == 12  # of 25 tokens, the second page


def refused(route: Route) -> None:
    route.fulfill(status=503, body=json.dumps({"detail": "Too many runs are waiting."}))


def test_without_a_server_the_page_says_so(page: Page, server: str, watch: Watch) -> None:
    watch.expect("net::ERR_")
    page.route("**/api/**", lambda route: route.abort())
    page.goto(f"{server}/patterns?lang=zh&only=grid")
    expect(page.get_by_role("alert")).to_contain_text("连不上服务器")
    page.unroute("**/api/**")
    page.get_by_role("button", name="再试一次").first.click()
    expect(page.locator("#grid canvas").first).to_be_attached()


def test_what_is_to_be_seen_is_shown_by_the_workbench(page: Page, server: str, watch: Watch) -> None:
    opened(page, server, theme="dark", only="sentence")
    page.locator("#sentence .look button").first.click()
    expect(page.locator(".head-figure h2 small")).to_contain_text("block 1 · head 2")
    example = EXAMPLES[0]
    weight = zoo.load(example.model, "cpu").trace(example.text)[f"{example.site}.pattern"][
        example.head, example.query, example.key
    ]
    expect(page.locator(".worked .lead strong")).to_have_text(f"{100 * float(weight):.1f} %")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
