"""One head of a run as an HTML file that stands by itself, plotly and all: to be kept, mailed, or put on a page."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.colors import find_intermediate_color, sample_colorscale
from plotly.subplots import make_subplots

from model.tokenizer import Token
from model.trace import Site, Trace

from .i18n import N_, translate

CELL, MARGIN = 30, 130  # pixels
FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
PAPER, MASKED = "rgb(251,250,247)", "#d9d6cf"
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: {font}; background: {paper}">
<h1 style="font-size: 1rem">{title}</h1>{drawn}<p>{note}</p>
</body></html>
""".replace("{paper}", PAPER)
NAMES = {"weights": N_("Attention weights"), "scores": N_("Scores"), "qkv": N_("Q, K, V")}
BROKEN = {" ": "␣", "\n": "⏎", "\r": "␍", "\t": "⇥"}


def standalone(trace: Trace, site: str, head: int, view: str, lang: str) -> str:
    """A whole HTML document."""
    at = trace.site(site)
    figure = matrices(trace, at, head) if view == "qkv" else pattern(trace, at, head, view, lang)
    weights = trace.model["sha256"][:12]
    numbered = translate(lang, N_("head {head}"), head=head)
    where = f"{site}, {numbered}, {trace.model['id']} ({weights}), {at.mask_of(head).spec}"
    title = f"{translate(lang, NAMES[view])}: {where}"
    figure.update_layout(margin={"l": MARGIN, "t": MARGIN}, font={"family": FONT})
    figure.update_layout(paper_bgcolor=PAPER, plot_bgcolor=MASKED)
    drawn = figure.to_html(full_html=False, include_plotlyjs=True, config={"displaylogo": False})
    note = "" if view == "qkv" else translate(lang, N_("Grey: masked."))
    return PAGE.format(lang="zh-CN" if lang == "zh" else "en", title=escape(title), font=FONT, drawn=drawn, note=note)


def pattern(trace: Trace, site: Site, head: int, view: str, lang: str) -> go.Figure:
    """Weights or scores [query, key]; what the mask hides is left out."""
    whole = trace.pattern(site.name, [head]) if view == "weights" else trace.scores(site.name, [head])
    z = np.where(trace.visible(site.name, head).cpu(), whole[0].double().cpu(), np.nan)
    rows, columns = (labels(trace.tokens[side]) for side in (site.query, site.key))
    largest = 1.0 if view == "weights" else float(np.nanmax(np.abs(z), initial=1e-9))
    scale: dict[str, Any] = {"colorscale": of_weights(), "zmin": 0} if view == "weights" else signed(largest)
    value = translate(lang, NAMES[view])
    query, key = translate(lang, N_("query: who looks")), translate(lang, N_("key: what is looked at"))
    figure = go.Figure(
        go.Heatmap(
            z=z, x=columns, y=rows, zmax=largest, **scale, colorbar={"title": value}, hoverongaps=False,
            hovertemplate=f"%{{y}} → %{{x}}<br>{value} %{{z}}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(side="top", title=key, tickangle=-90, dtick=1, showgrid=False)
    figure.update_yaxes(autorange="reversed", title=query, dtick=1, showgrid=False)
    figure.update_layout(width=MARGIN + 120 + CELL * len(columns), height=MARGIN + 80 + CELL * len(rows))
    return figure


def matrices(trace: Trace, site: Site, head: int) -> go.Figure:
    """q [query, d_head], k and v [key, d_head]"""
    figure = make_subplots(rows=1, cols=3, subplot_titles=["q", "k", "v"], horizontal_spacing=0.12)
    for column, name in enumerate(("q", "k", "v"), 1):
        tensor = trace.tensors[f"{site.name}.{name}"]
        z = tensor[head * len(tensor) // site.n_heads].double().cpu().numpy()
        rows = labels(trace.tokens[site.query if name == "q" else site.key])
        bar = {"x": column * 0.375 - 0.115, "thickness": 10}
        drawn = go.Heatmap(z=z, y=rows, zmax=float(np.abs(z).max()), **signed(float(np.abs(z).max())), colorbar=bar,
                           hovertemplate=f"%{{y}}, {name}<sub>%{{x}}</sub> = %{{z}}<extra></extra>")  # fmt: skip
        figure.add_trace(drawn, row=1, col=column)
    n_rows = max(trace.tensors[f"{site.name}.{name}"].shape[-2] for name in ("q", "k"))
    figure.update_yaxes(autorange="reversed", dtick=1)
    figure.update_layout(width=1500, height=MARGIN + 80 + 24 * n_rows)
    return figure


def of_weights() -> list[tuple[float, str]]:
    """As in the page: from paper, so that nothing looks like nothing, by the square root of the weight."""
    roots = np.linspace(0, 1, 33)
    return [
        (float(root**2), find_intermediate_color(PAPER, colour, min(1, root / 0.35), "rgb"))
        for root, colour in zip(roots, sample_colorscale("Cividis_r", roots), strict=True)
    ]


def signed(largest: float) -> dict[str, Any]:
    return {"colorscale": "PuOr_r", "zmin": -max(largest, 1e-9)}


def labels(tokens: list[Token]) -> list[str]:
    """Each with its position, so that no two are the same; plotly reads markup, so there is none."""
    return [f"{escape(''.join(BROKEN.get(c, c) for c in token.text))} {at}" for at, token in enumerate(tokens)]
