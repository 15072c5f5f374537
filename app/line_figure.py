"""The lines from queries to keys, of one head or of several, as the page draws them (static/js/lines.js)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import plotly.graph_objects as go
import torch

from model.trace import Site, Trace

from .i18n import N_, translate
from .plotting import INK, MARGIN, PAPER, labels, of_head
from .schemas import FigureRequest

THINNEST, THICKEST, OF_SEVERAL = 0.75, 7, 4.5  # pixels
FAINTEST = 0.1
LEVELS = 64  # of thickness and opacity: plotly has one of each for all the lines of a trace
STEP, LENGTH = 30, 560  # pixels, from token to token and from side to side

Line = tuple[float, int, int]  # weight, query, key


def lines(trace: Trace, site: Site, asked: FigureRequest, lang: str) -> tuple[go.Figure, str]:
    """The chosen head's lines on top, and how many there are of how many."""
    heads = [*(head for head in asked.beside if head != asked.head), asked.head]
    visible = torch.stack([trace.visible(site.name, head) for head in heads]).cpu()  # [head, query, key]
    patterns = trace.pattern(site.name, heads).cpu()
    queries, keys = (labels(trace.tokens[side]) for side in (site.query, site.key))
    figure, drawn, weight = go.Figure(), 0, 0.0
    for slot, (head, pattern) in enumerate(zip(heads, patterns, strict=True)):
        places = visible[slot].nonzero().tolist()
        found: list[Line] = [(float(pattern[query, key]), query, key) for query, key in places]
        kept = sorted(line for line in found if line[0] >= asked.threshold)
        drawn, weight = drawn + len(kept), weight + sum(line[0] for line in kept)
        place = Place(asked.direction, len(queries), len(keys), shift(slot, len(heads)))
        for level, some in groupby(kept, key=lambda line: round(line[0] * LEVELS) / LEVELS):
            figure.add_trace(strokes(list(some), level, place, head, len(heads) > 1, queries, keys))
    figure.add_trace(go.Scatter(x=[None], y=[None], xaxis="x2", yaxis="y2", showlegend=False))  # the keys' axis
    arrange(figure, asked.direction, queries, keys, lang)
    total = float(patterns[visible].double().sum())
    share = f"{100 * (weight / total if total else 0):.1f} %"
    tally = translate(
        lang, N_("drawn: {drawn} of {of} lines, {share} of the weight"),
        drawn=f"{drawn:,}", of=f"{int(visible.sum()):,}", share=share,
    )  # fmt: skip
    note = translate(
        lang, N_("Thickness and opacity go in {levels} steps; the number at a line is exact."), levels=LEVELS
    )
    return figure, f"{translate(lang, N_('From a weight of'))} {asked.threshold * 100:g} %; {tally}. {note}"


class Place:
    """Where a line runs: both sides are equally long, from 0 to 1."""

    def __init__(self, direction: str, n_query: int, n_key: int, shift: float):
        self.rows, self.n_query, self.n_key, self.shift = direction == "rows", n_query, n_key, shift

    def __call__(self, query: int, key: int) -> tuple[list[float], list[float]]:
        """x and y of its ends and of its middle, where the pointer finds it, too."""
        start, end = (query + 0.5 + self.shift) / self.n_query, (key + 0.5 + self.shift) / self.n_key
        along, across = [start, (start + end) / 2, end], [0.0, 0.5, 1.0]
        return (along, across) if self.rows else (across, along)


def shift(slot: int, count: int) -> float:
    """Of a token's room, so that of one pair the lines of all heads can be seen."""
    return (slot - (count - 1) / 2) * min(0.13, 0.6 / count)


def strokes(
    some: list[Line], level: float, place: Place, head: int, several: bool, queries: list[str], keys: list[str]
) -> go.Scatter:
    """Lines of one thickness, with gaps between them."""
    x: list[float | None] = []
    y: list[float | None] = []
    weights: list[float | None] = []
    names: list[str | None] = []
    for weight, query, key in some:
        along, across = place(query, key)
        x, y = [*x, *along, None], [*y, *across, None]
        weights += [weight] * 3 + [None]
        names += [f"{queries[query]} → {keys[key]}"] * 3 + [None]
    look: dict[str, Any] = of_head(head) if several else {"color": INK}
    width = THINNEST + ((OF_SEVERAL if several else THICKEST) - THINNEST) * level
    return go.Scatter(
        x=x, y=y, mode="lines", customdata=weights, text=names, opacity=FAINTEST + (1 - FAINTEST) * level**0.5,
        line={"width": width, **look}, showlegend=False, meta=head,
        hovertemplate=f"%{{text}}<br>%{{customdata}}<extra>{head if several else ''}</extra>",
    )  # fmt: skip


def arrange(figure: go.Figure, direction: str, queries: list[str], keys: list[str], lang: str) -> None:
    """Queries at the left and keys at the right, or above and below."""
    query, key = translate(lang, N_("query: who looks")), translate(lang, N_("key: what is looked at"))

    def tokens(names: list[str], title: str) -> dict[str, Any]:
        ticks = [(i + 0.5) / len(names) for i in range(len(names))]
        return {"tickvals": ticks, "ticktext": names, "title": title, "showgrid": False, "zeroline": False}

    bare: dict[str, Any] = {"visible": False, "range": [0, 1]}
    length = STEP * max(len(queries), len(keys))
    if direction == "rows":
        both: dict[str, Any] = {"range": [0, 1], "tickangle": -90}
        figure.update_layout(
            xaxis={**tokens(queries, query), **both, "side": "top"}, yaxis={**bare, "range": [1, 0]},
            xaxis2={**tokens(keys, key), **both, "side": "bottom", "overlaying": "x", "anchor": "y2"},
            yaxis2={**bare, "range": [1, 0], "overlaying": "y"}, width=MARGIN + 80 + length, height=2 * MARGIN + LENGTH,
        )  # fmt: skip
    else:
        both = {"range": [1, 0]}
        figure.update_layout(
            yaxis={**tokens(queries, query), **both}, xaxis=bare, xaxis2={**bare, "overlaying": "x"},
            yaxis2={**tokens(keys, key), **both, "side": "right", "overlaying": "y", "anchor": "x2"},
            width=2 * MARGIN + LENGTH, height=MARGIN + 80 + length,
        )  # fmt: skip
    figure.update_layout(plot_bgcolor=PAPER)
