"""Whether a module of a real model normalizes: told by doing it again, not by its name."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

Norm = Literal["layer", "rms", ""]


def normalizes(module: nn.Module, x: Tensor, y: Tensor) -> Norm:
    """Whether y is x [position, d_model] with each position scaled to variance 1 around its mean ("layer", Ba et al.
    2016), or to a mean square of 1 ("rms", Zhang and Sennrich 2019), then by the module's own weights; "": neither."""
    eps = getattr(module, "eps", getattr(module, "variance_epsilon", None))
    weight, bias = getattr(module, "weight", None), getattr(module, "bias", None)
    if not isinstance(eps, float) or x.shape != y.shape or (weight is not None and weight.shape != x.shape[-1:]):
        return ""
    x, y = x.float(), y.float()
    weights = [torch.ones_like(x[0])] if weight is None else [weight.float(), 1 + weight.float()]
    means: tuple[tuple[Norm, Tensor | float], ...] = (("layer", x.mean(-1, keepdim=True)), ("rms", 0.0))
    for norm, mean in means:
        scaled = (x - mean) * ((x - mean).square().mean(-1, keepdim=True) + eps).rsqrt()
        for by in weights:
            made = scaled * by + (0.0 if bias is None else bias.float())
            if torch.allclose(made, y, atol=tolerance(module), rtol=tolerance(module)):
                return norm
    return ""


def tolerance(module: nn.Module) -> float:
    """In float32 what two ways to add up differ by; in shorter formats what rounding makes of it."""
    dtype = next((parameter.dtype for parameter in module.parameters()), torch.float32)
    return max(1e-5, 4 * torch.finfo(dtype).eps)
