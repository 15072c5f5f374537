"""What the lesson on why there is attention says beside its figures."""

from __future__ import annotations

import functools

from .. import beside, far
from . import fact


@fact
def hand_overs(kind: str, n: str) -> int:
    """From the first of n words to the last (Vaswani et al. 2017, table 1: maximum path length). kind: "recurrent",
    from neighbour to neighbour, or "attention", at once"""
    return {"recurrent": int(n) - 1, "attention": 1}[kind]


@fact
def steps_in_turn(kind: str, n: str) -> int:
    """That one layer needs one after the other to read n words (the same table: sequential operations)."""
    return {"recurrent": int(n), "attention": 1}[kind]


@fact
def hand_over_table(lengths: str) -> list[list[float]]:
    """The hand-overs for several lengths, "4,16,64": of attention, and below them of a recurrent network."""
    return [[hand_overs(kind, n) for n in lengths.split(",")] for kind in ("attention", "recurrent")]


@fact
def survives(kept: str, handed: str) -> float:
    """The share of a note that is left after so many hand-overs, each of which keeps this share."""
    return float(kept) ** int(handed)


@fact
@functools.cache
def far_change(net: str, distance: str, text: str) -> float:
    """How much the prediction of one of the three models after this text changes when the token at this distance
    before the last is another: the mean over those of far.others, in nats."""
    three = beside.load()
    ids = [token.id for token in three.tokens(text)]
    return far.change(three.nets[net], ids, int(distance), far.others(three)).mean


@fact
def texts_tokens(text: str) -> int:
    """How many tokens the three models read of a text, <bos> among them."""
    return len(beside.load().tokens(text))
