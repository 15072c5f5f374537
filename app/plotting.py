"""What plotly needs to draw as the page does: its colours, and the tokens as labels."""

from __future__ import annotations

from html import escape
from typing import Any
from unicodedata import category

import numpy as np
from plotly.colors import find_intermediate_color, sample_colorscale

from model.tokenizer import Token

CELL, MARGIN = 30, 130  # pixels
PAPER, MASKED, INK, VALUE = "rgb(251,250,247)", "#d9d6cf", "#1b1c1e", "#00754f"
SIGNS = {" ": "␣", "\n": "⏎", "\r": r"\r", "\t": "⇥", "\u00a0": "⍽", "\u3000": "□"}  # as labels.js has them
INVISIBLE = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Co", "Cn")
HEADS = ("#a24200", "#2197d0", "#883467", "#349b76", "#622d00", "#006eae", "#948a00", "#060606")  # head_colours.js
DASHES = ("solid", "7px,4px", "2px,3px", "9px,3px,2px,3px")  # from the ninth head on


def of_weights() -> list[tuple[float, str]]:
    """As in the page: from paper, so that nothing looks like nothing, by the square root of the weight."""
    roots = np.linspace(0, 1, 33)
    return [
        (float(root**2), find_intermediate_color(PAPER, colour, min(1, root / 0.35), "rgb"))
        for root, colour in zip(roots, sample_colorscale("Cividis_r", roots), strict=True)
    ]


def signed(largest: float) -> dict[str, Any]:
    return {"colorscale": "PuOr_r", "zmin": -max(largest, 1e-9), "zmax": max(largest, 1e-9)}


def of_head(head: int) -> dict[str, str]:
    """The colour and dash of one head's lines beside another's."""
    return {"color": HEADS[head % len(HEADS)], "dash": DASHES[head // len(HEADS) % len(DASHES)]}


def labels(tokens: list[Token]) -> list[str]:
    """Each with its position, so that no two are the same; plotly reads markup, so there is none."""
    return [f"{escape(''.join(map(shown, token.text)))} {at}" for at, token in enumerate(tokens)]


def shown(character: str) -> str:
    """What has no shape by its number, as labels.js writes it."""
    if character in SIGNS or category(character) not in INVISIBLE:
        return SIGNS.get(character, character)
    code = ord(character)
    return rf"\x{code:02X}" if code < 32 or code == 127 else f"U+{code:04X}"
