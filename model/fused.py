"""Attention by torch's own kernel for CPUs (FlashAttention; Dao et al. 2022), which goes over the scores once and gives
both the output and the log of every softmax's denominator.

torch.nn.functional.scaled_dot_product_attention calls it and gives the output alone; its own name is not public. Where
it is missing, or does not do what is asked, `fits` is False, and model/attention.py computes the same without it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

KERNEL: Any = getattr(torch.ops.aten, "_scaled_dot_product_flash_attention_for_cpu", None)
DTYPES = (torch.float32, torch.float64)  # of narrower numbers its denominators are not of their own dtype


def fits(q: Tensor, k: Tensor, v: Tensor) -> bool:
    """Whether the kernel can take these. Not where gradients are asked for: of the denominators it has none."""
    every = (q, k, v)
    return (
        KERNEL is not None
        and all(x.device.type == "cpu" and x.dtype == q.dtype and x.dim() == q.dim() for x in every)
        and q.dtype in DTYPES
        and q.dim() in (3, 4)
        and k.shape == v.shape
        and q.shape[-1] == k.shape[-1]
        and min(q.numel(), k.numel()) > 0
        and not (torch.is_grad_enabled() and any(x.requires_grad for x in every))
    )


def attend(
    q: Tensor, k: Tensor, v: Tensor, scale: float, causal: bool = False, added: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """softmax(q k^T * scale + added) v and the log of each denominator. causal: query i sees the keys up to i.

    q: [head, query, d_head], k and v: [head, key, d_head], added: [query, key] or with the axes before that q has, -inf
    where a key is hidden; in place of head a batch and heads -> z as q, log_denominator [head, query]; of a query that
    sees nothing z is 0 and log_denominator, too
    """
    one = q.dim() == 3
    q, k, v = (x if x.stride(-1) == 1 else x.contiguous() for x in ((q[None], k[None], v[None]) if one else (q, k, v)))
    mask = added if added is None or added.dim() != 3 else added[None]
    z, log_denominator = KERNEL(q, k, v, 0.0, causal, attn_mask=mask, scale=scale)
    return (z[0], log_denominator[0]) if one else (z, log_denominator)
