"""Entries of a model's matrices changed for one run:

    {"weight": "decoder.blocks.0.attn.W_q", "row": 1, "column": 0, "value": 2}

In the notation of Vaswani et al. 2017, `x @ W`: a row belongs to a feature that is read, a column to one that is made.
Of an embedding a row is a token's, or a position's, and a column a feature. The model itself stays as it is.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .edits import Edit, kind_of
from .input_error import InputError
from .transformer import Transformer

LARGEST = 100  # the size of an entry that may be put in


def matrices(transformer: Transformer) -> dict[str, Tensor]:
    """Every matrix that a run multiplies with or looks up in, by its name, as `x @ W` has it."""
    found = dict[str, Tensor]()
    for name, module in transformer.named_modules():
        if isinstance(module, nn.Linear):
            found[name] = module.weight.detach().mT
        elif isinstance(module, nn.Embedding):
            found[name] = module.weight.detach()
    return found


def changed(edits: Sequence[Edit], transformer: Transformer, editable: bool) -> Transformer:
    """The same Transformer where none of these edits is of a weight, else a copy with the entries in it. The last edit
    of an entry holds. Raises InputError."""
    asked = [edit for edit in edits if kind_of(edit) == "weight"]
    if not asked:
        return transformer
    if not editable:
        raise InputError("not-editable", field="edits")
    transformer = copy.deepcopy(transformer)
    found = matrices(transformer)
    for edit in asked:
        matrix, row, column, value = found.get(named(edit)), edit["row"], edit["column"], edit["value"]
        if matrix is None:
            raise InputError("unknown-weight", field="edits")
        if not (0 <= row < matrix.shape[0] and 0 <= column < matrix.shape[1]):
            raise InputError("unknown-entry", field="edits")
        if not (math.isfinite(value) and abs(value) <= LARGEST):
            raise InputError("bad-edit", field="edits")
        with torch.no_grad():
            matrix[row, column] = value
    return transformer


def named(edit: Edit) -> str:
    """The matrix that it is of; the name of the parameter that keeps it will do too."""
    name: str = edit["weight"]
    return name.removesuffix(".weight")
