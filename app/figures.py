"""One head of a run as an HTML file that stands by itself, plotly and all: to be kept, mailed, or put on a page."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from model.trace import Site, Trace

from .i18n import N_, translate
from .line_figure import lines
from .plotting import CELL, MARGIN, MASKED, PAPER, labels, of_weights, signed
from .schemas import FigureRequest
from .value_figure import values

FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: {font}; background: {paper}">
<h1 style="font-size: 1rem">{title}</h1>{drawn}<p>{note}</p>
</body></html>
""".replace("{paper}", PAPER)
NAMES = {
    "weights": N_("Attention weights"), "scores": N_("Scores"), "lines": N_("Lines"), "qkv": N_("Q, K, V"),
    "values": N_("Values"),
}  # fmt: skip


def standalone(trace: Trace, asked: FigureRequest, lang: str) -> str:
    """A whole HTML document."""
    at = trace.site(asked.site)
    figure, note = drawn(trace, at, asked, lang)
    weights = trace.model["sha256"][:12]
    numbered = translate(lang, N_("head {head}"), head=asked.head)
    where = f"{at.name}, {numbered}, {trace.model['id']} ({weights}), {mask_name(at.mask_of(asked.head).spec, lang)}"
    title = f"{translate(lang, NAMES[asked.view])}: {where}"
    figure.update_layout(margin={"l": MARGIN, "t": MARGIN}, font={"family": FONT}, paper_bgcolor=PAPER)
    body = figure.to_html(full_html=False, include_plotlyjs=True, config={"displaylogo": False})
    language = "zh-CN" if lang == "zh" else "en"
    return PAGE.format(lang=language, title=escape(title), font=FONT, drawn=body, note=escape(note))


def mask_name(spec: Any, lang: str) -> str:
    """What a mask is called, as on the page (static/js/names.js)."""
    if isinstance(spec, str):
        return translate(lang, {"bidirectional": N_("bidirectional"), "causal": N_("causal")}.get(spec, spec))
    if "prefix" in spec:
        return translate(lang, N_("prefix of {count}"), count=spec["prefix"])
    if "window" in spec:
        return translate(lang, N_("window of {count}"), count=spec["window"])
    return translate(lang, N_("the model's own") if "listed" in spec else N_("painted"))


def drawn(trace: Trace, at: Site, asked: FigureRequest, lang: str) -> tuple[go.Figure, str]:
    """The figure of a view, and what is to be said of it."""
    if asked.view == "lines":
        return lines(trace, at, asked, lang)
    if asked.view == "qkv":
        return matrices(trace, at, asked.head), ""
    figure = values(trace, at, asked, lang) if asked.view == "values" else pattern(trace, at, asked, lang)
    notes = [translate(lang, N_("Grey: masked."))]
    if asked.sink == "hidden" and asked.view != "scores":
        notes.append(translate(lang, N_("the first position is hidden")))
    return figure, " ".join(notes)


def pattern(trace: Trace, site: Site, asked: FigureRequest, lang: str) -> go.Figure:
    """Weights or scores [query, key]; what the mask hides is left out."""
    weights = asked.view == "weights"
    whole = trace.pattern(site.name, [asked.head]) if weights else trace.scores(site.name, [asked.head])
    z = np.where(trace.visible(site.name, asked.head).cpu(), whole[0].cpu().double(), np.nan)
    largest = 1.0 if weights else float(np.nanmax(np.abs(z), initial=1e-9))
    if weights and asked.sink == "hidden":
        z[:, 0] = np.nan
    rows, columns = (labels(trace.tokens[side]) for side in (site.query, site.key))
    scale: dict[str, Any] = {"colorscale": of_weights(), "zmin": 0, "zmax": 1} if weights else signed(largest)
    value = translate(lang, NAMES[asked.view])
    query, key = translate(lang, N_("query: who looks")), translate(lang, N_("key: what is looked at"))
    figure = go.Figure(
        go.Heatmap(
            z=z, x=columns, y=rows, **scale, colorbar={"title": value}, hoverongaps=False,
            hovertemplate=f"%{{y}} → %{{x}}<br>{value} %{{z}}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(side="top", title=key, tickangle=-90, dtick=1, showgrid=False)
    figure.update_yaxes(autorange="reversed", title=query, dtick=1, showgrid=False)
    figure.update_layout(width=MARGIN + 120 + CELL * len(columns), height=MARGIN + 80 + CELL * len(rows))
    figure.update_layout(plot_bgcolor=MASKED)
    return figure


def matrices(trace: Trace, site: Site, head: int) -> go.Figure:
    """q [query, d_head], k and v [key, d_head]"""
    figure = make_subplots(rows=1, cols=3, subplot_titles=["q", "k", "v"], horizontal_spacing=0.12)
    for column, name in enumerate(("q", "k", "v"), 1):
        tensor = trace.tensors[f"{site.name}.{name}"]
        z = tensor[head * len(tensor) // site.n_heads].cpu().double().numpy()
        rows = labels(trace.tokens[site.query if name == "q" else site.key])
        bar = {"x": column * 0.375 - 0.115, "thickness": 10}
        part = go.Heatmap(z=z, y=rows, **signed(float(np.abs(z).max())), colorbar=bar,
                          hovertemplate=f"%{{y}}, {name}<sub>%{{x}}</sub> = %{{z}}<extra></extra>")  # fmt: skip
        figure.add_trace(part, row=1, col=column)
    n_rows = max(trace.tensors[f"{site.name}.{name}"].shape[-2] for name in ("q", "k"))
    figure.update_yaxes(autorange="reversed", dtick=1)
    figure.update_layout(width=1500, height=MARGIN + 80 + 24 * n_rows)
    return figure
