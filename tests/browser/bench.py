"""The workbench as its visitor handles it, and what a reader makes of what it shows."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import torch
from browser.watch import Watch
from playwright.sync_api import Locator, Page, Response, expect

from model import zoo
from model.tokenizer import Token
from model.trace import Trace

ENGLISH = "Tom likes music. Mary likes music. Tom likes"  # the first example of the decoder
SIGNS = {" ": "␣", "\n": "⏎", "\r": r"\r", "\t": "⇥", "\u00a0": "⍽", "\u3000": "□"}
READ_WORKED_CELL = """() => {
  const text = (node) => node.textContent.replace(/\\s+/g, " ").trim();
  const steps = [...document.querySelectorAll(".worked .steps > li")];
  const last = (step, what) => text([...step.querySelectorAll(what)].at(-1));
  return {
    dot: last(steps[0], "math mn"), scale: last(steps[1], "math:nth-of-type(2) mn"), score: last(steps[1], "math mn"),
    mask: text(steps[2].querySelector(".equation")), weight: steps[3].querySelector(".result")?.textContent ?? null,
    rows: [...steps[3].querySelectorAll("tbody tr:not(.rest)")].map((row) => ({
      key: Number(row.querySelector("sub").textContent), label: row.querySelector("bdi").textContent,
      score: text(row.cells[1]), weight: text([...row.cells].at(-1)),
      before: row.querySelector(".before")?.title ?? null,
    })),
    sum: last(steps[3], "tfoot td"),
    z: [...steps[4].querySelectorAll(".strip:nth-last-of-type(1) i")].map((cell) => cell.title.split("= ")[1]),
    percent: text(document.querySelector(".worked .lead strong")),
  };
}"""


def label(token: Token) -> str:
    """A token as the page shall show it: nothing invisible, special ones in brackets of their own."""
    if token.start is None:
        return f"⟨{token.text.removeprefix('<').removesuffix('>')}⟩"
    text = "".join(map(sign, token.text))
    return f"{text} {token.part[0]}/{token.part[1]}" if token.part else text


def sign(character: str) -> str:
    if character in SIGNS or unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cn"):
        return SIGNS.get(character, character)
    code = ord(character)
    return rf"\x{code:02X}" if code < 32 or code == 127 else f"U+{code:04X}"


def elided(text: str, length: int) -> str:
    kept = length - 1
    return text if len(text) <= length else f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"


def read(shown: str) -> Decimal:
    """The number that a reader sees: a minus sign, and powers of ten as they are written by hand."""
    mantissa, _, power = shown.replace("−", "-").partition("·10")
    powers = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return Decimal(mantissa).scaleb(int(powers or 0))


def agrees(shown: str, value: float) -> bool:
    """Whether the digits that are shown are those of the value: off by half a unit of the last one at most."""
    if shown in ("0", "−∞"):
        return value == {"0": 0, "−∞": -torch.inf}[shown]
    seen = read(shown)
    unit = Decimal(1).scaleb(int(seen.as_tuple().exponent))
    return abs(seen - Decimal(value)) <= unit / 2 + abs(Decimal(value)) * Decimal("1e-9")


def close(trace: Trace, site: str) -> float:
    """How far a weight may be from the model's: 1e-5, or what float32 leaves of a log_denominator where scores are
    large, since a weight is e to the power of a difference of the two."""
    return 1e-5 * max(1.0, float(trace[f"{site}.scores"].abs().max()) / 40)


@dataclass(frozen=True)
class Cell:
    """One cell of one pattern as Python has it, in double precision from the model's own q, k and denominators."""

    trace: Trace
    site: str
    head: int
    query: int
    key: int

    def of(self, name: str) -> torch.Tensor:
        return self.trace[f"{self.site}.{name}"][self.head].double()

    @property
    def dot(self) -> float:
        return float(self.of("q")[self.query] @ self.of("k")[self.key])

    @property
    def visible(self) -> list[bool]:
        queries, keys = torch.tensor([[self.query]]), torch.arange(self.of("k").shape[0])[None, :]
        return self.trace.site(self.site).mask(queries, keys)[0].tolist()

    @property
    def scores(self) -> list[float]:
        """After the mask."""
        scores = self.of("k") @ self.of("q")[self.query] * self.trace.site(self.site).scale
        return scores.masked_fill(~torch.tensor(self.visible), -torch.inf).tolist()

    @property
    def weights(self) -> list[float]:
        weights = (torch.tensor(self.scores, dtype=torch.float64) - self.of("log_denominator")[self.query]).exp()
        weights = weights.masked_fill(~torch.tensor(self.visible), 0)
        assert (weights - self.of("pattern")[self.query]).abs().max() < close(self.trace, self.site)
        return weights.tolist()

    @property
    def z(self) -> list[float]:
        return (torch.tensor(self.weights, dtype=torch.float64) @ self.of("v")).tolist()


class Bench:
    def __init__(self, page: Page, server: str, watch: Watch):
        self.page, self.server, self.watch = page, server, watch
        self.text, self.target = page.locator("[name=text]"), page.locator("[name=target]")
        self.refusal = page.get_by_role("alert")
        self.heads = page.locator(".head-grid").get_by_role("gridcell")
        self.chosen_head = page.locator('.head-grid [role="gridcell"][aria-selected="true"]')
        self.matrix = page.locator(".cells").first
        self.numbers = page.locator(".heatmaplayer .heatmap-label text")  # written on the heatmap
        self.heading = page.locator(".head-figure h2 small")
        self.worked = page.locator(".worked")
        self.summary = self.worked.locator(".summary")
        self.warning = page.locator(".warning")
        self.mask = page.locator(".masks select")
        self.count = page.locator(".masks input")

    def go(self, text: str | None = None, target: str | None = None, **query: Any) -> None:
        """To the page at an address."""
        fragment = {name: value for name, value in (("text", text), ("target", target)) if value is not None}
        self.page.goto(f"{self.server}/?{urlencode({'lang': 'en', **query})}#{urlencode(fragment)}")

    def open(self, text: str | None = None, target: str | None = None, **query: Any) -> Bench:
        """The page at an address, once it has run."""
        self.go(text, target, **query)
        return self.ready()

    def ready(self) -> Bench:
        """Heads painted, heatmap or lines drawn."""
        expect(self.page.locator("main")).to_have_attribute("aria-busy", "false")
        expect(self.heads.first).to_be_visible()
        drawn = ".chart .main-svg, .lines-view canvas, .tiled canvas, .number-table"
        expect(self.page.locator(drawn).first).to_be_attached()
        return self

    def after(self, act: Callable[[], object]) -> Response:
        """What an action that runs the model gets from the server; the page has taken it in."""
        with self.page.expect_response("**/api/trace") as response:
            act()
        expect(self.page.locator("main")).to_have_attribute("aria-busy", "false")
        return response.value

    def run(self, text: str) -> Response:
        self.text.fill(text)
        return self.after(lambda: self.text.press("Enter"))

    def model(self, name: str) -> Response:
        return self.after(lambda: self.page.locator(".choice").get_by_text(name, exact=True).click())

    def tokens(self, row: int = 0) -> Locator:
        return self.page.locator(".token-row").nth(row).locator("bdi")

    def shows_tokens(self, tokens: list[Token], row: int = 0) -> None:
        expect(self.tokens(row)).to_have_text([elided(label(token), 24) for token in tokens])

    def head(self, group: str, block: int, head: int) -> Locator:
        return self.page.get_by_role("gridcell", name=f"{group}, block {block} · head {head}", exact=True)

    def place(self, query: int, key: int) -> dict[str, float]:
        """Where in the matrix a cell's middle is."""
        size, box = self.matrix_size(), self.matrix.bounding_box()
        assert box is not None
        return {"x": (key + 0.5) * box["width"] / size[1], "y": (query + 0.5) * box["height"] / size[0]}

    def matrix_size(self) -> tuple[int, int]:
        rows = self.page.locator(".token-row").count()
        return self.tokens(0).count(), self.tokens(rows - 1).count()

    def at(self, query: int, key: int) -> None:
        """Wait until this is the cell that is worked."""
        expect(self.page.locator(".token-row .is-query sub").first).to_have_text(str(query))
        expect(self.worked.locator("tr.chosen sub")).to_have_text(str(key))

    def shows_cell(self, cell: Cell) -> dict[str, Any]:
        """Every number of the worked cell is Python's, to the digits that are shown. -> what is shown"""
        self.at(cell.query, cell.key)
        shown = self.page.evaluate(READ_WORKED_CELL)
        site = cell.trace.site(cell.site)
        scores, weights, visible = cell.scores, cell.weights, cell.visible
        assert agrees(shown["dot"], cell.dot)
        assert agrees(shown["scale"], site.scale)
        assert agrees(shown["score"], cell.dot * site.scale)
        if any(visible):
            assert agrees(shown["weight"], weights[cell.key])
        keys = cell.trace.tokens[site.key]
        for row in shown["rows"]:
            assert row["label"] == elided(label(keys[row["key"]]), 12)
            assert agrees(row["score"], scores[row["key"]])
            assert agrees(row["weight"], weights[row["key"]])
        order = [row["key"] for row in shown["rows"]]
        assert order == sorted(order) and (len(order) == len(keys) or len(keys) > 13)
        assert agrees(shown["sum"], sum(weights))
        assert all(agrees(number, value) for number, value in zip(shown["z"], cell.z, strict=True))
        return shown


class Part:
    """A part of the workbench, by its selector."""

    def __init__(self, bench: Bench, selector: str):
        self.bench, self.page = bench, bench.page
        self.root = self.page.locator(selector)

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)


def trace(model: str, text: str, target: str | None = None, mask: Any = "native") -> Trace:
    """The same model object as the server's, so that both have the same weights whatever happens to the files."""
    return zoo.load(model, "cpu").trace(text, target=target, mask=mask)
