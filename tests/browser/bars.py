"""Bars, strips and shares: what a reader sees of them."""

from __future__ import annotations

from browser.bench import read

SITE = "decoder.blocks.1.attn"
STRIPS = """(root) => [...document.querySelectorAll(`${root} .strip:has(.numbers)`)].map((strip) =>
  [...strip.querySelectorAll("i")].map((cell) => cell.title))"""
BARS = """(root) => [...document.querySelectorAll(`${root} tbody tr`)].map((row) => ({
  place: Number(row.querySelector("button").dataset.place),
  name: row.querySelector("button").firstElementChild?.textContent,
  numbers: [...row.cells].slice(1).map((cell) => cell.textContent.trim()),
  lengths: [...row.querySelectorAll(".length")].map((bar) => Number(bar.style.getPropertyValue("--length"))),
  chosen: row.className === "chosen", against: row.querySelector(".against") !== null,
}))"""


def percent(shown: str) -> float:
    return float(read(shown.removesuffix(" %").removeprefix("< ").removeprefix("> "))) / 100
