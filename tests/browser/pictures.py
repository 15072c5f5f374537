"""The pictures of the page, pixel by pixel, and the weights that they stand for."""

from __future__ import annotations

import torch
from playwright.sync_api import Page

from model.trace import Trace

COLOURS = """async ([patterns, theme]) => {
  const {weightColour} = await import("/static/js/colour.js");
  const wrong = [];
  for (const [name, rows] of Object.entries(patterns)) {
    const painted = document.querySelector(`.head[aria-label="${name}"] canvas`), {width, height} = painted;
    const copy = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
    copy.drawImage(painted, 0, 0);
    const {data} = copy.getImageData(0, 0, width, height);
    if (height !== rows.length || width !== rows[0].length) { wrong.push(`${name}: ${height} x ${width}`); continue; }
    rows.flat().forEach((weight, i) => {
      const found = Array.from(data.slice(4 * i, 4 * i + 4));
      const due = weight < 0 ? [0, 0, 0, 0] : [...weightColour(weight, theme), 255];
      if (found.some((c, j) => Math.abs(c - due[j]) > 2)) wrong.push(`${name}, cell ${i}: ${found} for ${weight}`);
    });
  }
  return wrong;
}"""
CELLS = """async ([weights, theme]) => {
  const {weightColour} = await import("/static/js/colour.js");
  return weights.map((weight) => weightColour(weight, theme));
}"""
HEATMAP = """async ([row, column, n]) => {
  const drawn = document.querySelector(".heatmaplayer image"), image = new Image();
  image.src = drawn.getAttribute("href") ?? drawn.getAttribute("xlink:href");
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const x = Math.floor((column + 0.5) * image.width / n), y = Math.floor((row + 0.5) * image.height / n);
  return Array.from(context.getImageData(x, y, 1, 1).data);
}"""
THUMBNAIL = """(name) => {
  const canvas = document.querySelector(`.head[aria-label="${name}"] canvas`), {width, height} = canvas;
  const copy = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const {data} = copy.getImageData(0, 0, width, height);
  const opacity = (row, column) => data[4 * (row * width + column) + 3];
  return Array.from({length: height}, (_, row) => Array.from({length: width}, (_, column) => opacity(row, column)));
}"""


def drawn(trace: Trace) -> dict[str, list[list[float]]]:
    """The weights that each head's picture stands for, by its name; -1 where nothing is visible."""
    found = {}
    for site in trace.sites:
        kind = "cross-attention" if "cross" in site.name else f"{site.name.split('.')[0]} self-attention"
        pattern = trace[f"{site.name}.pattern"]
        n_query, n_key = pattern.shape[1:]
        visible = site.mask(torch.arange(n_query)[:, None], torch.arange(n_key)[None, :]).expand(n_query, n_key)
        for head, weights in enumerate(pattern.masked_fill(~visible, -1)):
            found[f"{kind}, block {site.layer} · head {head}"] = weights.tolist()
    return found


def wrong(page: Page, pictures: dict[str, list[list[float]]], theme: str = "light") -> list[str]:
    """The cells of the heads' pictures that are not in the colours of their weights."""
    return page.evaluate(COLOURS, [pictures, theme])


def colours(page: Page, weights: list[float], theme: str = "light") -> list[list[int]]:
    """Of these weights."""
    return page.evaluate(CELLS, [weights, theme])


def pixel(page: Page, row: int, column: int, n: int) -> list[int]:
    """The colour and opacity of a cell of the heatmap, which has as many rows as columns."""
    return page.evaluate(HEATMAP, [row, column, n])


def opacities(page: Page, head: str) -> list[list[int]]:
    """Of every cell of a head's picture in the grid."""
    return page.evaluate(THUMBNAIL, head)
