"""What the lesson on the whole block says of one token on its way through it."""

from __future__ import annotations

import functools
from typing import cast

import torch
from torch import Tensor

from .. import zoo
from ..block import built
from ..masks import Bidirectional
from ..trace import SILENT, Trace
from ..transformer import Norms
from . import fact

BLOCK = "decoder.blocks.0"


@functools.cache
def run(text: str, mask: str, norm: str, residual: str) -> Trace:
    return built(cast(Norms, norm), residual == "yes").trace(text, mask=mask)


def row(name: str, token: str, text: str, mask: str, norm: str, residual: str) -> Tensor:
    trace = run(text, mask, norm, residual)
    (tokens,) = trace.tokens.values()
    place = int(token) if token.isdigit() else [one.text.strip() for one in tokens].index(token)
    return trace[f"{BLOCK}.{name}"][place].double()


@fact
def block(
    step: str, at: str, text: str = "", mask: str = "causal", norm: str = "pre-mlp", residual: str = "yes",
) -> list[float]:  # fmt: skip
    """One token's vector at a step of the block computed by hand: `resid_mid`, `mlp_out`, `norm_mlp.normalized`, ...

    norm, residual: of a block with the same matrices that is built otherwise
    """
    return row(step, at, text, mask, norm, residual).tolist()


@fact
def block_rows(
    steps: str, at: str, text: str = "", mask: str = "causal", norm: str = "pre-mlp", residual: str = "yes",
) -> list[list[float]]:  # fmt: skip
    """The same at several steps, a row each."""
    return [block(step, at, text, mask, norm, residual) for step in steps.split()]


@fact
def block_moment(
    what: str, step: str, at: str, text: str = "", mask: str = "causal", norm: str = "pre-mlp",
    residual: str = "yes",
) -> float:  # fmt: skip
    """`mean`, `variance`, `deviation` (its root) or `length` of that vector."""
    x = row(step, at, text, mask, norm, residual)
    found = {
        "mean": x.mean(), "variance": x.var(correction=0), "deviation": x.std(correction=0), "length": x.norm(),
    }  # fmt: skip
    return float(found[what])


@fact
def alone(sublayer: str, at: str, text: str = "", mask: str = "causal") -> float:
    """How far what a sublayer (`attn`, `mlp`) makes of a token moves, at most, when it is given that token alone and
    not the sentence."""
    reads, makes = {"attn": ("resid_pre", "attn_out"), "mlp": ("norm_mlp.normalized", "mlp_out")}[sublayer]
    x, made = (row(name, at, text, mask, "pre-mlp", "yes").float() for name in (reads, makes))
    own = built().transformer.get_submodule(f"{BLOCK}.{sublayer}")
    with torch.no_grad():
        single = own(x[None], x[None], Bidirectional(), SILENT) if sublayer == "attn" else own(x[None], SILENT)
    return float((single[0] - made).abs().max())


@fact
def attentions(model: str) -> int:
    """How many attentions one block has, of the stack that predicts."""
    sites = zoo.load(model).transformer.sites()
    stack = sites[-1].name.partition(".")[0]
    return sum(site.layer == 0 and site.name.startswith(f"{stack}.") for site in sites)
