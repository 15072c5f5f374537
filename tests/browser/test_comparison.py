"""Runs side by side: the panes, their link, and the numbers between them, which are Python's."""

from __future__ import annotations

import re

import pytest
import torch
from browser.bench import ENGLISH, Bench, agrees, trace
from browser.comparing import Comparing, close, pattern
from playwright.sync_api import Page, expect

from model import zoo

SITE, HEAD = "decoder.blocks.1.attn", 2
AT = {"site": SITE, "head": HEAD, "query": 6, "key": 3}


@pytest.fixture
def comparing(bench: Bench) -> Comparing:
    return Comparing(bench)


def test_the_bar_leads_to_the_comparison_and_back(comparing: Comparing, bench: Bench, page: Page) -> None:
    bench.open()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(comparing.preset("bidirectional mask")).to_be_visible()
    expect(page.locator(".presets .meaning")).to_have_count(page.locator(".presets button").count() + 1)
    page.wait_for_url("**act=compare**")
    page.get_by_role("button", name="Look", exact=True).click()
    bench.ready()
    expect(bench.worked).to_be_visible()


def test_every_number_of_the_chosen_cell_is_pythons(comparing: Comparing, page: Page) -> None:
    comparing.open(ENGLISH, "mask=bidirectional", **AT)
    expect(comparing.cell).to_be_visible()
    runs = [trace("decoder", ENGLISH), trace("decoder", ENGLISH, mask="bidirectional")]
    dots = [float(t[f"{SITE}.q"][HEAD, 6].double() @ t[f"{SITE}.k"][HEAD, 3].double()) for t in runs]
    weights = [float(pattern(t, SITE, HEAD)[6, 3]) for t in runs]
    sums = [float(t[f"{SITE}.log_denominator"][HEAD, 6]) for t in runs]
    scale = runs[0].site(SITE).scale
    for row, values in (
        ("q · k", dots),
        ("score, scaled", [x * scale for x in dots]),
        ("weight", weights),
        ("log of the row's sum", sums),
    ):
        shown = comparing.told(row)
        assert all(
            close(number, value) for number, value in zip(shown, [*values, values[1] - values[0]], strict=True)
        ), row
    assert comparing.told("mask")[:2] == ["visible", "visible"]
    probabilities = [zoo.load("decoder", "cpu").predictions(t)[6] for t in runs]
    first = page.locator(".compared-predictions tbody tr").first
    known = [next(p["probability"] for p in all_ if p["text"] == " music") for all_ in probabilities]
    expect(first.get_by_role("rowheader")).to_have_text("␣music")
    assert [text.strip() for text in first.locator("td").all_inner_texts()] == [
        f"{100 * p:.1f} %" for p in [*known, known[1] - known[0]]
    ]


def test_vectors_are_compared_block_by_block(comparing: Comparing) -> None:
    comparing.open(ENGLISH, "mask=bidirectional", **AT)
    a, b = trace("decoder", ENGLISH), trace("decoder", ENGLISH, mask="bidirectional")
    names = ["decoder.blocks.0.resid_pre", *(f"decoder.blocks.{i}.resid_post" for i in range(4))]
    of = {
        "cosine": lambda x, y: float(torch.cosine_similarity(x, y, dim=0)),
        "length, as a ratio": lambda x, y: float(y.norm() / x.norm()),
        "length of the difference": lambda x, y: float((y - x).norm()),
    }
    moved = (a["logits"].double().softmax(-1) - b["logits"].double().softmax(-1)).abs().sum(-1) / 2
    for measure, worth in of.items():
        comparing.vectors.get_by_text(measure, exact=True).click()
        rows = comparing.vectors.locator("tbody tr")
        for position in range(len(a.tokens["target"])):
            shown = (
                rows.nth(position)
                .locator("td")
                .evaluate_all("(cells) => cells.map((cell) => cell.title || cell.innerText.trim())")
            )
            for name, number in zip(names, shown, strict=False):
                due = worth(a[name][position].double(), b[name][position].double())
                assert abs(float(number) - due) < 1e-4 * max(1, abs(due)), (measure, position, name)
            assert shown[-1] in (f"{100 * float(moved[position]):.1f} %", "< 0.1 %", "0 %", "100 %")


def test_the_last_row_of_the_first_block_is_the_same_and_says_so(comparing: Comparing) -> None:
    """Of causal and bidirectional attention; further up it is not: the vectors before it have read what follows."""
    comparing.open(ENGLISH, "mask=bidirectional", site="decoder.blocks.0.attn", head=1, query=10, key=3)
    expect(comparing.story.nth(0)).to_contain_text("may see 11 of 11 keys in A, and 11 of 11 in B")
    expect(comparing.story.nth(1)).to_contain_text(
        "so its row of weights is the same, too. The largest difference is 0."
    )
    comparing.open(ENGLISH, "mask=bidirectional", site=SITE, head=HEAD, query=10, key=3)
    a, b = trace("decoder", ENGLISH), trace("decoder", ENGLISH, mask="bidirectional")
    keys = float((a[f"{SITE}.k"][HEAD] - b[f"{SITE}.k"][HEAD]).abs().max())
    row = float((pattern(a, SITE, HEAD)[10] - pattern(b, SITE, HEAD)[10]).abs().max())
    said = comparing.story.nth(1).inner_text()
    assert agrees(re.findall(r"by up to ([\d.]+)", said)[1].rstrip("."), keys), said
    said = comparing.story.nth(2).inner_text()
    assert agrees(re.findall(r"by up to (\S+),", said)[0], row), said


def test_one_selection_in_all_panes_and_linked_hover(comparing: Comparing, page: Page) -> None:
    comparing.open(ENGLISH, "mask=bidirectional", "text=Tom+likes+tea.+Mary+likes+tea.+Tom+likes", **AT)
    for letter in "ABC":
        expect(comparing.pane(letter).locator(".at")).to_contain_text("␣likes")
    expect(comparing.pane("C").locator(".at")).to_contain_text("␣tea")  # in place of music
    cells = comparing.pane("B").locator(".cells")
    cells.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    page.wait_for_url("**query=5&key=0**")
    weight = float(pattern(trace("decoder", ENGLISH, mask="bidirectional"), SITE, HEAD)[5, 0])
    comparing.shows("B", weight)
    expect(comparing.pane("A").locator(".mark-cell")).to_have_attribute("style", re.compile(r"45\.45"))
    cells = comparing.pane("C").locator(".cells")
    cells.scroll_into_view_if_needed()
    box = cells.bounding_box()
    assert box is not None
    cells.hover(position={"x": box["width"] * 2.5 / 11, "y": box["height"] * 10.5 / 11})
    expect(page.locator(".token-row .is-query sub")).to_have_text("10")
    expect(comparing.pane("A").locator(".at")).to_contain_text("␣likes → ␣likes")


def test_a_token_that_one_pane_alone_has_says_so(comparing: Comparing, page: Page) -> None:
    text = "The cat sat."
    comparing.open(text, "text=The+big+old+grey+fat+cat+sat.", query=2, key=1)
    longer = trace("decoder", "The big old grey fat cat sat.")
    pieces = [token.text for token in longer.tokens["target"]]
    expect(comparing.difference).to_contain_text("Only in B:")
    size = len(pieces)
    box = comparing.pane("B").locator(".cells").bounding_box()
    assert box is not None
    at = pieces.index(" big")
    comparing.pane("B").locator(".cells").click(
        position={"x": box["width"] * 0.5 / size, "y": box["height"] * (at + 0.5) / size}
    )
    page.mouse.move(1, 1)
    expect(comparing.pane("A").locator(".at")).to_have_text("The chosen query has no partner here.")
    expect(comparing.story).to_have_count(0)
    page.wait_for_url(f"**apart=B.{at}.0**")
    page.reload()
    comparing.ready(1)
    expect(comparing.pane("B").locator(".at")).to_contain_text("␣big")
    expect(comparing.pane("A").locator(".at")).to_have_text("The chosen query has no partner here.")
    page.locator(".token-row button").nth(1).click()
    expect(comparing.pane("A").locator(".at")).to_contain_text("The")


def test_every_comparison_is_a_link(comparing: Comparing, page: Page) -> None:
    comparing.open(ENGLISH, "mask=bidirectional", "checkpoint=0", **AT, between="A-C", differ="size", view="scores")
    before = (
        [comparing.pane(letter).inner_text() for letter in "ABC"],
        comparing.difference.inner_text(),
        comparing.cell.inner_text(),
    )
    assert "C − A" in before[1]
    page.goto("about:blank")
    page.go_back()
    comparing.ready(2)
    expect(comparing.cell).to_be_visible()
    again = (
        [comparing.pane(letter).inner_text() for letter in "ABC"],
        comparing.difference.inner_text(),
        comparing.cell.inner_text(),
    )
    assert again == before


def test_back_leads_to_the_pane_before(comparing: Comparing, page: Page) -> None:
    comparing.open(ENGLISH, **AT)
    comparing.preset("bidirectional mask").click()
    comparing.ready(1)
    comparing.pane("B").get_by_role("button", name="Remove pane B").click()
    expect(comparing.panes).to_have_count(0)
    page.go_back()
    comparing.ready(1)
    page.go_back()
    expect(comparing.panes).to_have_count(0)


def test_the_heads_show_what_they_differ_by(comparing: Comparing, page: Page) -> None:
    comparing.open(ENGLISH, "mask=bidirectional", **AT)
    page.locator(".compared-heads").get_by_text("B − A, largest first", exact=True).click()
    a, b = trace("decoder", ENGLISH), trace("decoder", ENGLISH, mask="bidirectional")
    sites = [f"decoder.blocks.{i}.attn" for i in range(4)]
    apart = {site: (b[f"{site}.pattern"] - a[f"{site}.pattern"]).abs().amax((1, 2)) for site in sites}
    sizes = {f"{i}.{head}": float(apart[site][head]) for i, site in enumerate(sites) for head in range(4)}
    grid = page.get_by_role("region", name="Differences of the heads")
    shown = list(
        zip(
            grid.locator(".head small").all_inner_texts(),
            map(float, grid.locator(".head .caption").all_inner_texts()),
            strict=True,
        )
    )
    assert [size for _, size in shown] == sorted((size for _, size in shown), reverse=True) and len(shown) == 16
    assert all(abs(size - sizes[name]) <= 0.00501 for name, size in shown)
    grid.locator(".head").first.click()
    block, head = shown[0][0].split(".")
    expect(comparing.pane("A").locator("h3 small")).to_contain_text(f"block {block} · head {head}")
    expect(comparing.pane("B").locator("h3 small")).to_contain_text(f"block {block} · head {head}")


def test_queries_are_gone_through_in_all_panes(comparing: Comparing, page: Page) -> None:
    comparing.open(ENGLISH, "mask=bidirectional", **AT)
    page.get_by_role("button", name="The next query").click()
    for letter in "AB":
        expect(comparing.pane(letter).locator(".at")).to_contain_text("␣music → ␣music")
    page.get_by_label("cover the rows after it").check()
    expect(page.locator(".comparison .covered")).to_have_count(3)
