"""What the step player and a reader of a trace need to know of a real model's stacks and cannot see from its tensors:
where norms stand, what they do, what is between the matrices of an MLP. Told by the dry run, not by the family."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import torch.nn.functional as F
from torch import Tensor

from .insides import Insides, same
from .norms import normalizes, tolerance

if TYPE_CHECKING:
    from .places import Places

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": F.gelu, "gelu_tanh": partial(F.gelu, approximate="tanh"), "relu": F.relu, "silu": F.silu,
}  # fmt: skip


def stacks(places: Places) -> dict[str, dict[str, Any]]:
    """By stack its sizes, which two models that were put together need not share: `d_model`, `n_heads`, `n_kv_heads`,
    `d_head`, `d_mlp`, `d_embed` (of the rows of the embedding); and `norm`, where norms stand ("pre": before what reads
    the stream, between a sublayer and its sum, or nowhere; "post": after the sums; "parallel": MLP and attention read
    the same stream), `normalizes` what they do ("layer", "rms"), `activation` of the MLP, and `enters`, whether the
    embedding alone enters the first block. "" or 0: not known, or not the same in all of its blocks."""
    names = dict.fromkeys(block.split(".")[0] for block in places.insides)
    return {name: stack(places, name) for name in names}


def stack(places: Places, name: str) -> dict[str, Any]:
    blocks = {at: inside for at, inside in places.insides.items() if at.startswith(f"{name}.")}
    first = next(iter(blocks.values())).tensors
    entered, q, k = first["resid_pre"], first["attn.q"], first["attn.k"]
    embeds = [one for one in places.before(name) if name in places.embeds.get(id(one.module), [])]
    norms = [normalizes(one.module, one.read, one.flat) for inside in blocks.values() for one in inside.norms]
    return {
        "norm": shared(map(order, blocks.values())) or "",
        "normalizes": shared(norms) or "",
        "activation": shared(map(activation, blocks.values())) or "",
        "d_mlp": shared(0 if one.W_in is None else one.W_in.flat.shape[-1] for one in blocks.values()) or 0,
        "d_model": entered.shape[-1],
        "d_embed": shared(one.y.shape[-1] for one in embeds) or 0,
        "n_heads": len(q),
        "n_kv_heads": len(k),
        "d_head": q.shape[-1],
        "enters": any(same(one.flat, entered) for one in embeds),
    }


def shared(facts: Iterable[Any]) -> Any:
    """The one fact of all, or none."""
    found = {*facts}
    return found.pop() if len(found) == 1 else None


def order(inside: Insides) -> str:
    if inside.W_out is None:
        return ""
    return "post" if inside.post else "parallel" if inside.parallel else "pre"


def activation(inside: Insides) -> str:
    """The nearest of those that are known, where that is near enough."""
    if inside.W_in is None or inside.W_out is None:
        return ""
    x, y = inside.W_in.flat.float(), inside.W_out.read.float()
    name = min(ACTIVATIONS, key=lambda one: float((ACTIVATIONS[one](x) - y).abs().max()))
    near = tolerance(inside.W_in.module)
    return name if ACTIVATIONS[name](x).allclose(y, atol=near, rtol=near) else ""
