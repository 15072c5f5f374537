"""What the page says: in the visitor's language, of whatever was typed, and of what went wrong."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from browser.bench import ENGLISH, Bench, elided, label, trace
from browser.words import own, sentences
from playwright.sync_api import Page, expect

from app import Settings
from model.examples import EXAMPLES

LIMIT = Settings().max_characters


@pytest.mark.parametrize("model", ["decoder", "encoder", "encoder-decoder"])
def test_the_language_switch_changes_every_sentence(bench: Bench, page: Page, model: str) -> None:
    text = "我爱吃鱼，你爱吃什么"
    masked, target = ({}, "<2zh>我爱") if model == "encoder-decoder" else ({"mask": "window:3"}, None)
    bench.open(text, target, model=model, query=2, key=1, sink="hidden", **masked)
    english, chinese = set[str](), set[str]()
    for view in ("weights", "scores", "qkv", "values"):
        page.locator(f"[data-view={view}]").click()
        expect(page.locator(".chart .main-svg").first).to_be_visible()
        english |= sentences(page)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    for view in ("weights", "scores", "qkv", "values"):
        page.locator(f"[data-view={view}]").click()
        expect(page.locator(".chart .main-svg").first).to_be_visible()
        chinese |= sentences(page)
    assert len(english) > 40 and len(chinese) > 40
    assert {said for said in chinese if re.search("[A-Za-z]", own(said))} == set()
    assert {said for said in english & chinese if own(said)} <= {"头灯", "中文"}
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("[data-view=qkv]").click()
    assert sentences(page) <= english


def test_a_visitor_gets_the_page_in_the_language_of_the_browser(bench: Bench, page: Page) -> None:
    page.set_extra_http_headers({"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    page.goto(f"{bench.server}/")
    bench.ready()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page).to_have_title("头灯：看每个注意力头在看什么")
    first = next(one for one in EXAMPLES if (one.model, one.lang) == ("decoder", "zh"))
    expect(bench.text).to_have_value(first.text)
    expect(page.get_by_role("button", name="运行")).to_be_visible()


def test_tokens_are_read_in_their_own_language(bench: Bench) -> None:
    bench.open("I love 鱼。")
    tokens = trace("decoder", "I love 鱼。").tokens["target"]
    for token, shown in zip(tokens, bench.tokens().all(), strict=True):
        chinese = any("CJK" in unicodedata.name(character, "") or character == "。" for character in token.text)
        expect(shown).to_have_attribute("lang", "zh-CN" if chinese else "en")


REFUSALS = {
    "": ("Type at least one visible character.", "请至少输入一个看得见的字符。"),
    "\u200b \n": ("Type at least one visible character.", "请至少输入一个看得见的字符。"),
    "x" * (LIMIT + 1): (f"{LIMIT + 1} characters; {LIMIT} is the most.", f"{LIMIT + 1} 个字符，最多 {LIMIT} 个。"),
    "鱼 " * 500: ("this model reads 256 at most. Shorten the text.", "这个模型最多读 256 个。请缩短文本。"),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_refusal_is_a_sentence_and_loses_nothing(bench: Bench, page: Page, lang: str) -> None:
    bench.watch.expect("status of 422")
    bench.open(ENGLISH, lang=lang)
    for text, told in REFUSALS.items():
        assert bench.run(text).status == 422
        expect(bench.refusal).to_contain_text(told[lang == "zh"])
        expect(bench.text).to_have_value(text)
        expect(bench.text).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_role("button", name="Run" if lang == "en" else "运行", exact=True)).to_be_enabled()
        bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])  # the last figure stays
        expect(bench.heads).to_have_count(16)
    bench.run("better")
    expect(bench.refusal).to_have_text("")
    bench.shows_tokens(trace("decoder", "better").tokens["target"])


def test_too_many_characters_are_told_while_typing(bench: Bench) -> None:
    bench.open()
    bench.text.fill("x" * (LIMIT + 1))
    expect(bench.refusal).to_contain_text(f"At most {LIMIT} characters fit.")
    bench.text.fill("😀" * LIMIT)  # characters, not UTF-16's halves of them
    expect(bench.refusal).to_have_text("")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_the_server_the_page_says_so_and_keeps_what_it_has(bench: Bench, page: Page, lang: str) -> None:
    bench.watch.expect("net::ERR_")
    bench.open(ENGLISH, lang=lang)
    page.route("**/api/trace", lambda route: route.abort())
    bench.text.fill("unheard")
    bench.text.press("Enter")
    sentence = {"en": "The server cannot be reached.", "zh": "连不上服务器。"}[lang]
    expect(bench.refusal).to_contain_text(sentence)
    expect(bench.text).to_have_value("unheard")
    bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])
    page.unroute("**/api/trace")
    bench.after(lambda: bench.text.press("Enter"))
    expect(bench.refusal).to_have_text("")
    bench.shows_tokens(trace("decoder", "unheard").tokens["target"])


def test_a_page_whose_server_is_gone_from_the_start_says_so(bench: Bench, page: Page) -> None:
    bench.watch.expect("net::ERR_")
    page.route("**/api/**", lambda route: route.abort())
    page.goto(f"{bench.server}/?lang=en")
    expect(bench.refusal).to_contain_text("The server cannot be reached.")
    expect(page.locator("main")).to_contain_text("Nothing to show yet.")


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [(503, '{"detail": "Too many runs are waiting."}', "Too many runs are waiting."), (502, "<h1>Bad</h1>", "502")],
)
def test_whatever_stands_between_is_told_too(bench: Bench, page: Page, status: int, body: str, said: str) -> None:
    bench.watch.expect(f"status of {status}")
    bench.open()
    page.route("**/api/trace", lambda route: route.fulfill(status=status, body=body))
    bench.run("words")
    expect(bench.refusal).to_contain_text(said)
    bench.shows_tokens(trace("decoder", ENGLISH).tokens["target"])


@pytest.mark.parametrize("body", ["", "<!doctype html><title>Log in to the network</title>"], ids=["empty", "a page"])
def test_an_answer_that_is_no_trace_is_told_too(bench: Bench, page: Page, body: str) -> None:
    bench.watch.expect("uncaught")
    bench.open()
    page.route("**/api/trace", lambda route: route.fulfill(status=200, body=body))
    bench.run("words")
    expect(bench.refusal).not_to_be_empty()


LITERAL = [
    "<s> <b>bold</b> {{7*7}} ${7*7}",
    "<img src=x onerror=\"window.__xss=1\"><script>window.__xss=1</script>",
    "$\\href{javascript:window.__xss=1}{x}$",
    "</script><!-- &lt;b&gt; &amp;amp; <br> <a href='javascript:window.__xss=1'>",
    "[MASK] <mask> <bos> <|endoftext|> <pad>",
    "a\u202eb\u2066c ع שלום",
    "\0\x07\x1b[2J\x85\ufffe\ue000",
    "e\u0301🇨🇳👍🏽👨‍👩‍👧\u200b\u00ad",
]


@pytest.mark.parametrize("text", LITERAL)
def test_tokens_are_shown_to_the_letter(bench: Bench, page: Page, text: str) -> None:
    bench.open(text)
    expect(bench.text).to_have_value(text)
    tokens = trace("decoder", text).tokens["target"]
    bench.shows_tokens(tokens)
    assert bench.tokens().all_text_contents() == [elided(label(token), 24) for token in tokens]
    for view, charts in (("qkv", 3), ("scores", 1), ("weights", 1)):
        page.locator(f"[data-view={view}]").click()
        expect(page.locator(".chart:has(.main-svg)")).to_have_count(charts)
    axes = [elided(label(token), 12) for token in tokens]
    for axis in ("xtick", "ytick"):
        drawn = page.locator(f".{axis} text")
        every = -(-len(axes) // drawn.count())  # a long row has room for every second label, or third
        plain = [text.replace("\u200b", "") for text in drawn.all_text_contents()]
        assert plain == axes[::every]
    for i in range(min(4, len(tokens))):
        page.locator(".tokens button").nth(i).click()
    assert page.evaluate("window.__xss") is None
    foreign = "main img, main script, main a:not([href^=\"/models/\"]), [role=tabpanel] b:not(h3 b)"
    assert page.locator(foreign).count() == 0


MARKUP = [
    "<s>", "</s>", "<b>bold</b>", "<i>", "<sub>x", "<br>", "&lt;", "&amp;", "<a/href=#>", "x$y$z",
    "<img/src=x/onerror=window.__xss=1>", "<svg/onload=window.__xss=1>", "\\href{javascript:window.__xss=1}{x}",
]


def test_a_token_that_is_markup_is_shown_to_the_letter(bench: Bench, page: Page) -> None:
    """Our own tokenizer takes markup apart; another's may have <s> and <b> as tokens."""
    page.route("**/api/trace", lambda route: route.fulfill(body=renamed(route.fetch().body())))
    bench.open("x" + " y" * (len(MARKUP) - 2), key=0)
    expect(bench.tokens()).to_have_text([elided(token, 24) for token in MARKUP])
    for axis in ("xtick", "ytick"):
        expect(page.locator(f".{axis} text")).to_have_text([elided(token, 12) for token in MARKUP])
    shown = page.locator(".predictions li bdi").all_text_contents()
    assert shown == MARKUP[: len(shown)] and shown
    for i in range(len(MARKUP)):
        page.locator(".tokens button").nth(i).click()
        expect(bench.summary).to_contain_text(MARKUP[i])
    assert page.evaluate("window.__xss") is None
    assert page.locator("main img, main script, main a:not([href^=\"/models/\"]), .chart b, .chart a").count() == 0


def renamed(body: bytes) -> bytes:
    """The same trace with MARKUP for its tokens, and for what it predicts."""
    length = int.from_bytes(body[:8], "little")
    header = json.loads(body[8 : 8 + length])
    about = header["__metadata__"]
    tokens = json.loads(about["tokens"])
    predictions = json.loads(about["predictions"])
    assert len(tokens["target"]) == len(MARKUP)
    for token, text in zip(tokens["target"], MARKUP, strict=True):
        token.update(text=text, start=0, end=len(text))
    for position in predictions:
        for prediction, text in zip(position, MARKUP, strict=False):
            prediction["text"] = elided(text, 24)
    about.update(tokens=json.dumps(tokens), predictions=json.dumps(predictions))
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    return len(head).to_bytes(8, "little") + head + body[8 + length :]


def test_a_dollar_sign_on_an_axis_is_only_that(bench: Bench, page: Page) -> None:
    bench.open("$x$ costs $5")
    axes = [elided(label(token), 12) for token in trace("decoder", "$x$ costs $5").tokens["target"]]
    expect(page.locator(".ytick text")).to_have_text(axes)


@pytest.mark.parametrize("odd", ["\u202e", "\0"], ids=["right-to-left override", "NUL"])
def test_no_sentence_holds_a_character_that_cannot_be_seen(bench: Bench, page: Page, odd: str) -> None:
    bench.open(f"a{odd}b", query=2, key=2)
    expect(bench.summary).to_contain_text("gives key")
    assert hidden(page) == set()


def test_a_page_of_plain_words_holds_no_such_character(bench: Bench, page: Page) -> None:
    bench.open("a b", query=2, key=2)
    expect(bench.summary).to_contain_text("gives key")
    assert hidden(page) == set()


def hidden(page: Page) -> set[str]:
    """Controls and directions in what the page shows and reads out."""
    said = page.evaluate("""() => {
      const named = [...document.querySelectorAll("main [aria-label], main [title]")];
      return document.querySelector("main").innerText + named.map((node) => node.ariaLabel + node.title).join("");
    }""")
    return {character for character in said if unicodedata.category(character) in ("Cc", "Cf")} - set("\n\t")


def test_a_right_to_left_token_leaves_its_neighbours_where_they_are(bench: Bench, page: Page) -> None:
    bench.open("one שלום two عربي three")
    places = [box["x"] for box in (token.bounding_box() for token in page.locator(".tokens li").all()) if box]
    assert places == sorted(places)
    heading = bench.heading.inner_text()
    assert heading.startswith("block 0 · head 0")
