"""The address is the whole state: a link, a reload and "back" bring a picture back; the sentence goes to no log."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote_plus, urlsplit

from browser.address import address
from browser.bench import ENGLISH, Bench, Cell, trace
from browser.waiting import eventually
from playwright.sync_api import Page, expect

SITE = "decoder.blocks.1.attn"
SECRET = "我的秘密 & secret words?"


def test_every_choice_is_in_the_address_and_a_reload_restores_it(bench: Bench, page: Page) -> None:
    bench.open()
    bench.run(SECRET)
    bench.after(lambda: bench.mask.select_option("prefix"))
    bench.head("decoder self-attention", 1, 2).click()
    bench.matrix.click(position=bench.place(3, 1))
    page.get_by_role("button", name="Dark").click()
    page.get_by_role("tab", name="Scores").click()
    page.get_by_role("button", name="中文").click()
    page.wait_for_url("**lang=zh**")
    chosen = {
        "lang": "zh", "theme": "dark", "mask": "prefix:3", "site": SITE, "head": "2", "query": "3", "key": "1",
        "view": "scores",
    }
    eventually(page, lambda: address(page), (chosen, {"text": SECRET}))
    page.reload()
    bench.ready()
    eventually(page, lambda: address(page), (chosen, {"text": SECRET}))
    expect(bench.text).to_have_value(SECRET)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(bench.mask).to_have_value("prefix")
    expect(bench.count).to_have_value("3")
    expect(page.get_by_role("tab", selected=True)).to_have_attribute("data-view", "scores")
    bench.shows_cell(Cell(trace("decoder", SECRET, mask={"prefix": 3}), SITE, 2, 3, 1))


def test_a_link_opens_the_same_picture_elsewhere(bench: Bench, page: Page) -> None:
    site = "decoder.blocks.1.cross_attn"
    bench.open("I want tea.", "我要茶", model="encoder-decoder", site=site, head=3, query=1, key=2)
    expected = trace("encoder-decoder", "I want tea.", target="我要茶")
    bench.shows_cell(Cell(expected, site, 3, 1, 2))
    expect(bench.text).to_have_value("I want tea.")
    expect(bench.target).to_have_value("我要茶")


def test_the_sentence_is_in_the_fragment_and_in_no_address_that_is_asked_for(
    bench: Bench, page: Page, watch: Any
) -> None:
    bench.open(SECRET, model="encoder-decoder")
    bench.target.fill("秘密 target")
    bench.after(lambda: bench.target.press("Enter"))
    page.wait_for_url("**target=**")
    page.reload()
    bench.ready()
    assert "secret" in urlsplit(page.url).fragment and "secret" not in urlsplit(page.url).query
    assert len(watch.requests) > 20
    for request in watch.requests:
        sent = request.url + str(request.headers)
        for word in ("secret", "秘密", quote_plus("秘密"), "target="):
            assert word not in sent.split("#")[0] or request.url.endswith(".js")


def test_back_returns_to_the_earlier_sentence(bench: Bench, page: Page) -> None:
    bench.open()
    bench.run("first words")
    bench.run("second words here")
    page.wait_for_url("**second**")
    bench.after(lambda: page.go_back())
    expect(bench.text).to_have_value("first words")
    expected = trace("decoder", "first words")
    bench.shows_tokens(expected.tokens["target"])
    bench.after(lambda: page.go_back())
    expect(bench.text).to_have_value(ENGLISH)
    bench.after(lambda: page.go_forward())
    expect(bench.text).to_have_value("first words")
    bench.shows_tokens(expected.tokens["target"])


def test_back_returns_to_the_earlier_cell(bench: Bench, page: Page) -> None:
    bench.open(query=1, key=0)
    bench.run("second words here")
    page.wait_for_url("**second**")
    bench.after(lambda: page.go_back())
    bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])
    expect(page.locator(".token-row .is-query sub")).to_have_text("1")


def test_back_returns_to_the_earlier_mask(bench: Bench, page: Page) -> None:
    bench.open()
    bench.after(lambda: bench.mask.select_option("bidirectional"))
    page.wait_for_url("**mask=bidirectional**")
    bench.after(lambda: page.go_back())
    expect(bench.heading).to_contain_text("causal")


def test_back_returns_to_the_earlier_model(bench: Bench, page: Page) -> None:
    bench.open()
    bench.model("Encoder")
    page.wait_for_url("**model=encoder**")
    bench.after(lambda: page.go_back())
    expect(bench.tokens().first).to_have_text("⟨bos⟩")  # the decoder's; an encoder's is ⟨cls⟩


def test_an_address_whose_sentence_is_taken_away_opens_the_example(bench: Bench, page: Page) -> None:
    bench.open("first words", view="scores")
    bench.after(lambda: page.evaluate("location.hash = ''"))
    bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])
    expect(bench.text).to_have_value(ENGLISH)


def test_an_address_that_asks_for_what_is_not_there_opens_what_is(bench: Bench, page: Page) -> None:
    tokens = trace("decoder", ENGLISH).tokens["target"]
    for query in (
        {"model": "nowhere"}, {"head": 99, "query": 99, "key": 99}, {"site": "decoder.blocks.99.attn"}, {"lang": "xx"},
        {"head": "-1", "query": "1e9", "key": "NaN"}, {"other": "<script>window.__xss = 1</script>"},
    ):
        bench.open(ENGLISH, **query)
        expect(bench.heading).to_contain_text("block 0 · head 0")
        bench.shows_tokens(tokens)
        assert page.evaluate("window.__xss") is None


def test_an_unknown_theme_is_no_theme(bench: Bench, page: Page) -> None:
    bench.watch.expect("uncaught")
    page.goto(f"{bench.server}/?theme=foo")
    expect(page.locator(".chart .main-svg")).not_to_have_count(0, timeout=4000)
    assert bench.watch.complaints == []
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_an_unknown_view_is_the_first(bench: Bench, page: Page) -> None:
    bench.open(ENGLISH, view="foo")
    expect(page.locator("[role=tab][aria-selected=true]")).to_have_count(1)


def test_a_mask_that_is_none_is_refused_in_words(bench: Bench, page: Page, watch: Any) -> None:
    watch.expect("status of 4")
    watch.expect("cannot be parsed, or is out of range")  # Chromium, of what the number's box is given
    for mask in ("nonsense", "prefix", "prefix:-1", "window:x", "painted:1"):
        page.goto(f"{bench.server}/?lang=en&mask={mask}")
        expect(bench.refusal).to_have_text(re.compile("mask"))
        expect(page.locator("main")).to_have_attribute("aria-busy", "false")
        bench.after(lambda: bench.mask.select_option("native"))
        expect(bench.refusal).to_have_text("")
        bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])
