"""What a run will take, told before it: bytes of memory and floating-point operations. Both are estimates, of the
shapes that the run is known to have; measured runs lie below the bytes and near the operations."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping

from .generate import PREDICTED
from .shapes import WIDTH, nbytes
from .trace import Shape, Site, Trace

ROWS = 128  # queries that attention computes at a time, of every head of a site
MADE = 4  # of a band of scores at the same time: the product, masked, less its denominator, its exponential
BESIDE = 3  # of a block's own tensors: what it makes and shows to nobody, such as the hidden layer of its MLP
CELL = 100  # operations that a cell of a pattern costs beside its dot products: mask, exponential, sums


def bytes_of(trace: Trace, wanted: Collection[str], copies: int = 1) -> int:
    """The most that a prepared run holds at the same time, where it keeps what is wanted and goes through this many
    copies of its inputs at once."""
    held = nbytes(trace.shapes, wanted)
    return held + copies * (largest_block(trace.shapes) * BESIDE + largest_band(trace)) + of_logits(trace, wanted)


def largest_block(shapes: Mapping[str, Shape]) -> int:
    """Bytes of all tensors of one block."""
    of_blocks: dict[str, int] = defaultdict(int)
    for name in shapes:
        stack, _, rest = name.partition(".blocks.")
        if rest:
            of_blocks[f"{stack}.{rest.partition('.')[0]}"] += nbytes(shapes, [name])
    return max(of_blocks.values(), default=0)


def largest_band(trace: Trace) -> int:
    """Bytes of the scores that an attention works on; of a family that hands out its weights, or writes out a bias for
    every score, they are n x n for every head."""
    sizes = [0]
    for site in trace.sites:
        n_query, n_key = trace.lengths(site.name)
        whole = site.captures == "pattern" or site.whole
        rows = n_query if whole else min(n_query, ROWS)
        sizes.append(MADE * WIDTH * site.n_heads * rows * n_key)
    return max(sizes)


def of_logits(trace: Trace, wanted: Collection[str]) -> int:
    """Bytes beside those that are kept: a band of them and its softmax, or all of them once more."""
    if "logits" not in trace.shapes:
        return 0
    n, n_vocab = trace.shapes["logits"]
    return WIDTH * n_vocab * (n if "logits" in wanted else 2 * min(n, PREDICTED))


def operations(trace: Trace, parameters: int) -> float:
    """Of one forward pass: two for each parameter and token, and those of the cells of every pattern."""
    n = max(map(len, trace.tokens.values()))
    return 2.0 * parameters * n + sum(of_cells(trace, site) for site in trace.sites)


def of_cells(trace: Trace, site: Site) -> float:
    n_query, n_key = trace.lengths(site.name)
    d_head = trace.shapes.get(f"{site.name}.q", (0,))[-1]
    return math.prod((site.n_heads, n_query, n_key)) * (4.0 * d_head + CELL)
