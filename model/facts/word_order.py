"""What becomes of a word when its sentence is put in another order, with positions and without."""

from __future__ import annotations

import torch
from torch import Tensor

from .. import zoo
from . import fact

POSITIONS = "decoder.pos_embed"
ADDED = "decoder.blocks.0.attn_out"


def added(model: str, text: str, mask: str, positions: bool) -> tuple[list[str], Tensor]:
    """The words of a text, and what the attention adds to each, [position, d_model]. Without positions every number of
    their table that the text reaches is set to 0, by edits of the weights."""
    loaded = zoo.load(model)
    trace = loaded.trace(text, mask=mask)
    if not positions:
        cells = torch.nonzero(trace[POSITIONS]).tolist()
        edits = [{"weight": POSITIONS, "row": row, "column": column, "value": 0.0} for row, column in cells]
        trace = loaded.trace(text, mask=mask, edits=edits)
    return [token.text.strip() for token in trace.tokens["target"]], trace[ADDED]


@fact
def without_positions(query: str, column: str, text: str, model: str, mask: str) -> float:
    """One number of what the attention adds to a word where no positions were added to X.

    query: the word itself
    """
    words, rows = added(model, text, mask, positions=False)
    return float(rows[words.index(query), int(column)])


@fact
def moved_by_order(query: str, positions: str, text: str, model: str, mask: str) -> float:
    """The largest difference in what the attention adds to a word when the first word and the last change places.

    query: the word itself; positions: "on" or "off"
    """
    first, *between, last = added(model, text, mask, positions=True)[0]
    exchanged = ("" if " " not in text else " ").join([last, *between, first])
    results = [added(model, order, mask, positions == "on") for order in (text, exchanged)]
    before, after = (rows[words.index(query)] for words, rows in results)
    return float((before - after).abs().max())
