"""What the lesson on the scaled dot product says beside its figure."""

from __future__ import annotations

import functools
import math

import torch

from .. import saturation, zoo
from ..trace import Trace
from . import fact

KEYS = 16  # of a random row
ROWS = 4096
SEED = 0


@functools.cache
def run(model: str, text: str, mask: str) -> Trace:
    return zoo.load(model).trace(text, mask=mask)


def place(trace: Trace, word: str) -> int:
    """Where a token stands, by its text or as a number. Raises ValueError."""
    texts = [token.text.strip() for tokens in trace.tokens.values() for token in tokens]
    return int(word) if word.isdigit() else texts.index(word)


@fact
def row(
    step: str, query: str, key: str = "0", scale: str = "", head: str = "0",
    model: str = "hand-one", text: str = "", mask: str = "bidirectional", site: str = "decoder.blocks.0.attn",
) -> float:  # fmt: skip
    """One step from a query to its weights, of one key: `dot`, `scaled`, `exp`, the `sum` of the row, `weight`; or the
    length that this key's value brings, `contribution`. And what stands at the division: `d_head`, `divisor`.

    scale: what the dot product is divided by; left out, the root of d_head
    """
    trace = run(model, text, mask)
    i, j, h = place(trace, query), place(trace, key), int(head)
    q, k, v = (trace[f"{site}.{name}"][h].double() for name in "qkv")
    dots = k @ q[i]
    divisor = float(scale) if scale else math.sqrt(q.shape[-1])
    scaled = dots / divisor
    seen = trace.visible(site, h)[i]
    weights = scaled.masked_fill(~seen, -math.inf).softmax(-1)
    steps = {
        "dot": dots[j], "scaled": scaled[j], "exp": scaled[j].exp(), "sum": scaled[seen].exp().sum(),
        "weight": weights[j], "contribution": weights[j] * v[j].norm(),
        "d_head": torch.tensor(q.shape[-1]), "divisor": torch.tensor(divisor),
    }  # fmt: skip
    return float(steps[step])


@fact
def row_of(steps: str, query: str, **words: str) -> list[list[float]]:
    """Several steps ("scaled exp weight"), a row each, of every key."""
    trace = run(words.get("model", "hand-one"), words["text"], words.get("mask", "bidirectional"))
    (tokens,) = trace.tokens.values()
    return [[row(step, query, str(j), **words) for j in range(len(tokens))] for step in steps.split()]


@fact
def random_scores(what: str, d_head: str, scaled: str) -> float:
    """Softmax rows of random queries and keys (every feature of mean 0 and variance 1, 16 keys, 4,096 rows, a fixed
    seed): the `std` of their scores, the mean `largest` weight, the mean `entropy` in bits, or how much the weights
    still answer to their scores, the mean Frobenius norm of the softmax's derivative (`gradient`).

    scaled: "yes" divides the scores by sqrt(d_head)
    """
    found = at_random(int(d_head))
    one = found.scaled if scaled == "yes" else found.unscaled
    return {"std": one.std, "largest": one.largest, "entropy": one.entropy, "gradient": one.jacobian}[what]


@functools.cache
def at_random(d_head: int) -> saturation.Random:
    (found,) = saturation.random([d_head], KEYS, ROWS, SEED)
    return found
