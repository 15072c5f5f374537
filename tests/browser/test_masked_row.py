"""What a mask does to a row, in the worked cell: −∞ becomes exactly 0; zeros after the softmax are something else."""

from __future__ import annotations

import torch
from browser.bench import Bench, Cell, agrees, trace
from playwright.sync_api import Locator, Page, expect

TEXT = "Tom likes music. Mary likes music. Tom likes"
SITE = "decoder.blocks.1.attn"
READ = """(table) => ({
  rows: [...table.tBodies[0].rows].map((row) => ({
    key: Number(row.querySelector("sub").textContent),
    cells: [...row.querySelectorAll("td")].map((cell) => cell.textContent),
    struck: row.querySelector("s") !== null, own: row.classList.contains("own"),
  })),
  sums: [...(table.tFoot?.rows[0].querySelectorAll("td") ?? [])].map((cell) => cell.textContent),
})"""


def steps(bench: Bench) -> Locator:
    return bench.worked.locator(".steps > li")


def test_a_hidden_score_becomes_minus_infinity_and_its_power_of_e_exactly_zero(bench: Bench, page: Page) -> None:
    mask = {"painted": [[7, 2, False], [7, 9, True]]}
    bench.open(TEXT, site=SITE, head=2, query=7, key=2, mask="painted:7.2-7.9+")
    cell = Cell(trace("decoder", TEXT, mask=mask), SITE, 2, 7, 2)
    bench.shows_cell(cell)
    before = (cell.of("k") @ cell.of("q")[7] * cell.trace.site(SITE).scale).tolist()
    after = cell.scores
    mask_step = steps(bench).nth(2)
    numbers = mask_step.locator("math mn").all_text_contents()
    assert agrees(numbers[0], before[2]) and numbers[1:] == ["−∞", "−∞", "0"]
    expect(mask_step.locator("summary")).to_contain_text("3 of 11 keys hidden")
    expect(mask_step.locator("details")).to_have_attribute("open", "")
    read = mask_step.locator(".mask-table").evaluate(READ)
    assert [row["key"] for row in read["rows"]] == list(range(11))
    for row in read["rows"]:
        key, (score, masked, power) = row["key"], row["cells"]
        assert agrees(score, before[key]) and agrees(masked, after[key])
        assert agrees(power, float(torch.tensor(after[key], dtype=torch.float64).exp()))
        assert row["own"] == (key == 2)
    assert [row["key"] for row in read["rows"] if row["cells"][1] == "−∞"] == [2, 8, 10]


def test_a_mask_after_the_softmax_leaves_less_than_one(bench: Bench, page: Page) -> None:
    bench.open(TEXT, site=SITE, head=2, query=5, key=2)
    cell = Cell(trace("decoder", TEXT), SITE, 2, 5, 2)
    scores = cell.of("k") @ cell.of("q")[5] * cell.trace.site(SITE).scale
    visible = torch.tensor(cell.visible)
    before = scores.softmax(0)
    left = before * visible
    z = cell.of("z")[5]
    page.locator(".late summary").click()
    read = page.locator(".late .mask-table").evaluate(READ)
    for row in read["rows"]:
        key, (unmasked, kept, weight) = row["key"], row["cells"]
        assert agrees(unmasked, float(before[key])) and agrees(kept, float(left[key]))
        assert agrees(weight, cell.weights[key])
        assert row["struck"] == (not visible[key])
    assert float(left.sum()) < 0.99
    sums = [1, float(left.sum()), sum(cell.weights)]
    assert all(agrees(shown, due) for shown, due in zip(read["sums"], sums, strict=True))
    said = page.locator(".late > p").nth(1).inner_text().removesuffix(".")
    words = [word.strip(",") for word in said.split()]
    norms = [words[words.index("be") + 1], words[-1]]
    assert agrees(words[words.index("to") + 1], float(left.sum()))
    assert agrees(norms[0], float((left @ cell.of("v") - z).norm())) and agrees(norms[1], float(z.norm()))


def test_where_nothing_is_hidden_there_is_nothing_to_compare(bench: Bench, page: Page) -> None:
    bench.open(TEXT, mask="bidirectional", site=SITE, head=2, query=5, key=2)
    expect(steps(bench).nth(2)).to_contain_text("visible")
    expect(page.locator(".late, .worked details, .worked .steps > li:nth-child(3) .note")).to_have_count(0)


def test_the_last_row_is_told_to_be_the_same_in_the_first_block_only(bench: Bench, page: Page) -> None:
    causal, both = trace("decoder", TEXT), trace("decoder", TEXT, mask="bidirectional")
    for block, same in ((0, True), (1, False)):
        site = f"decoder.blocks.{block}.attn"
        apart = (causal[f"{site}.pattern"][:, -1] - both[f"{site}.pattern"][:, -1]).abs().max()
        assert (apart < 1e-5) == same
        bench.open(TEXT, site=site, head=0, query=10, key=0)
        expect(steps(bench).nth(2).locator(".note")).to_contain_text(
            "in the first block its weights are the same" if same else "it would be another without the mask"
        )


def test_a_row_of_nothing_has_nothing_to_divide_by(bench: Bench, page: Page) -> None:
    bench.open("I want tea.", mask="painted:2.0-2.1-2.2-", site="decoder.blocks.0.attn", head=0, query=2, key=1)
    page.locator(".late summary").click()
    expect(page.locator(".late")).to_contain_text("divided by its sum it would be 0/0.")
    read = page.locator(".late .mask-table").evaluate(READ)
    assert [row["cells"][1:] for row in read["rows"]] == [["0", "0"]] * 5 and read["sums"][1:] == ["0", "0"]
