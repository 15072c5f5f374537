"""What a visitor does on the page, and how long until its effect stands in a finished frame.

Each act is a script, and `seen` another that tells what changes with it. Measured is from the dispatch of the event to
a task posted from the animation frame in which `seen` differs: behind that frame's style, layout and paint on the
page's own thread. Where the browser keeps the screen's beat, waiting for it is measured, too: NOTHING says how much.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from playwright.sync_api import Page

UNPACED = ("--disable-gpu", "--disable-frame-rate-limit", "--disable-gpu-vsync")
FRAME = 1000 / 60  # ms

MEASURE = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(0);
  }));
  const seen = () => { %(seen)s };
  for (let i = 0; i < 3; i++) await frame();
  const before = seen(), begun = performance.now();
  { %(act)s }
  do await frame(); while (seen() === before && performance.now() - begun < 60000);
  if (seen() === before) throw new Error("nothing changed within a minute");
  return performance.now() - begun;
}"""


@dataclass(frozen=True)
class Act:
    act: str
    seen: str


CELL = """const cells = document.querySelector(".cells"), all = cells.querySelector(".sheet") ?? cells; // of tiles
  const box = all.getBoundingClientRect();
  const at = {clientX: box.left + box.width * %f, clientY: box.top + box.height * %f};
  cells.dispatchEvent(new %s("%s", {...at, bubbles: true, pointerType: "mouse"}));"""
MATRIX = """const tiles = document.querySelector(".tiled > canvas, .heatmap > .ready"); // a row of its pixels
  const {data} = tiles.getContext("2d").getImageData(0, Math.round(tiles.height * 0.8), tiles.width, 1);
  return data.join();"""
CHOSEN = 'return document.querySelector(".mark-cell").style.cssText'
BUTTON = '[...document.querySelectorAll(".banner nav button")].at(%d).click()'


def head(block: int, head: int) -> Act:
    """Another head, until its matrix is drawn."""
    heads = 'document.querySelectorAll(".head-grid .row:has(.head)")'
    return Act(f'{heads}[{block}].querySelectorAll(".head")[{head}].click()', MATRIX)


def hover(x: float, y: float) -> Act:
    return Act(CELL % (x, y, "PointerEvent", "pointermove"), CHOSEN)


def pick(x: float, y: float) -> Act:
    return Act(CELL % (x, y, "MouseEvent", "click"), CHOSEN)


NOTHING = Act(
    "const {dataset} = document.documentElement; dataset.beat = Number(dataset.beat ?? 0) + 1",
    "return document.documentElement.dataset.beat",
)
NEXT_STAGE = Act(
    'document.querySelector(".step-strip .controls").children[3].click()',
    'return document.querySelector(".stage-figure").className + document.querySelector(".stage h2").textContent',
)
THEME = Act(BUTTON % -1, MATRIX)
LANGUAGE = Act(BUTTON % -2, 'return document.querySelector(".head-grid h2").textContent')


def taken(page: Page, acts: Iterable[Act]) -> list[float]:
    """Milliseconds of each."""
    return [page.evaluate(MEASURE % {"act": one.act, "seen": one.seen}) for one in acts]


def median(page: Page, acts: Iterable[Act]) -> float:
    return statistics.median(taken(page, acts))
