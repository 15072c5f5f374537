"""The structure of a model: walked by the keyboard, counted, and beside the other families."""

from __future__ import annotations

import re

from browser.bench import Bench, trace
from playwright.sync_api import Page, expect

from model import zoo

TEXT = "Cats sleep."
W_V = "decoder.blocks.1.attn.W_v"


def test_a_part_leads_to_its_tensor_and_its_parameters(bench: Bench, page: Page) -> None:
    model = zoo.load("decoder", "cpu")
    bench.go(TEXT, act="structure", part=W_V)
    drawing, detail = page.locator(".structure-drawing"), page.locator(".part-detail")
    expect(drawing.locator(".here")).to_have_attribute("data-part", W_V)
    n = len(trace("decoder", TEXT).tokens["target"])
    expect(detail.locator(".shapes code")).to_have_text(f"normalized [{n} × 128] → v [4 × {n} × 32]")
    expect(detail.locator("figure canvas")).to_have_count(1)
    expect(detail.locator(".own-parameters caption")).to_contain_text(f"{128 * 128 + 128:,}")
    total = f"{sum(parameter.numel() for parameter in model.transformer.parameters()):,}"
    expect(page.locator(".ledger tfoot td").first).to_have_text(total)

    drawing.locator(".here").focus()
    page.keyboard.press("ArrowLeft")
    expect(drawing.locator(".here")).to_have_attribute("data-part", "decoder.blocks.1.attn.W_k")
    expect(drawing.locator(".here")).to_be_focused()
    page.keyboard.press("End")
    expect(drawing.locator(".here")).to_have_attribute("data-part", "unembed")
    expect(detail.locator(".stage-table tbody tr")).to_have_count(n)
    expect(page).to_have_url(re.compile("part=unembed"))
    expect(detail.get_by_role("button", name="counted at the embedding")).to_be_visible()
    drawing.locator('[data-part="decoder.blocks.3"]').click()  # it was folded: block 1 stays unrolled beside the end
    expect(drawing.locator('[data-part="decoder.blocks.3.attn.W_q"]')).to_be_visible()
    expect(drawing.locator(f'[data-part="{W_V}"]')).to_have_count(0)


def test_what_a_family_lacks_is_dashed_beside_the_others(bench: Bench, page: Page) -> None:
    bench.go(TEXT, act="structure")
    expect(page.locator(".structure-drawing .ghost")).to_have_count(0)
    page.get_by_label("the three families side by side").check()
    expect(page.locator(".structure-drawing .ghost")).to_have_text(["no cross-attention"] * 3)
    cross = page.locator('[data-part="decoder.blocks.0.cross_attn.W_k"]')
    expect(cross).to_have_count(1)
    cross.click()
    n = len(trace("encoder-decoder", TEXT).tokens["source"])
    expect(page.locator(".part-detail .shapes code")).to_have_text(f"memory [{n} × 128] → k [4 × {n} × 32]")
    expect(page.locator(".part-detail figure canvas")).to_have_count(1)
    expect(page).to_have_url(re.compile("part=encoder-decoder%2Fdecoder.blocks.0.cross_attn.W_k.*families=on"))
