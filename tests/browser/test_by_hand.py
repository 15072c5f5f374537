"""The figures of the lessons on tokens, heads and masks, played with by keyboard; their numbers are worked by hand."""

from __future__ import annotations

from browser.axe import violations
from browser.waiting import eventually
from browser.watch import Watch
from playwright.sync_api import Locator, Page, expect

X_OF_FISH_FIRST = ["2", "0", "0", "1"]  # fish at place 0: [2 0 0 0] + [0 0 0 1]


def lesson(page: Page, server: str, slug: str, view: str, lang: str = "en") -> Locator:
    """The figure of a lesson, once it is drawn."""
    page.goto(f"{server}/lessons/{slug}?lang={lang}")
    figure = page.locator(f'live-figure[view="{view}"]')
    figure.scroll_into_view_if_needed()
    expect(figure.locator(".figure-foot a")).to_be_visible()
    return figure


def results(figure: Locator) -> dict[str, str]:
    """What the attention adds to each word now: the first two of its four numbers."""
    rows = figure.locator(".order-results tbody tr")
    return {
        row.locator("th bdi").inner_text(): " ".join(row.locator("code").nth(1).inner_text().split()[:2])
        for row in rows.all()
    }


def test_words_are_put_in_another_order_with_positions_and_without(page: Page, server: str, watch: Watch) -> None:
    figure = lesson(page, server, "02-tokens-and-positions", "order")
    fish = figure.get_by_role("button", name="Move fish to the left")
    fish.press("Enter")
    expect(fish).to_be_focused()  # it went along with its word
    for _ in range(2):
        page.keyboard.press("Enter")
    expect(figure.get_by_role("status")).to_contain_text(
        "all distances are what they were"
    )  # fish I love eating: a ring
    first = figure.locator(".order-sum tbody tr").first
    expect(first.locator("bdi")).to_have_text("fish")
    assert first.locator("td.x").all_inner_texts() == X_OF_FISH_FIRST
    figure.get_by_role("button", name="Move I to the right").click()
    figure.get_by_role("button", name="Move I to the right").click()
    expect(figure.get_by_role("status")).to_contain_text("4 of 4 words have another result")
    due = {
        "I": "0.9838 2.2015",
        "love": "2.9426 0.3762",
        "eating": "2.1318 0.9787",
        "fish": "1.7118 1.1029",
    }
    eventually(page, lambda: results(figure), due)
    figure.get_by_role("switch").click()
    expect(figure.get_by_role("status")).to_contain_text("same result")
    due = {
        "I": "1.5000 1.5000",
        "love": "2.2410 0.8924",
        "eating": "2.5289 0.7669",
        "fish": "1.5000 1.5000",
    }
    eventually(page, lambda: results(figure), due)
    cut = page.locator('live-figure[view="tokens"]')
    cut.get_by_label("Any text").fill("鱼\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}")
    expect(cut.get_by_role("status")).to_contain_text("Characters: 2 · code points: 4 · bytes: 14 · tokens: 12")
    assert violations(page) == []


def test_heads_are_switched_off_and_the_stream_is_the_sum_of_the_others(page: Page, server: str, watch: Watch) -> None:
    figure = lesson(page, server, "05-many-heads", "split-heads", "zh")
    flow = figure.locator(".flow")
    expect(figure.locator(".contrasted").first).to_contain_text("最看重“我”和“鱼”")
    expect(flow.locator(".sum code")).to_have_text("[2.0127 0.9787 0.0000 0.0000]")
    expect(flow.locator(".head-1 code").last).to_have_text("[0.2338 0.9618 0.0000 0.0000]")
    figure.get_by_role("switch", name="头 1").press(" ")
    expect(flow.locator(".sum code")).to_have_text("[1.7789 0.0169 0.0000 0.0000]")
    figure.get_by_role("switch", name="头 0").press(" ")
    expect(flow.locator(".sum code")).to_have_text("[0.0000 0.0000 0.0000 0.0000]")
    assert violations(page) == []


def test_a_mask_is_built_by_keyboard_and_named(page: Page, server: str, watch: Watch) -> None:
    figure = lesson(page, server, "06-masks-and-families", "mask-builder")
    built, weights = figure.locator(".built b"), figure.locator(".weight-table tbody tr")
    cells = figure.get_by_role("application")
    last = weights.nth(3).inner_text()
    cells.press("Control+Home")
    for row, hidden in ((0, 3), (1, 2), (2, 1)):  # from the right end of each row
        cells.press("End")
        for _ in range(hidden):
            cells.press("Space")
            cells.press("ArrowLeft")
        expect(built).to_contain_text("causal" if row == 2 else "not a known mask")
        cells.press("ArrowDown")
    expect(weights.nth(1).locator("td").first).to_have_text("0.8808")
    assert weights.nth(3).inner_text() == last  # from bidirectional to causal the last row stays
    expect(figure.locator(".family-card")).to_contain_text("GPT")
    figure.get_by_role("button", name="prefix 2").click()
    expect(weights.nth(0).locator("td").first).to_have_text("0.7311")
    figure.get_by_role("combobox").select_option("3")
    expect(built).to_contain_text("prefix 3")
    figure.get_by_role("button", name="Hide or show all keys of query 2 eating").click()
    expect(figure.locator(".note.warning")).to_contain_text("eating sees nothing")
    expect(built).to_contain_text("not a known mask")

    jobs = page.locator("sort-jobs")
    jobs.get_by_role("group", name="Mark every name").get_by_label("encoder-only").press(" ")
    jobs.get_by_role("group", name="Translate a letter").get_by_label("encoder-decoder").press(" ")
    jobs.get_by_role("button", name="Check").press("Enter")
    expect(jobs.get_by_role("status")).to_have_text("1 of 8 as they were made. Still open: 6.")
    assert jobs.locator(".why").count() == 2  # what is not answered yet is not given away
    assert violations(page) == []
