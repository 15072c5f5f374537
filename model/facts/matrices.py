"""Rows of the matrices that a model multiplies with."""

from __future__ import annotations

from .. import zoo
from ..entries import matrices
from . import fact


@fact
def matrix_row(matrix: str, row: str, model: str = "hand-one") -> list[float]:
    """A row of a matrix as `x @ W` has it: `W_q`, `W_k`, `W_v`, `W_o` of the first attention, or any by its name."""
    found = matrices(zoo.load(model).transformer)
    numbers: list[float] = found[matrix if matrix in found else f"decoder.blocks.0.attn.{matrix}"][int(row)].tolist()
    return numbers


@fact
def entries(model: str = "hand-one") -> int:
    """How many numbers the matrices W_q, W_k and W_v of the first attention have together."""
    found = matrices(zoo.load(model).transformer)
    return sum(found[f"decoder.blocks.0.attn.{name}"].numel() for name in ("W_q", "W_k", "W_v"))
