"""What is set beside a run with one press, and changed in its pane: masks, sentences, checkpoints, models, edits."""

from __future__ import annotations

import re

import pytest
import torch
from browser.bench import ENGLISH, Bench, trace
from browser.comparing import Comparing, close, pattern
from browser.waiting import eventually
from playwright.sync_api import Page, expect

from app.schemas import RunRequest
from model import zoo

SITE, HEAD = "decoder.blocks.1.attn", 2
AT = {"site": SITE, "head": HEAD, "query": 6, "key": 3}


@pytest.fixture
def comparing(bench: Bench) -> Comparing:
    return Comparing(bench)


@pytest.mark.parametrize(
    ("preset", "mask", "asked", "called"),
    [
        ("bidirectional mask", "bidirectional", "bidirectional", "bidirectional"),
        ("prefix mask", "prefix:3", {"prefix": 3}, "prefix of 3"),
        ("window mask", "window:4", {"window": 4}, "window of 4"),
    ],
)
def test_a_mask_stands_beside_the_one_it_was_trained_with(
    comparing: Comparing, page: Page, preset: str, mask: str, asked: object, called: str
) -> None:
    comparing.open(ENGLISH, **{**AT, "as": "table"})
    comparing.preset(preset).click()
    comparing.ready(1)
    expect(comparing.pane("B").locator("h3")).to_contain_text(called)
    expect(comparing.pane("B").locator(".warning")).to_contain_text("learned with another mask (causal)")
    expect(comparing.pane("A").locator(".warning")).to_have_count(0)
    a, b = trace("decoder", ENGLISH), trace("decoder", ENGLISH, mask=asked)
    one, other = pattern(a, SITE, HEAD), pattern(b, SITE, HEAD)
    positions = torch.arange(len(one))
    seen = [t.site(SITE).mask(positions[:, None], positions[None, :]).expand_as(one) for t in (a, b)]
    shown = comparing.numbers(comparing.difference)
    for i, row in enumerate(shown):
        for j, number in enumerate(row):
            if not (seen[0][i, j] or seen[1][i, j]):
                assert number == "masked"
            else:
                assert close(number, float(other[i, j] - one[i, j])), (i, j, number)
    assert len(shown) == len(one)
    eventually(page, lambda: comparing.beside, f"mask={mask.replace(':', '%3A')}")


def test_a_mask_is_painted_in_its_pane(comparing: Comparing, page: Page) -> None:
    comparing.open(ENGLISH, **AT)
    comparing.preset("mask painted by hand").click()
    comparing.ready(1)
    whole = float(pattern(trace("decoder", ENGLISH), SITE, HEAD)[6, 3])
    comparing.shows("B", whole)
    page.locator(".pane-painter .mask-cells").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(comparing.pane("B").locator(".at b")).to_have_text("masked")  # the selection goes with the painter
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    masked = trace("decoder", ENGLISH, mask={"painted": [[6, 0, False]]})
    comparing.shows("B", float(pattern(masked, SITE, HEAD)[6, 3]))
    comparing.shows("A", whole)
    eventually(page, lambda: comparing.beside, "mask=painted%3A6.0-")
    expect(page.locator(".pane-painter .count")).to_contain_text("1 cell changed")
    page.keyboard.press("Control+z")
    comparing.shows("B", whole)
    page.keyboard.press("Control+Shift+z")
    comparing.shows("B", float(pattern(masked, SITE, HEAD)[6, 3]))
    page.wait_for_function("() => location.hash.includes('6.0-')")
    page.reload()
    comparing.ready(1).shows("B", float(pattern(masked, SITE, HEAD)[6, 3]))
    expect(page.locator(".pane-painter")).not_to_have_attribute("open", "")


def test_a_boundary_is_moved_by_keys_and_drawn_by_the_pointer(comparing: Comparing, page: Page) -> None:
    comparing.open(ENGLISH, "mask=prefix%3A3", **AT)
    boundary = comparing.pane("B").get_by_role("slider", name="End of the prefix")
    expect(boundary).to_have_attribute("aria-valuetext", "3 tokens are seen by all, up to ␣likes")
    boundary.focus()
    page.keyboard.press("ArrowRight")
    expect(comparing.pane("B").locator("h3")).to_contain_text("prefix of 4")
    expect(boundary).to_be_focused()
    assert page.url.find("query=6") > 0  # the arrow key chose no cell
    page.keyboard.press("Home")
    expect(boundary).to_have_attribute("aria-valuenow", "0")
    page.keyboard.press("End")
    expect(boundary).to_have_attribute("aria-valuenow", "11")
    handle, cells = boundary.bounding_box(), comparing.pane("B").locator(".cells").bounding_box()
    assert handle is not None and cells is not None
    y = cells["y"] + cells["height"] / 2
    page.mouse.move(handle["x"] + handle["width"] / 2, y)
    page.mouse.down()
    for tokens in (9, 7, 5):
        page.mouse.move(cells["x"] + cells["width"] * tokens / 11, y)
    page.mouse.up()
    expect(comparing.pane("B").locator("h3")).to_contain_text("prefix of 5")
    page.wait_for_url("**prefix%253A5**")
    weight = float(pattern(trace("decoder", ENGLISH, mask={"prefix": 5}), SITE, HEAD)[6, 3])
    comparing.shows("B", weight)
    page.go_back()  # one stroke is one step
    expect(comparing.pane("B").locator("h3")).to_contain_text("prefix of 11")


def test_another_sentence_is_written_in_its_pane(comparing: Comparing, page: Page) -> None:
    comparing.open("I drink tea.", query=2, key=1)
    comparing.preset("another sentence").click()
    comparing.ready(1)
    expect(comparing.difference).to_contain_text("the largest difference is exactly 0")
    box = comparing.pane("B").get_by_label("Other sentence")
    box.fill("I drink 茶 & milk.")
    box.press("Enter")
    expect(comparing.pane("B").locator("h3")).to_contain_text("I drink 茶 & milk.")
    other = trace("decoder", "I drink 茶 & milk.")
    expect(comparing.pane("B").locator(".ytick")).to_have_count(len(other.tokens["target"]))
    site = comparing.pane("A").locator("h3 small").inner_text()
    block, head = re.findall(r"\d+", site)
    weight = float(pattern(other, f"decoder.blocks.{block}.attn", int(head))[2, 1])
    comparing.shows("B", weight)


def test_a_checkpoint_stands_beside_the_finished_model(comparing: Comparing, page: Page) -> None:
    comparing.open(ENGLISH, **AT)
    comparing.preset("before training").click()
    comparing.ready(1)
    expect(comparing.pane("B").locator("h3")).to_contain_text("step 0")
    expect(comparing.pane("A").locator("h3")).to_contain_text("finished model")
    expect(comparing.story.nth(1)).to_contain_text("Other weights make other queries and keys")
    untrained = zoo.load("decoder", "cpu").trace(ENGLISH, checkpoint=0)
    comparing.shows("B", float(pattern(untrained, SITE, HEAD)[6, 3]))
    chosen = comparing.pane("B").get_by_label("Step of the training")
    chosen.select_option(label=chosen.locator("option").last.inner_text())
    expect(comparing.difference).to_contain_text("the largest difference is exactly 0")


def test_before_and_after_an_edit(comparing: Comparing, page: Page, bench: Bench) -> None:
    edit = "zero:decoder.blocks.0.attn:2"
    comparing.open(ENGLISH, **AT)
    page.evaluate("(edit) => { location.hash += '&edits=' + encodeURIComponent(edit); location.reload(); }", edit)
    expect(comparing.preset("without the edits")).to_be_visible()
    comparing.preset("without the edits").click()
    comparing.ready(1)
    expect(comparing.pane("A").locator("h3")).to_contain_text("1 edit")
    expect(comparing.pane("B").locator("h3")).to_contain_text("without edits")
    edited = zoo.load("decoder", "cpu").trace(ENGLISH, edits=[{"zero": "decoder.blocks.0.attn", "head": 2}])
    values = [float(pattern(t, SITE, HEAD)[6, 3]) for t in (edited, trace("decoder", ENGLISH))]
    expect(comparing.cell).to_be_visible()
    assert all(
        close(number, value)
        for number, value in zip(comparing.told("weight"), [*values, values[1] - values[0]], strict=True)
    )


def test_the_trained_encoder_beside_the_trained_decoder(comparing: Comparing, page: Page) -> None:
    comparing.open(ENGLISH, **AT, mask="bidirectional")
    expect(comparing.preset("trained encoder and trained decoder")).to_be_visible()
    comparing.preset("trained encoder and trained decoder").click()
    comparing.ready(1)
    expect(comparing.pane("A").locator("h3")).to_contain_text("Decodercausal")
    expect(comparing.pane("B").locator("h3")).to_contain_text("Encoderbidirectional")
    expect(page.locator(".comparison .warning")).to_have_count(0)
    encoder = trace("encoder", ENGLISH)
    comparing.shows("B", float(pattern(encoder, "encoder.blocks.1.attn", 2)[6, 3]))
    expect(comparing.vectors).to_contain_text("The vectors of two models are not compared")
    comparing.pane("B").get_by_label(re.compile("^Head")).select_option("encoder.blocks.4.attn.5")
    expect(comparing.pane("B").locator("h3 small")).to_contain_text("block 4 · head 5")
    comparing.shows("B", float(pattern(encoder, "encoder.blocks.4.attn", 5)[6, 3]))
    page.wait_for_url("**head%3D5**")
    page.reload()
    comparing.ready(1)
    expect(comparing.pane("B").locator("h3 small")).to_contain_text("block 4 · head 5")


def test_what_is_refused_is_told_in_its_pane_and_the_last_figure_stays(
    comparing: Comparing, page: Page, bench: Bench
) -> None:
    bench.watch.expect("status of 4")
    comparing.open(ENGLISH, "text=Tom+likes+tea.", **AT)
    box = comparing.pane("B").get_by_label("Other sentence")
    before = comparing.pane("B").locator(".at").inner_text()
    box.fill("  ")
    box.press("Enter")
    expect(comparing.pane("B").get_by_role("alert")).to_contain_text("Type at least one visible character.")
    expect(comparing.pane("B").get_by_role("alert")).to_contain_text("What was here before stays.")
    assert comparing.pane("B").locator(".at").inner_text() == before
    box.fill("Mary likes tea.")
    box.press("Enter")
    expect(comparing.pane("B").get_by_role("alert")).to_have_count(0)
    expect(comparing.pane("B").locator(".ytick").nth(1)).to_have_text("Mary")


def test_a_pane_that_never_was_says_why(comparing: Comparing, page: Page, bench: Bench) -> None:
    bench.watch.expect("status of 4")
    comparing.open(ENGLISH, "model=nobody", "mask=bidirectional", **AT)
    expect(comparing.pane("B").get_by_role("alert")).not_to_be_empty()
    expect(comparing.pane("C").locator(".at b")).to_be_visible()
    expect(comparing.difference.locator("h3")).to_contain_text("C − A")


@pytest.mark.skipif("written" not in RunRequest.model_fields, reason="this server takes no written tokens yet")
def test_three_ways_to_translate(comparing: Comparing, bench: Bench) -> None:
    comparing.open("I want tea.", model="encoder-decoder", site="decoder.blocks.2.cross_attn", head=2, query=1, key=1)
    comparing.preset("three ways to translate").click()
    comparing.ready(2)
    both = trace("encoder-decoder", "I want tea.")
    written = [5, *(token.id for token in both.tokens["target"][1:])]
    expect(comparing.pane("B").locator("h3")).to_contain_text("causal")
    expect(comparing.pane("C").locator("h3")).to_contain_text("prefix of 6")  # <bos> I want tea . <sep>
    expect(comparing.pane("C")).to_contain_text("This decoder also learned with this mask")
    expect(bench.warning).to_have_count(0)
    for letter, mask in (("B", "native"), ("C", {"prefix": 6})):
        read = zoo.load("decoder", "cpu").trace("I want tea.", written=written, mask=mask)
        labels = [
            f"⟨{token.text.strip('<>')}⟩" if token.start is None else token.text for token in read.tokens["target"]
        ]
        shown = comparing.pane(letter).locator(".ytick").all_text_contents()
        assert [text.replace("␣", " ") for text in shown] == labels
        comparing.shows(letter, float(pattern(read, "decoder.blocks.2.attn", 2)[6, 2]))  # the first word, at "want"
    expect(comparing.difference.locator(".ytick")).to_have_count(len(both.tokens["target"]))
    expect(comparing.difference.locator(".xtick")).to_have_count(len(both.tokens["source"]) - 1)  # but its <eos>
