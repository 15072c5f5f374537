"""The block that is computed by hand, computed by hand: fractions as long as there are no exponents and no roots, and
decimals of fifty digits after. Nothing of model/ but the matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction

from model import hand

Exact = list[list[Fraction]]
Rows = list[list[Decimal]]
EPS = Decimal("0.00001")


@dataclass
class Run:
    """What one run is made of. Heads first where there are heads; None: masked."""

    x: Exact
    q: Exact
    k: Exact
    v: Exact
    dots: list[Exact]
    scores: list[list[list[Decimal | None]]]
    weights: list[Rows]
    z: list[Rows]
    attn_out: Rows
    resid_mid: Rows
    normalized: Rows
    pre: Rows
    post: Rows
    mlp_out: Rows
    resid_post: Rows
    logits: Rows


def run(ids: Sequence[int], n_heads: int, sees: Callable[[int, int], bool]) -> Run:
    with localcontext(Context(prec=50)):
        return computed(ids, n_heads, sees)


def computed(ids: Sequence[int], n_heads: int, sees: Callable[[int, int], bool]) -> Run:
    n, d = len(ids), 4 // n_heads
    place = hand.quarter_turns(n)
    x = [[Fraction(e + p) for e, p in zip(hand.EMBED[id], place[i], strict=True)] for i, id in enumerate(ids)]
    q, k, v = (product(x, W) for W in (hand.W_Q, hand.W_K, hand.W_V))
    parts = [slice(h * d, (h + 1) * d) for h in range(n_heads)]
    dots = [[[dot(q[i][part], k[j][part]) for j in range(n)] for i in range(n)] for part in parts]
    root = Decimal(d).sqrt()
    scores = [
        [[decimal(one[i][j]) / root if sees(i, j) else None for j in range(n)] for i in range(n)] for one in dots
    ]
    weights = [[softmax(row) for row in one] for one in scores]
    values = [[[decimal(a) for a in row[part]] for row in v] for part in parts]
    z = [product(w, value) for w, value in zip(weights, values, strict=True)]
    concat = [[a for one in z for a in one[i]] for i in range(n)]
    attn_out = product(concat, decimals(hand.W_O))
    resid_mid = add(decimals(x), attn_out)
    normalized = [normed(row) for row in resid_mid]
    pre = product(normalized, decimals(hand.W_IN))
    post = [[max(a, Decimal(0)) for a in row] for row in pre]
    mlp_out = product(post, decimals(hand.W_OUT))
    resid_post = add(resid_mid, mlp_out)
    logits = product(resid_post, decimals(hand.W_U))
    return Run(
        x, q, k, v, dots, scores, weights, z, attn_out, resid_mid, normalized, pre, post, mlp_out, resid_post, logits
    )


def dot(a: Sequence, b: Sequence):
    return sum((one * other for one, other in zip(a, b, strict=True)), start=a[0] * 0)


def product(a: Sequence[Sequence], W: Sequence[Sequence]) -> list[list]:
    return [[dot(row, [of[column] for of in W]) for column in range(len(W[0]))] for row in a]


def add(a: Rows, b: Rows) -> Rows:
    return [[one + other for one, other in zip(*rows, strict=True)] for rows in zip(a, b, strict=True)]


def decimal(x: Fraction | int) -> Decimal:
    exact = Fraction(x)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def decimals(rows: Sequence[Sequence[Fraction | int]]) -> Rows:
    return [[decimal(x) for x in row] for row in rows]


def softmax(row: Sequence[Decimal | None]) -> list[Decimal]:
    powers = [Decimal(0) if x is None else x.exp() for x in row]
    return [power / sum(powers) for power in powers]


def normed(row: Sequence[Decimal]) -> list[Decimal]:
    mean = sum(row) / len(row)
    variance = sum((x - mean) ** 2 for x in row) / len(row)
    return [(x - mean) / (variance + EPS).sqrt() for x in row]
