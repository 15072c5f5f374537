"""A bias by distance as the numbers that it is made of. T5 (Raffel et al. 2020, section 2.1) writes its bias out for
every head, query and key, and as many zeros for its cross-attention: at 4,096 tokens and 8 heads 537 MB each. What it
says is one number for each head and distance; in a run of ours it is asked for these alone, by its own code.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from .handed import running, tabled
from .trace import Tap

if TYPE_CHECKING:
    from .real import RealTransformer


@torch.no_grad()
def tables(real: RealTransformer) -> bool:
    """Have a model make tables, where that changes nothing of what its heads put out. -> whether it does"""
    attentions = [module for module in real.model.modules() if callable(getattr(module, "compute_bias", None))]
    if not real.relative_bias or not attentions:
        return False
    hooks = [module.register_forward_pre_hook(without_zeros, with_kwargs=True) for module in attentions]
    whole = {module: module.compute_bias for module in attentions}
    for module in attentions:
        module.compute_bias = partial(of_distances, module.compute_bias)
    if same(outputs(real, tables=False), outputs(real, tables=True)):
        return True
    for hook in hooks:
        hook.remove()
    for module in attentions:
        module.compute_bias = whole[module]
    return False


def of_distances(
    whole: Callable[..., Tensor], n_query: int, n_key: int, device: Any = None, past_seen_tokens: Any = 0
) -> Tensor:
    """What `whole` makes of one query that is as far from the keys as any: [1, head, 1, n_query + n_key - 1], by key -
    query + n_query - 1. Out of such a run [1, head, query, key]."""
    if not tabled():
        return whole(n_query, n_key, device=device, past_seen_tokens=past_seen_tokens)
    return whole(1, n_query + n_key - 1, device=device, past_seen_tokens=past_seen_tokens + n_query - 1)


def without_zeros(module: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """An attention that has no bias makes none: it is given a single zero."""
    if not tabled() or module.has_relative_attention_bias or named.get("position_bias") is not None:
        return None
    return inputs, named | {"position_bias": next(module.parameters()).new_zeros(1, 1, 1, 1)}


def outputs(real: RealTransformer, tables: bool) -> list[Tensor]:
    """What all heads of a dry run put out; nothing where the family's code cannot do without its whole bias."""
    seen = list[Tensor]()

    def keep(name: str, tensor: Tensor) -> Tensor:
        if name.endswith(".z"):
            seen.append(tensor)
        return tensor

    run = real.run(Tap(keep))
    run.tables = tables
    try:
        with running(run):
            real.call(*real.tried())
    except Exception:  # whatever it raises, given a bias of another shape
        return []
    return seen


def same(one: list[Tensor], other: list[Tensor]) -> bool:
    return len(one) == len(other) and all(map(torch.equal, one, other))
