"""Filling in: what is hidden, what the encoder says stands there, and who reads around it are the model's own."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from browser.address import address
from browser.bench import Bench, label
from browser.editing import Editing
from browser.gaps import COLUMNS, HE, SENTENCE, SPLIT, WORD, Gaps, hiding, likeliest, mask_id, place, run
from browser.test_writing import reads
from browser.waiting import eventually
from playwright.sync_api import Page, expect

from model import zoo
from model.trace import Trace


@pytest.fixture
def gaps(bench: Bench) -> Gaps:
    return Gaps(bench)


def test_a_hidden_word_has_the_models_own_candidates(gaps: Gaps, bench: Bench) -> None:
    gaps.open(query=HE)
    expect(gaps.root).to_contain_text("Nothing is hidden yet.")
    gaps.press("Hide this token")
    assert Editing(bench).asked() == hiding(HE)
    Editing(bench).has("token 6: ␣he → ⟨mask⟩")
    trace = run(SENTENCE, *hiding(HE))
    expected = likeliest(trace, HE)
    expect(gaps.rows).to_have_count(10)
    for row, (token, share) in zip(gaps.rows.all(), expected, strict=True):
        assert row.locator("bdi").get_attribute("title") == token
        assert reads(row.locator("td").inner_text(), share)
    expect(gaps.rows.filter(has_text="stood here")).to_have_count(1)
    expect(gaps.rows.first).to_contain_text("␣he stood here")
    expect(gaps.stood).to_contain_text("␣he stood here: rank 1 with")


def test_a_word_below_the_tenth_is_told_so(gaps: Gaps) -> None:
    gaps.open(SPLIT, query=3, hide=WORD)
    trace = run(SPLIT, *hiding(*WORD))
    share, tenth = float(trace["logits"][3].softmax(-1)[run(SPLIT).tokens["source"][3].id]), likeliest(trace, 3)[-1][1]
    assert share < tenth
    expect(gaps.rows.filter(has_text="stood here")).to_have_count(0)
    said = re.fullmatch(r"h stood here: below the tenth, (.+) at most\.", gaps.stood.inner_text())
    assert said
    assert reads(said[1], tenth)


def test_the_empty_page_invites_to_hide_the_chosen_word(gaps: Gaps, bench: Bench) -> None:
    gaps.open(SPLIT, query=4)
    bench.after(gaps.root.get_by_role("button", name="Hide “grasshopper”").click)
    assert Editing(bench).asked() == hiding(*WORD)
    bench.shows_tokens(run(SPLIT, *hiding(*WORD)).tokens["source"])


def test_a_word_of_several_tokens_is_hidden_and_shown_as_one(gaps: Gaps, bench: Bench) -> None:
    gaps.open(SPLIT, query=4)
    gaps.press("Hide the word")
    assert Editing(bench).asked() == hiding(*WORD)
    expect(gaps.lines).to_have_count(len(WORD))
    trace, plain = run(SPLIT, *hiding(*WORD)), run(SPLIT)
    for position, line in zip(WORD, gaps.lines.all(), strict=True):
        token, share = likeliest(trace, position)[0]
        shown = line.locator("bdi")
        assert shown.nth(0).get_attribute("title") == token
        expect(shown.nth(1)).to_have_attribute("title", label(plain.tokens["source"][position]))
        assert reads(line.locator("small").first.inner_text(), share)
    gaps.press("Show it again")
    expect(gaps.lines).to_have_count(len(WORD) - 1)
    gaps.press("Hide the word")
    gaps.press("Show the word again")
    expect(gaps.lines).to_have_count(0)
    bench.shows_tokens(plain.tokens["source"])


def test_one_gap_of_several_is_read_at_a_time(gaps: Gaps) -> None:
    gaps.open(query=8, hide=[4, HE])
    expect(gaps.lines.nth(1).get_by_role("button")).to_have_attribute("aria-expanded", "true")  # the nearest one
    gaps.lines.nth(0).get_by_role("button").click()
    expect(gaps.page.locator(".token-row .is-query sub")).to_have_text("4")
    likely, _ = likeliest(run(SENTENCE, *hiding(4, HE)), 4)[0]
    expect(gaps.rows.first.locator("bdi")).to_have_attribute("title", likely)


def test_in_chinese_a_token_is_its_own_word(gaps: Gaps) -> None:
    gaps.open("我昨天在学校门口看见了你的妹妹。", query=6)
    expect(gaps.button("Hide this token")).to_be_enabled()
    expect(gaps.button("Hide the word")).to_have_count(0)


def test_a_candidate_is_put_there_and_taken_back(gaps: Gaps, bench: Bench, page: Page) -> None:
    gaps.open(query=HE, hide=[HE])
    mary = zoo.load("encoder").tokenizer.id(" Mary")
    row = gaps.rows.filter(has_text="␣Mary")
    expect(row).to_have_count(1)
    bench.after(row.get_by_role("button").click)
    edit = {"swap": HE, "side": "source", "token": mary}
    assert Editing(bench).asked() == [edit]
    bench.shows_tokens(run(SENTENCE, edit).tokens["source"])
    expect(gaps.chosen).to_contain_text("You put it here in place of ␣he")
    expect(gaps.chosen).to_be_focused()
    gaps.press("Put it back")
    bench.shows_tokens(run(SENTENCE).tokens["source"])
    bench.after(lambda: page.get_by_role("button", name="Undo").click())
    bench.shows_tokens(run(SENTENCE, edit).tokens["source"])
    bench.after(lambda: page.keyboard.press("Control+z"))
    bench.shows_tokens(run(SENTENCE, *hiding(HE)).tokens["source"])
    expect(gaps.rows).to_have_count(10)


def test_a_link_opens_the_same_gap(gaps: Gaps, page: Page) -> None:
    gaps.open(SPLIT, query=4)
    gaps.press("Hide the word")
    gaps.root.get_by_role("button", name="itself", exact=True).click()
    page.wait_for_function("() => /reads=itself/.test(location.search) && /swap/.test(location.hash)")
    shown = gaps.rows.all_inner_texts(), gaps.column("itself")
    query, fragment = address(page)
    assert fragment["edits"] == ";".join(f"swap:source:{position}:{mask_id()}" for position in WORD)
    assert "edits" not in query
    page.reload()
    expect(gaps.rows).to_have_count(10)
    eventually(page, lambda: (gaps.rows.all_inner_texts(), gaps.column("itself")), shown)


def sides(trace: Trace, query: int) -> dict[tuple[int, int], dict[str, float]]:
    """By block and head, of one row: the weight on either side, on itself, and on <cls> and <sep>."""
    last = len(trace.tokens["source"]) - 1
    found = {}
    for site in trace.sites:
        for head, row in enumerate(trace[f"{site.name}.pattern"][:, query].double()):
            parts = (row[1:query], row[query + 1 : last], row[query : query + 1], row[[0, last]])
            found[site.layer, head] = {name: float(part.sum()) for name, part in zip(COLUMNS, parts, strict=True)}
            row[[0, query, last]] = 0
            found[site.layer, head] |= {"neighbour": int(row.argmax()), "most": float(row.max())}
    return found


def test_who_reads_the_neighbours_is_summed_from_the_patterns(gaps: Gaps) -> None:
    gaps.open(query=HE, hide=[HE])
    trace = run(SENTENCE, *hiding(HE))
    expected = sides(trace, HE)
    rows = gaps.heads.all()
    assert {place(row) for row in rows} == expected.keys()
    for row in rows:
        one = expected[place(row)]
        for name in COLUMNS:
            assert reads(row.locator(f".{name}").inner_text(), one[name])
        assert row.locator(".most sub").inner_text() == str(one["neighbour"])
        assert reads(row.locator(".most small").inner_text(), one["most"])
    said = re.findall(r"([\d.]+) %", gaps.mean.inner_text())
    mean = {name: sum(one[name] for one in expected.values()) / len(expected) for name in COLUMNS}
    ahead = sum(float(trace[f"{site.name}.pattern"][:, HE, HE + 1 :].sum()) for site in trace.sites) / len(expected)
    assert f"On average, {len(expected)} heads" in gaps.mean.inner_text()
    for share, value in zip(said, [*mean.values(), ahead], strict=True):
        assert reads(share, value)


@pytest.mark.parametrize("column", [*COLUMNS, "strongest neighbour"])
def test_the_heads_are_ranked_by_a_column(gaps: Gaps, column: str) -> None:
    gaps.open(query=HE, hide=[HE], reads="left" if column == "right" else "right")
    gaps.root.get_by_role("button", name=column, exact=True).click()
    expect(gaps.root.locator('th[aria-sort="descending"]')).to_have_text(column)
    expected = sides(run(SENTENCE, *hiding(HE)), HE)
    values = [expected[place(row)]["most" if " " in column else column] for row in gaps.heads.all()]
    assert all(a >= b - 1e-6 for a, b in pairwise(values))


def test_a_head_that_reads_is_shown_with_its_strongest_neighbour(gaps: Gaps, page: Page) -> None:
    gaps.open(query=3, hide=[HE])
    row = gaps.heads.nth(2)
    (block, head), key = place(row), row.locator(".most sub").inner_text()
    row.get_by_role("button").click()
    expect(gaps.bench.heading).to_contain_text(f"block {block} · head {head}")
    expect(page.locator(".token-row .is-query sub")).to_have_text(str(HE))
    expect(page.locator(".token-row .is-key sub")).to_have_text(key)
    expect(row).to_have_class("chosen")


def test_the_right_side_is_taken_away_and_given_back(gaps: Gaps, bench: Bench) -> None:
    gaps.open(query=HE, hide=[HE])
    bench.after(gaps.only.click)
    assert bench.watch.runs[-1]["mask"] == "causal"
    expect(gaps.only).to_have_attribute("aria-pressed", "true")
    expect(bench.warning.first).to_contain_text("off its training")
    shares = [run(SENTENCE, *hiding(HE), mask=mask)["logits"][HE].softmax(-1) for mask in ("native", "causal")]
    tenth = [float(share.topk(10).values[-1]) for share in shares]
    expect(gaps.rows.first).to_be_visible()
    for row in gaps.rows.all():
        name = row.locator("bdi").get_attribute("title") or ""
        id = zoo.load("encoder").tokenizer.id(name.replace("␣", " "))
        for cell, share, least in zip(row.locator("td").all(), shares, tenth, strict=True):
            told = cell.inner_text()
            if told.startswith("≤"):
                assert float(share[id]) <= least
            else:
                assert reads(told, float(share[id]))
    he = zoo.load("encoder").tokenizer.id(" he")
    both, left = re.findall(r"([\d.]+ %)", gaps.stood.inner_text())[:2]
    assert reads(both, float(shares[0][he]))
    assert reads(left, float(shares[1][he]))
    assert set(gaps.column("right")) == {"0 %"}
    expect(gaps.mean).to_contain_text("no head sees the right side")
    bench.after(gaps.only.click)
    assert bench.watch.runs[-1]["mask"] == "native"
    expect(gaps.rows.first.locator("td")).to_have_count(1)


def test_a_link_to_the_left_side_has_both_to_compare(gaps: Gaps) -> None:
    gaps.open(query=HE, hide=[HE], mask="causal")
    expect(gaps.rows.first.locator("td")).to_have_count(2)
    he = gaps.rows.filter(has_text="stood here").locator("td").first
    assert reads(he.inner_text(), dict(likeliest(run(SENTENCE, *hiding(HE)), HE))["␣he"])
