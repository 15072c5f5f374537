"""What a head moves, as the page's view of its values has it: all queries and keys, and one query key by key."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from model.trace import Site, Trace

from .i18n import N_, translate
from .plotting import CELL, INK, MARGIN, MASKED, PAPER, VALUE, labels, of_weights, signed
from .schemas import FigureRequest

BARS, BAND = 120, 40  # pixels high: bars, and the one row of z
GAP = 90  # between the parts, with their titles


def values(trace: Trace, site: Site, asked: FigureRequest, lang: str) -> go.Figure:
    """Weight times norm [query, key]; of one query each key's weight, norm and product, z, and the heads' shares."""
    rows, columns = (labels(trace.tokens[side]) for side in (site.query, site.key))
    query = len(rows) - 1 if asked.query is None else asked.query
    weights, norms = numbers(trace, site, asked)
    own, token, lengths = weights[query], rows[query], np.where(np.isnan(weights[query]), np.nan, norms)
    weight, product = translate(lang, N_("weight")), translate(lang, N_("weight × ‖v‖"))
    value, drawn = (product, weights * norms) if asked.measure == "norms" else (weight, weights)
    everywhere = translate(lang, N_("All queries and keys"))
    here = translate(lang, N_("What this head moves to {query}"), query=token)
    added = translate(lang, N_("What the heads of this attention add to the residual stream"))
    parts = [
        (f"{everywhere}: {value}", CELL * len(rows), matrix(drawn, asked, rows, columns, value)),
        (f"{here}: {weight}", BARS, bars(columns, own, INK)),
        ("‖v‖", BARS, bars(columns, lengths, VALUE)),
        (product, BARS, bars(columns, own * norms, INK)),
        (f"z, {token}", BAND, strip(trace.tensors[f"{site.name}.z"][asked.head, query].cpu().double().numpy())),
        (f"{added}, {token}", BARS, shares(trace, site, query, lang)),
    ]
    titles, heights, traces = (list(each) for each in zip(*parts, strict=True))
    height = sum(heights) + GAP * (len(parts) - 1)
    figure = make_subplots(
        rows=len(parts), cols=1, subplot_titles=titles, row_heights=heights, vertical_spacing=GAP / height
    )
    for at, part in enumerate(traces, 1):
        figure.add_trace(part, row=at, col=1)
    figure.update_xaxes(showgrid=False, tickangle=-90)
    figure.update_xaxes(dtick=1, row=1, col=1)
    figure.update_yaxes(showgrid=False)
    figure.update_yaxes(autorange="reversed", dtick=1, row=1, col=1)
    figure.update_layout(plot_bgcolor=PAPER, showlegend=False, height=MARGIN + 120 + height)
    figure.update_layout(width=max(760, MARGIN + 120 + CELL * len(columns)))
    whole = {"xref": "x domain", "yref": "y domain", "x0": 0, "x1": 1, "y0": 0, "y1": 1}
    figure.add_shape(type="rect", **whole, fillcolor=MASKED, line_width=0, layer="below")
    return figure


def numbers(trace: Trace, site: Site, asked: FigureRequest) -> tuple[np.ndarray, np.ndarray]:
    """Weights [query, key], NaN where the mask or the visitor hides one; norms of the values [key]."""
    v = trace.tensors[f"{site.name}.v"]
    norms = v[asked.head * len(v) // site.n_heads].cpu().double().norm(dim=-1).numpy()
    pattern = trace.pattern(site.name, [asked.head])[0].cpu().double().numpy()
    weights = np.where(trace.visible(site.name, asked.head).cpu(), pattern, np.nan)
    if asked.sink == "hidden":
        weights[:, 0] = np.nan
    return weights, norms


def matrix(drawn: np.ndarray, asked: FigureRequest, rows: list[str], columns: list[str], value: str) -> go.Heatmap:
    largest = float(np.nanmax(drawn, initial=1e-9)) if asked.measure == "norms" else 1.0
    scale: dict[str, Any] = {"colorscale": of_weights(), "zmin": 0, "zmax": largest, "showscale": False}
    shown = f"%{{y}} → %{{x}}<br>{value} %{{z}}<extra></extra>"
    return go.Heatmap(z=drawn, x=columns, y=rows, **scale, hoverongaps=False, hovertemplate=shown)


def bars(columns: list[str], lengths: np.ndarray, colour: str) -> go.Bar:
    return go.Bar(x=columns, y=lengths, marker={"color": colour}, hovertemplate="%{x}<br>%{y}<extra></extra>")


def strip(z: np.ndarray) -> go.Heatmap:
    shown = "z<sub>%{x}</sub> = %{z}<extra></extra>"
    return go.Heatmap(z=[z], y=["z"], **signed(float(np.abs(z).max())), showscale=False, hovertemplate=shown)


def shares(trace: Trace, site: Site, query: int, lang: str) -> go.Bar:
    """Of every head, of what all of them add to a token."""
    names = [translate(lang, N_("head {head}"), head=head) for head in range(site.n_heads)]
    share, norm = (of(site.name)[:, query].cpu().double().numpy() for of in (trace.head_out_share, trace.head_out_norm))
    shown = "%{x}<br>%{y}<br>‖·‖ %{customdata}<extra></extra>"
    return go.Bar(x=names, y=share, customdata=norm, marker={"color": INK}, hovertemplate=shown)
