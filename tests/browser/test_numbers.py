"""The browser's arithmetic against Python's, on the bytes that the server really sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from browser.bench import Cell, close, trace

from model import masks
from model.masks import Bidirectional, Causal, Painted, Prefix, Window
from model.trace import Trace

TEXTS = {
    "decoder": "我爱吃鱼，你爱吃什么",
    "encoder": "The dog ran because it was hungry. 😀",
    "encoder-decoder": "I want tea.",
    "hand": "我爱吃鱼。",
}
PAINTED = {"painted": [[0, 2, True], [1, 1, False], [2, 0, False], [2, 0, True], [3, 0, False], [3, 3, False]]}
MASKS = {
    "native": "native", "bidirectional": "bidirectional", "causal": "causal", "prefix": {"prefix": 3},
    "window": {"window": 2}, "window that sees nothing": {"window": 0}, "painted": PAINTED,
}
COMPUTE = """async (request) => {
  const {Trace} = await import("/static/js/trace.js"), {workedCell} = await import("/static/js/attention.js");
  const response = await fetch("/api/trace", {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(request),
  });
  if (!response.ok) throw new Error(await response.text());
  const trace = new Trace(await response.arrayBuffer());
  return trace.sites.map((site) => ({
    site: site.name,
    heads: Array.from({length: site.n_heads}, (_, head) => {
      const one = trace.head(site, head);
      const works = Array.from({length: one.nQuery}, (_, query) => workedCell(one, query, query % one.nKey));
      return {
        pattern: Array.from(trace.pattern(site, head)), z: works.map((work) => work.sum),
        cells: works.map(({score, weight, rowSum}) => ({score, weight, rowSum})),
      };
    }),
  }));
}"""
VISIBLE = """async ([specs, n]) => {
  const {visible} = await import("/static/js/masks.js"), all = Array.from({length: n}, (_, i) => i);
  return specs.map(visible).map((sees) => all.map((query) => all.map((key) => sees(query, key))));
}"""


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("model", TEXTS)
def test_the_browser_computes_what_the_model_did(model: str, mask: str, compute: Callable[[str, Any], Any]) -> None:
    names = ["*.q", "*.k", "*.v", "*.z", "*.log_denominator"]
    request = {"model": model, "text": TEXTS[model], "mask": MASKS[mask], "names": names}
    expected = trace(model, TEXTS[model], mask=MASKS[mask])
    sites = compute(COMPUTE, request)
    assert [found["site"] for found in sites] == [site.name for site in expected.sites]
    for found in sites:
        for head, computed in enumerate(found["heads"]):
            check_pattern(expected, found["site"], head, computed)
            check_cells(expected, found["site"], head, computed["cells"])


def check_pattern(expected: Trace, site: str, head: int, computed: Any) -> None:
    pattern, z, allowed = expected[f"{site}.pattern"][head], expected[f"{site}.z"][head], close(expected, site)
    ours = torch.tensor(computed["pattern"]).reshape(pattern.shape)
    assert (ours - pattern).abs().max() < allowed
    assert torch.equal(ours == 0, pattern == 0)  # a masked cell is exactly 0
    largest = max(1.0, float(expected[f"{site}.v"].abs().max()))
    assert (torch.tensor(computed["z"]) - z).abs().max() < allowed * largest


def check_cells(expected: Trace, site: str, head: int, works: list[dict[str, float]]) -> None:
    scores, allowed = expected[f"{site}.scores"][head], close(expected, site)
    for query, work in enumerate(works):
        key = query % scores.shape[1]
        cell = Cell(expected, site, head, query, key)
        assert work["score"] == pytest.approx(float(scores[query, key]), rel=1e-5, abs=1e-4)
        assert work["score"] == pytest.approx(cell.dot * expected.site(site).scale, rel=1e-12, abs=1e-12)
        assert work["weight"] == pytest.approx(cell.weights[key], rel=1e-9, abs=1e-15)
        assert work["rowSum"] == pytest.approx(1 if any(cell.visible) else 0, abs=4 * allowed)


def test_every_mask_shows_what_pythons_shows(compute: Callable[[str, Any], Any]) -> None:
    n = 9
    cells = ((0, 5, False), (4, 4, False), (0, 5, True), (8, 0, False), (2, 7, True))
    forms: list[masks.Mask] = [Bidirectional(), Causal(), Painted(cells, Causal()), Painted(cells, Bidirectional())]
    forms += [Prefix(length) for length in range(n + 2)]
    forms += [Window(width, of) for width in range(n + 2) for of in (Causal(), Bidirectional(), Prefix(3))]
    forms += [Painted(cells, Window(2, Causal())), Window(3, Painted(cells, Causal()))]
    positions = torch.arange(n)
    seen = compute(VISIBLE, [[mask.spec for mask in forms], n])
    for mask, found in zip(forms, seen, strict=True):
        assert found == mask(positions[:, None], positions[None, :]).expand(n, n).tolist(), mask
