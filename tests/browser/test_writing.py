"""Writing: the tokens, their probabilities and what is told of them are the model's own; going back leaves no trace."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from browser.axe import violations
from browser.bench import Bench, agrees, label
from browser.waiting import eventually
from browser.watch import Watch
from playwright.sync_api import Page, expect

from model import zoo
from model.generate import Step

STORY = "Once upon a time there was a little girl"
SOURCE = "我爱吃鱼。"


class Desk:
    """The act of writing."""

    def __init__(self, bench: Bench):
        self.bench, self.page = bench, bench.page
        self.written = self.page.locator(".written .tokens bdi")
        self.one = self.page.get_by_role("button", name="One token")
        self.go = self.page.locator(".written .buttons button").nth(1)
        self.back = self.page.get_by_role("button", name="Take back")
        self.rows = self.page.locator(".candidates tbody tr")

    def open(self, text: str, **query: Any) -> Desk:
        self.bench.open(text, act="write", **query)
        expect(self.rows.first).to_be_visible()
        return self

    def panel(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def shows(self, ids: list[int], model: str) -> None:
        tokens = zoo.load(model, "cpu").tokenizer.tokens(ids)
        expect(self.written).to_have_text([label(token) for token in tokens])

    def writes(self) -> None:
        count = self.written.count()
        self.one.click()
        expect(self.written).to_have_count(count + 1)


@pytest.fixture
def desk(bench: Bench) -> Desk:
    return Desk(bench)


def steps(model: str, text: str, most: int, **how: Any) -> list[Step]:
    return list(zoo.load(model, "cpu").generate(text, max_new_tokens=most, **how))


def test_a_story_is_written_as_python_writes_it(desk: Desk) -> None:
    begun = "The old man"
    expected = steps("decoder", begun, 4, temperature=0.8, top_p=0.9)
    desk.open(begun)
    for _ in expected:
        desk.writes()
    ids = [step.id for step in expected]
    desk.shows(ids, "decoder")
    trace = zoo.load("decoder", "cpu").trace(begun, written=ids)
    desk.bench.shows_tokens(trace.tokens["target"])
    last = trace["decoder.blocks.0.attn.pattern"][0, -1]
    expect(desk.bench.numbers).to_have_count(len(last) * (len(last) + 1) // 2)
    assert desk.bench.numbers.all_text_contents()[-len(last) :] == [f"{weight:.2f}" for weight in last.tolist()]


def test_the_four_columns_are_the_model_and_what_each_step_leaves(desk: Desk) -> None:
    desk.open(STORY, temperature="1.2", top_k=5, top_p="0.8", seed=3)
    (expected,) = steps("decoder", STORY, 1, temperature=1.2, top_k=5, top_p=0.8, seed=3)
    logits = zoo.load("decoder", "cpu").trace(STORY)["logits"][-1].double()
    warm = (logits / 1.2).softmax(-1)
    top = warm.topk(5)
    for place, row in enumerate(desk.rows.all()[:5]):
        id, shown = int(top.indices[place]), row.locator("td").all_inner_texts()
        assert row.locator("bdi").get_attribute("title") == label(zoo.load("decoder", "cpu").tokenizer.tokens([id])[0])
        kept = float(top.values[place] / top.values.sum())
        for text, value in zip(shown, [float(logits.softmax(-1)[id]), float(warm[id]), kept], strict=False):
            assert reads(text, value)
    shares = [row.locator("td").last.inner_text() for row in desk.rows.all()]
    before = (top.values.cumsum(0) - top.values) / top.values.sum()
    left = int((before < 0.8).sum())
    assert [share != "0" for share in shares] == [place < left for place in range(len(shares))]
    drawn = desk.page.locator(".candidates .drawn bdi").get_attribute("title")
    assert drawn == label(zoo.load("decoder", "cpu").tokenizer.tokens([expected.id])[0])


def reads(shown: str, value: float) -> bool:
    if shown.startswith("<"):
        return 0 < value < 1e-3
    if shown.startswith(">"):
        return 0.999 < value < 1
    return agrees(shown.removesuffix(" %"), 100 * value)


def test_another_candidate_is_a_branch_and_going_back_leaves_nothing(desk: Desk, page: Page) -> None:
    desk.open(STORY)
    first = desk.rows.all_inner_texts()
    desk.rows.nth(2).get_by_role("button").click()
    expect(desk.written).to_have_count(1)
    expect(desk.page.locator(".token-row bdi").last).to_have_text(desk.written.inner_text())
    expect(desk.one).to_be_enabled()
    desk.writes()
    branch = desk.written.all_inner_texts()
    page.get_by_role("button", name=re.compile("Go back to before")).first.click()
    expect(desk.written).to_have_count(0)
    expect(desk.one).to_be_enabled()
    eventually(page, desk.rows.all_inner_texts, first)
    page.go_back()
    expect(desk.written).to_have_text(branch)
    desk.back.click()
    expect(desk.written).to_have_text(branch[:1])


def test_a_link_opens_what_was_written(desk: Desk, page: Page) -> None:
    desk.open(STORY)
    desk.writes()
    desk.writes()
    shown = desk.written.all_inner_texts()
    page.wait_for_function("() => /written=[0-9]+[.][0-9]/.test(location.hash)")
    assert "written" not in page.evaluate("() => location.search")
    page.reload()
    expect(desk.written).to_have_text(shown)


def test_writing_on_stops_when_told_and_equals_one_by_one(desk: Desk) -> None:
    expected = steps("decoder", STORY, 40, temperature=0.8, top_p=0.9)
    desk.open(STORY)
    desk.go.click()
    expect(desk.go).to_have_text("Stop")
    expect(desk.written.nth(5)).to_be_visible()
    desk.go.click()
    expect(desk.go).to_have_text("Write on")
    expect(desk.one).to_be_enabled()
    count = desk.written.count()
    assert 6 <= count < 40
    desk.shows([step.id for step in expected[:count]], "decoder")


def test_a_translation_begins_empty_and_takes_the_likeliest(desk: Desk, page: Page) -> None:
    desk.open(SOURCE, model="encoder-decoder")
    expect(desk.written).to_have_count(0)
    desk.bench.shows_tokens(zoo.load("encoder-decoder", "cpu").trace(SOURCE, written=[]).tokens["target"])
    expected = [step.id for step in steps("encoder-decoder", SOURCE, 30, temperature=0)]
    desk.go.click()
    expect(page.locator(".written [role=status]")).to_contain_text("The model ends its text here", timeout=20_000)
    desk.shows(expected[:-1], "encoder-decoder")
    expect(desk.one).to_be_disabled()
    page.get_by_role("button", name="Look").click()
    page.get_by_role("button", name="Translate").click()
    desk.shows(expected[:-1], "encoder-decoder")


def test_the_beams_are_pythons(desk: Desk, page: Page) -> None:
    desk.open(SOURCE, model="encoder-decoder", panel="next")
    desk.panel("Beams")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".beams [role=status]")).to_be_visible()
    searched = list(zoo.load("encoder-decoder", "cpu").beams(SOURCE, width=4, max_new_tokens=40))
    assert page.locator(".node:not(.dropped)").count() == sum(len(step.kept) for step in searched)
    first = page.locator(".node").all()[: len(searched[0].kept)]
    for node, beam in zip(first, searched[0].kept, strict=True):
        assert agrees(node.locator("small").inner_text(), beam.total)
    assert page.locator(".node.best").count() > 1
    page.locator(".node.best").nth(1).click()
    expect(desk.written).to_have_count(2)


def test_the_lens_reads_each_block_through_the_final_norm(desk: Desk, page: Page) -> None:
    desk.open(STORY)
    desk.panel("Lens")
    model = zoo.load("decoder", "cpu")
    trace = model.trace(STORY)
    transformer = model.transformer
    for block, row in enumerate(page.locator(".lens tbody tr").all()):
        stream = trace[f"decoder.blocks.{block}.resid_post"]
        norm = transformer.decoder.norm
        z = (stream - stream.mean(-1, keepdim=True)) / (stream.var(-1, unbiased=False, keepdim=True) + norm.eps).sqrt()
        logits = (z * norm.weight + norm.bias) @ transformer.embed.weight.T
        top = logits[-1].softmax(-1).topk(3)
        for cell, id, share in zip(row.locator("td").all(), top.indices.tolist(), top.values.tolist(), strict=False):
            assert cell.locator("bdi").get_attribute("title") == label(model.tokenizer.tokens([id])[0])
            assert reads(cell.locator("small").inner_text(), share)
    page.locator(".token-row").get_by_role("button").nth(3).click()
    expect(page.locator(".lens caption")).to_contain_text("␣a")


def test_the_spread_adds_up_pythons_weights(desk: Desk, page: Page) -> None:
    desk.open(STORY)
    for _ in range(3):
        desk.writes()
    desk.panel("Spread")
    ids = [step.id for step in steps("decoder", STORY, 3, temperature=0.8, top_p=0.9)]
    trace = zoo.load("decoder", "cpu").trace(STORY, written=ids)
    n = len(trace.tokens["target"])
    begun = n - 3
    page.locator(".area").focus()
    page.keyboard.press("End")
    patterns = torch.cat([trace[f"{site.name}.pattern"] for site in trace.sites])
    for of, pattern in (("this head", patterns[:1]), ("all heads", patterns)):
        page.locator(".spread").get_by_text(of, exact=True).click()
        row = pattern[:, n - 1].mean(0)
        expected = [row[0], row[1:begun].sum(), row[begun : n - 1].sum(), row[n - 1]]
        for cell, share in zip(page.locator(".parts td").all(), expected, strict=True):
            assert reads(cell.inner_text(), float(share))
    page.keyboard.press("Tab")
    page.locator(".area").focus()
    page.keyboard.press("Home")
    expect(page.locator(".parts caption")).to_contain_text(f"position {begun}")


def test_the_cache_is_checked_on_the_last_two_runs(desk: Desk, page: Page) -> None:
    desk.open(STORY)
    desk.panel("Cache")
    expect(page.locator(".panel .checked")).to_contain_text("Write a token")
    desk.writes()
    expect(page.locator(".panel .checked")).to_contain_text("the largest difference is")
    desk.bench.after(lambda: desk.bench.mask.select_option("bidirectional"))
    desk.writes()
    expect(page.locator(".panel .checked")).to_contain_text("nothing can be kept")


def test_what_the_server_refuses_is_told_and_tried_again(desk: Desk, page: Page, watch: Watch) -> None:
    watch.expect("status of 503")
    desk.open(STORY)
    busy = '{"detail": "Too many runs are waiting."}'
    page.route("**/api/generate", lambda route: route.fulfill(status=503, body=busy))
    desk.one.click()
    expect(page.locator(".written .refusal")).to_contain_text("Too many runs are waiting.")
    expect(desk.written).to_have_count(1)
    page.unroute("**/api/generate")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".written .refusal")).to_have_count(0)
    expect(desk.one).to_be_enabled()


def test_another_sentence_begins_anew(desk: Desk) -> None:
    desk.open(STORY)
    desk.writes()
    desk.bench.run("The old man")
    expect(desk.written).to_have_count(0)


@pytest.mark.parametrize(("lang", "theme"), [("en", "light"), ("zh", "dark")])
@pytest.mark.parametrize("panel", ["next", "spread"])
def test_axe_finds_nothing(desk: Desk, page: Page, lang: str, theme: str, panel: str) -> None:
    desk.bench.open(STORY, act="write", panel=panel, lang=lang, theme=theme)
    page.locator(".written .buttons button").first.click()
    expect(desk.written).to_have_count(1)
    expect(page.locator(".written .buttons button").first).to_be_enabled()
    assert violations(page) == []


def test_the_panels_are_walked_by_arrow_keys(desk: Desk, page: Page) -> None:
    desk.open(STORY)
    page.get_by_role("tab", name="Candidates").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Beams")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Cache")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Cache")).to_be_visible()
