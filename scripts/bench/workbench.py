"""How fast the workbench is, beside BertViz: `.venv/bin/python scripts/bench/workbench.py --bertviz FOLDER`.

One run, one Chromium, the same attentions: a decoder of GPT-2 small's shape with random weights, made in a temporary
folder. From the first byte of an answer, or of BertViz's page, to the last head painted; from a click to the other head
drawn; and what a visitor does on the page, over the time of one frame. A table in Markdown is printed. Without BertViz
the rest is measured. Needs the extra `test`, Linux for the memory, and about 16 GB for BertViz.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path

import acts
import peer
import torch
import wide
from acts import FRAME, UNPACED, median
from browsing import PAINTED, browsed, memory, served, tab
from playwright.sync_api import Browser, Page

from app.settings import Settings
from model import zoo

KiB, GiB = 1024, 1024**3
PARTS = ["first", "heads", "frames"]
SHIPPED = 64  # tokens, for the frames of the shipped decoder
RESPONSE_TO_PAINTED = """() => {
  const answers = performance.getEntriesByType("resource").filter(({name}) => name.endsWith("/api/trace"));
  const painted = performance.getEntriesByName("headlight:painted").at(-1);
  const asked = answers.filter(({startTime}) => startTime >= painted.startTime);
  return painted.startTime + painted.duration - asked[0].responseStart;
}"""


ANSWERED = """() => performance.getEntriesByType("resource")
  .filter(({name, startTime}) => name.includes("/api/") &&
    startTime >= performance.getEntriesByName("headlight:painted").at(-1).startTime)
  .reduce((bytes, {encodedBodySize}) => bytes + encodedBodySize, 0)"""


def row(what: str, ours: float, theirs: float, unit: str = "ms") -> None:
    print(f"| {what} | {ours:,.0f} {unit} | {theirs:,.0f} {unit} | 1/{theirs / ours:,.0f} |", flush=True)


def opened(page: Page, address: str, model: str, n: int) -> float:
    """The page on a text of n tokens. -> ms from the response to every head painted"""
    page.goto(f"{address}/?model={model}&lang=en#text={wide.text(model, 4)}")
    page.wait_for_selector(".heatmaplayer image")
    page.evaluate("performance.clearMeasures()")
    page.fill("[name=text]", wide.text(model, n))
    page.press("[name=text]", "Enter")
    page.wait_for_function(PAINTED)
    page.wait_for_function('document.querySelector("main").ariaBusy === "false"')
    found = page.evaluate(RESPONSE_TO_PAINTED)
    page.wait_for_timeout(1000)
    return found


def first_view(browser: Browser, address: str, pages: str, html: Path, folder: Path, n: int) -> None:
    views = []
    for _ in range(3):
        with tab(browser) as page:
            views.append(opened(page, address, wide.ID, n))
            held, answered = memory(browser), page.evaluate(ANSWERED)
    with tab(browser) as page:
        peer.provide(page, folder)
        page.goto(f"{pages}/model-{n}.html", wait_until="commit")
        theirs = page.evaluate(peer.PAINTED % peer.MODEL_VIEW, 144), memory(browser)
    written = (html / f"model-{n}.html").stat().st_size
    row(f"first view, {n} tokens, BertViz's model view", statistics.median(views), theirs[0])
    row(f"bytes of the answers, or of its page, {n} tokens", answered / KiB, written / KiB, "KiB")
    row(f"memory of the page with it, {n} tokens", held, theirs[1], "MB")


def another_head(browser: Browser, address: str, pages: str, folder: Path, n: int) -> None:
    with tab(browser) as page:
        opened(page, address, wide.ID, n)
        same = median(page, [acts.head(0, i) for i in range(1, 8)])
        other = median(page, [acts.head(i, 0) for i in range(1, 8)])
    with tab(browser) as page:
        peer.provide(page, folder)
        page.goto(f"{pages}/head-{n}.html", wait_until="commit")
        page.evaluate(peer.PAINTED % peer.HEAD_VIEW, 12)
        their_same, their_other = median(page, [peer.HEAD] * 2), median(page, [peer.BLOCK] * 2)
    row(f"another head of the same block, {n} tokens, BertViz's head view", same, their_same)
    row(f"a head of another block, {n} tokens, BertViz's head view", other, their_other)


def frames(browser: Browser, address: str, model: str, n: int) -> None:
    places = [(0.1 + 0.07 * i, 0.55 + 0.05 * i) for i in range(9)]
    with tab(browser) as page:
        painted = opened(page, address, model, n)
        found = {"response to every head painted": painted}
        found["one attribute, for comparison"] = median(page, [acts.NOTHING] * 15)
        found["another head of the same block"] = median(page, [acts.head(0, i % 4) for i in range(1, 10)])
        found["a head of another block"] = median(page, [acts.head(i % 4, 0) for i in range(1, 10)])
        found["a cell under the pointer"] = median(page, [acts.hover(*place) for place in places])
        found["a cell picked"] = median(page, [acts.pick(*reversed(place)) for place in places])
        found["the other theme"] = median(page, [acts.THEME] * 6)
        found["the other language"] = median(page, [acts.LANGUAGE] * 6)
        page.locator(".step-strip .toggle").click()
        page.wait_for_selector(".stage-figure:not(.stale)")
        found["a step of the player"] = median(page, [acts.NEXT_STAGE] * 9)
    for what, ms in found.items():
        print(f"| {what} | {model}, {n} | {ms:,.0f} ms | {ms / FRAME:,.1f} |", flush=True)


@torch.no_grad()
def write_peers(bertviz: object, folder: Path, n: int, *views: str) -> None:
    trace = zoo.load(wide.ID).trace(wide.text(wide.ID, n))
    attention = [trace.pattern(site.name)[None] for site in trace.sites]
    tokens = [token.text for token in trace.tokens["target"]]
    for view in views:
        peer.write(getattr(bertviz, f"{view}_view"), attention, tokens, folder / f"{view}-{n}.html")


def main(bertviz: Path | None, only: list[str]) -> None:
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as html:
        wide.add(Path(made))
        print(f"Load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.\n")
        with served(Settings(trace_cache=2 * GiB, deadline=300)) as address, browsed(*UNPACED) as browser:
            module = peer.imported(bertviz) if {"first", "heads"} & {*only} else None
            if module and bertviz:
                print("| what | Headlight | BertViz | ratio |\n| --- | --- | --- | --- |")
                with peer.folder_served(Path(html)) as pages:
                    if "first" in only:
                        write_peers(module, Path(html), 128, "model")
                        first_view(browser, address, pages, Path(html), bertviz, 128)
                    for n in (128, 256) if "heads" in only else ():
                        write_peers(module, Path(html), n, "head")
                        another_head(browser, address, pages, bertviz, n)
            elif {"first", "heads"} & {*only}:
                print(peer.ABSENT)
            if "frames" in only:
                print("\n| what | model, tokens | time | frames of 16.7 ms |\n| --- | --- | --- | --- |")
                frames(browser, address, "decoder", SHIPPED)
                for n in (512, 1024):
                    frames(browser, address, wide.ID, n)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bertviz", type=Path, help="the folder that scripts/bench/peer.py fetched it into")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="the first view, another head, frames")
    args = parser.parse_args()
    main(args.bertviz, args.only)
