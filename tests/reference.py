"""The forward pass written out again with torch's own attention, to hold a trace against."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from model.attention import rotate
from model.transformer import Transformer

Brings = Callable[[Tensor, Tensor, Tensor, Tensor | None], Tensor]  # q, k, v, what is seen -> z


def logits(
    model: Transformer,
    ids: Mapping[str, Tensor],
    seen: Mapping[str, Tensor],
    brings: Mapping[str, Brings] | None = None,
    dropped: str = "",
) -> Tensor:
    """seen: site -> bool [query, key] or [head, query, key], a site without one sees everything; brings: site -> what
    its heads bring in place of torch's own; dropped: a site of which only W_o's bias is left."""

    def attention(site: str, x: Tensor, memory: Tensor) -> Tensor:
        part = model.get_submodule(site)
        q, k, v = (
            W(read).unflatten(-1, (part.n_heads, -1)).transpose(0, 1)
            for W, read in ((part.W_q, x), (part.W_k, memory), (part.W_v, memory))
        )
        if part.rotary:
            q, k = rotate(q), rotate(k)
        if site == dropped:
            return part.W_o.bias.expand_as(x)
        z = (brings or {}).get(site, of_torch)(q, k, v, seen.get(site))
        return part.W_o(torch.cat(list(z), -1))

    def stack(name: str, memory: Tensor | None, side: str) -> Tensor:
        part = model.get_submodule(name)
        x = model.embed(ids[side])
        if part.pos_embed is not None:
            x = x + part.pos_embed.weight[: len(x)]
        for i, block in enumerate(part.blocks):
            y = block.norm_attn(x)
            x = x + attention(f"{name}.blocks.{i}.attn", y, y)
            if memory is not None:
                x = x + attention(f"{name}.blocks.{i}.cross_attn", block.norm_cross(x), memory)
            x = x + block.mlp.W_out(F.gelu(block.mlp.W_in(block.norm_mlp(x))))
        return part.norm(x)

    with torch.no_grad():
        read = stack("encoder", None, "source") if model.encoder is not None else None
        return (read if model.decoder is None else stack("decoder", read, "target")) @ model.embed.weight.T


def of_torch(q: Tensor, k: Tensor, v: Tensor, seen: Tensor | None) -> Tensor:
    """[head, query, d_head]"""
    whole = None if seen is None else seen.expand(len(q), q.shape[1], k.shape[1])[None]
    return F.scaled_dot_product_attention(q[None], k[None], v[None], whole)[0]
