"""What there is to say of a real model as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .transformer import Kind


@dataclass(frozen=True)
class Shape:
    """What there is to say of a real model's config, in our names."""

    family: str  # transformers' model_type
    kind: Kind
    n_vocab: int
    n_ctx: int
    d_model: int
    n_heads: int
    n_kv_heads: int
    d_head: int
    n_layers: int
    stacks: dict[str, dict[str, Any]] = field(default_factory=dict)  # as stacks.py tells them
