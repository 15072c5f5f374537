"""What the lines say of a query, in a sentence and in both languages."""

from __future__ import annotations

import re

import pytest
from browser.bench import ENGLISH, label, trace
from browser.lines import SITE, Lines
from browser.words import own, sentences
from playwright.sync_api import Page, expect


def test_what_a_query_looks_at_is_said_in_a_sentence(lines: Lines) -> None:
    lines.open("Mary said that she was tired.", model="encoder", site="encoder.blocks.1.attn", head=1, query=6, key=4)
    expected = trace("encoder", "Mary said that she was tired.")
    row = expected["encoder.blocks.1.attn.pattern"][1][6]
    said = lines.summary.inner_text()
    names = [label(token) for token in expected.tokens["source"]]
    assert said.startswith(f"{names[6]} looks at {names[int(row.argmax())]} ")
    shares = [float(share) for share in re.findall(r"([0-9.]+) %", said)]
    top = row.sort(descending=True).values[:3].tolist()
    assert shares[:3] == pytest.approx([100 * weight for weight in top], abs=0.051)
    assert sum(shares) == pytest.approx(100, abs=0.21)
    assert f"{len(names) - 3} others" in said
    expect(lines.summary).to_have_attribute("aria-live", "polite")


def test_a_query_that_may_see_nothing_says_so(lines: Lines) -> None:
    lines.open(ENGLISH, mask="window:0", site=SITE, head=2, query=6, key=3)
    expect(lines.tally).to_have_text("drawn: 0 of 0 lines, 0 % of the weight")
    expect(lines.summary).to_contain_text("may see nothing: it has no line.")
    expect(lines.token("query", 6)).to_have_attribute("aria-label", re.compile("may see nothing"))
    assert "NaN" not in lines.view.inner_text()


def test_why_the_chosen_pair_has_no_line_is_told(lines: Lines) -> None:
    lines.open(ENGLISH, site=SITE, head=2, query=3, key=9)
    expect(lines.summary).to_contain_text("is masked: no line.")
    lines.open(ENGLISH, site=SITE, head=2, query=6, key=1, threshold=0.5)
    weight = 100 * float(trace("decoder", ENGLISH)[f"{SITE}.pattern"][2, 6, 1])
    expect(lines.summary).to_contain_text(f"has {weight:.1f} %, below the threshold: no line.")


def test_every_sentence_of_the_view_is_in_both_languages(lines: Lines, page: Page) -> None:
    said = {}
    for lang in ("en", "zh"):
        lines.open("我爱吃鱼，你爱吃什么", lang=lang, heads="block", query=4, key=7, site=SITE, head=2)
        token = lines.token("query", 5)
        said[lang] = sentences(page)
        token.hover()
        said[lang] |= sentences(page)
        page.mouse.move(1, 1)
    assert {one for one in said["zh"] if re.search("[A-Za-z]", own(one.replace("bos", "")))} == set()
    assert {one for one in said["en"] & said["zh"] if own(one)} <= {"头灯", "中文"}
