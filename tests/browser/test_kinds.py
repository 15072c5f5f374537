"""Kinds of head: what the grid and the heatmap say of them, against Python."""

from __future__ import annotations

import re

import pytest
import torch
from browser.bench import ENGLISH, Bench, trace
from playwright.sync_api import Page, expect

from model import heads, zoo
from model.examples import EXAMPLES
from model.heads import KINDS

TEXTS = {
    "decoder": ENGLISH,
    "encoder": "Mary said that she was tired, and Mary slept.",
    "encoder-decoder": "I saw your sister at school.",
}
EVIDENCE = """async ([request, order]) => {
  const {Trace} = await import("/static/js/trace.js"), {evidence, score} = await import("/static/js/kinds.js");
  const headers = {"Content-Type": "application/json"}, body = JSON.stringify(request);
  const answer = await fetch("/api/trace", {method: "POST", headers, body});
  const trace = new Trace(await answer.arrayBuffer());
  return trace.sites.map((site) => order.map((kind) => ({
    cells: evidence(trace, site, 0, kind).map(({query, key}) => [query, key]),
    scores: Array.from({length: site.n_heads}, (_, head) => score(trace, site, head, kind)?.score ?? null),
  })));
}"""


@pytest.mark.parametrize("model", TEXTS)
def test_the_marked_cells_carry_the_score(compute, model: str) -> None:
    """The weight on the cells that the browser marks, summed by query, is on average the score that the server sent."""
    expected = trace(model, TEXTS[model])
    names = ["*.q", "*.k", "*.v", "*.z", "*.log_denominator", "*.head_scores", "*.head_chance"]
    found = compute(EVIDENCE, [{"model": model, "text": TEXTS[model], "names": names}, list(KINDS)])
    marked = 0
    for site, by_kind in zip(expected.sites, found, strict=True):
        pattern, scores = expected[f"{site.name}.pattern"], heads.scores(expected, site.name)
        for k, told in enumerate(by_kind):
            due = scores.heads[:, k]
            assert [score is None for score in told["scores"]] == due.isnan().tolist()
            if not told["cells"]:
                continue
            marked += 1
            query, key = torch.tensor(told["cells"]).T
            on = torch.zeros_like(pattern)
            on[:, query, key] = pattern[:, query, key]
            assert on.sum((1, 2)) / len(set(query.tolist())) == pytest.approx(due, abs=1e-5)
            assert torch.tensor(told["scores"]) == pytest.approx(due, abs=1e-5)
    assert marked >= 4 * len(expected.sites) / (3 if model == "encoder-decoder" else 1)


def test_the_page_tells_the_kinds_in_the_servers_order() -> None:
    source = (zoo.WEIGHTS.parents[1] / "static/js/kinds.js").read_text("utf-8")
    order = re.search(r"const ORDER = \[(.*?)\];", source)
    assert order is not None
    assert re.findall(r'"(\w+)"', order[1]) == list(KINDS)


def test_a_head_says_what_it_does_and_the_cells_are_marked(bench: Bench, page: Page) -> None:
    one = next(one for one in EXAMPLES if one.text == ENGLISH)
    bench.open(ENGLISH, site=one.site, head=one.head)
    scores = heads.scores(trace("decoder", ENGLISH), one.site)
    at = list(KINDS).index("induction")
    chip = page.locator(".head-kinds button", has_text="induction")
    score, chance = scores.heads[one.head, at], scores.chance[one.head, at]
    expect(chip).to_have_text(re.compile(f"induction {score:.2f} *chance {chance:.2f}"))
    expect(page.locator(".evidence")).to_have_count(0)
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("kind=induction"))
    outlines = page.locator(".evidence path:not(.halo)").get_attribute("d") or ""
    tokens = heads.tokens_of(trace("decoder", ENGLISH), trace("decoder", ENGLISH).site(one.site))
    due = heads.induction(tokens).nonzero().tolist()
    shown = [[int(float(y)), int(float(x))] for x, y in re.findall(r"M([\d.]+) ([\d.]+)", outlines)]
    assert shown == due and due
    chip.click()
    expect(page.locator(".evidence")).to_have_count(0)


def test_the_grid_is_sifted_and_sorted_by_a_kind(bench: Bench, page: Page) -> None:
    expected = trace("decoder", ENGLISH)
    at = list(KINDS).index("induction")
    columns = {site.layer: heads.scores(expected, site.name).heads[:, at].tolist() for site in expected.sites}
    scores = {(layer, head): score for layer, column in columns.items() for head, score in enumerate(column)}
    chance = float(heads.scores(expected, expected.sites[0].name).chance[0, at])
    of_kind = {place for place, score in scores.items() if (score - chance) / (1 - chance) >= 1 / 3}
    assert 0 < len(of_kind) < 16
    bench.open(ENGLISH)
    page.get_by_label("Kind of head").select_option("induction")
    expect(page.locator(".head.other")).to_have_count(16 - len(of_kind))
    expect(page.locator("option[value=induction]")).to_have_text(f"induction ({len(of_kind)})")
    assert page.locator(".head .caption").all_text_contents() == [f"{score:.2f}" for score in scores.values()]
    page.get_by_label("the highest score first").check()
    order = sorted(scores, key=lambda place: -scores[place])
    expect(page.locator(".head small")).to_have_text([f"{layer}.{head}" for layer, head in order])
    page.locator(".head").first.click()
    page.keyboard.press("ArrowRight")
    expect(bench.heading).to_contain_text(f"block {order[1][0]} · head {order[1][1]}")
    expect(page).to_have_url(re.compile("sort=score"))
    page.reload()
    bench.ready()
    expect(page.locator(".head small")).to_have_text([f"{layer}.{head}" for layer, head in order])
    page.get_by_label("Kind of head").select_option("")
    expect(page.locator(".row .block")).to_have_count(4)


@pytest.mark.parametrize("words", ["induction", "归纳"])
def test_a_search_finds_heads_and_says_where_there_are_none(bench: Bench, page: Page, words: str) -> None:
    bench.open(ENGLISH)
    search = page.get_by_label("Search")
    search.fill(words)
    found = page.locator(".head .caption")
    expect(found.first).to_have_text("induction")
    assert set(found.all_text_contents()) == {"induction"}
    search.fill("2.1")
    expect(page.locator(".head")).to_have_count(1)
    search.fill("nothing of this name")
    expect(page.locator(".head-grid .note")).to_contain_text("No head is found by these words.")
    page.get_by_role("button", name="Show all heads").click()
    expect(page.locator(".head")).to_have_count(16)
    expect(search).to_have_value("")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_kind_is_explained(bench: Bench, page: Page, lang: str) -> None:
    bench.open(lang=lang)
    page.locator(".kinds summary").click()
    told = [(k.title_en, k.en) if lang == "en" else (k.title_zh, k.zh) for k in KINDS.values()]
    expect(page.locator(".kinds dt")).to_have_text([title for title, _ in told])
    expect(page.locator(".kinds dd")).to_have_text([meaning for _, meaning in told])


def test_what_a_sentence_cannot_tell_is_said(bench: Bench, page: Page) -> None:
    bench.open("One two three", kind="induction")
    expect(page.locator(".head-kinds .note")).to_contain_text("This sentence cannot tell")
    page.get_by_label("the highest score first").check()
    expect(page.locator(".head-grid .note")).to_contain_text("On this sentence no head can be told")
    page.get_by_role("button", name="Show all heads").click()
    expect(page.locator(".head")).to_have_count(16)
