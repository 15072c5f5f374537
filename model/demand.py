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
CAPPED = 24  # the same where a cap keeps attention from one pass, and each of its steps makes a band anew
BESIDE = 3  # of a block's own tensors: what it makes and shows to nobody, such as the hidden layer of its MLP
EDITED = 2  # of a block's own tensors: what is there of a copy that shows them to nobody
BACK = 3  # numbers of each cell that are held for gradients, and made on the way back
CELL = 100  # operations that a cell of a pattern costs beside its dot products: mask, exponential, sums


def bytes_of(trace: Trace, wanted: Collection[str], copies: int = 1) -> int:
    """The most that a prepared run holds at the same time, where it keeps what is wanted and goes through this many
    copies of its inputs at once. Weights that a family hands out are there until it has ended, kept or not."""
    handed = {f"{site.name}.pattern" for site in trace.sites if site.captures == "pattern"}
    held = nbytes(trace.shapes, {*wanted, *handed})
    return held + copies * (largest_block(trace.shapes) * BESIDE + largest_band(trace)) + of_logits(trace, wanted)


def bytes_of_edited(trace: Trace, kept: Collection[str], copies: int) -> int:
    """The same of edited copies that keep nothing, beside what is kept of the run that they are compared with."""
    copy = largest_block(trace.shapes) * EDITED + largest_band(trace)
    return nbytes(trace.shapes, kept) + copies * copy


def bytes_of_backward(trace: Trace) -> int:
    """The same of a run that is gone through backwards too: everything is held for it, and of every cell of a pattern
    its score and its weight; one site's gradient beside them."""
    cells = sum(math.prod((site.n_heads, *trace.lengths(site.name))) for site in trace.sites)
    return nbytes(trace.shapes, trace.shapes) + WIDTH * BACK * cells + BESIDE * largest_block(trace.shapes)


def largest_block(shapes: Mapping[str, Shape]) -> int:
    """Bytes of all tensors of one block."""
    of_blocks: dict[str, int] = defaultdict(int)
    for name in shapes:
        stack, _, rest = name.partition(".blocks.")
        if rest:
            of_blocks[f"{stack}.{rest.partition('.')[0]}"] += nbytes(shapes, [name])
    return max(of_blocks.values(), default=0)


def largest_band(trace: Trace) -> int:
    """Bytes of the scores that an attention works on: n x n for every head where a family writes out a bias for each.
    Of one that hands out its weights they are of what its blocks make, and there are two numbers more of each."""
    sizes = [0]
    for site in trace.sites:
        n_query, n_key = trace.lengths(site.name)
        if site.captures == "pattern":
            sizes.append(2 * WIDTH * site.n_heads * n_query * n_key)
            continue
        rows = n_query if site.whole else min(n_query, ROWS)
        made = MADE if site.softcap is None else CAPPED
        sizes.append(made * WIDTH * site.n_heads * rows * n_key)
    return max(sizes)


def of_logits(trace: Trace, wanted: Collection[str]) -> int:
    """Bytes beside those that are kept: a band of them and its softmax, or all of them in half precision."""
    if "logits" not in trace.shapes:
        return 0
    n, n_vocab = trace.shapes["logits"]
    narrow = "logits" in wanted and trace.model.get("dtype", "float32") != "float32"
    return WIDTH * n_vocab * max(n // 2 if narrow else 0, 2 * min(n, PREDICTED))


def operations(trace: Trace, parameters: int) -> float:
    """Of one forward pass: two for each parameter and token, and those of the cells of every pattern."""
    n = max(map(len, trace.tokens.values()))
    return 2.0 * parameters * n + sum(of_cells(trace, site) for site in trace.sites)


def of_cells(trace: Trace, site: Site) -> float:
    n_query, n_key = trace.lengths(site.name)
    d_head = trace.shapes.get(f"{site.name}.q", (0,))[-1]
    return math.prod((site.n_heads, n_query, n_key)) * (4.0 * d_head + CELL)
