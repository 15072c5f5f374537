"""What transformers' own eager attention computes, by our names, and how far a trace is from it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from model.trace import Trace

LISTS = [  # stack (None: the model's only one), attention, what a model calls the list of them
    (None, "attn", "attentions"), ("encoder", "attn", "encoder_attentions"),
    ("decoder", "attn", "decoder_attentions"), ("decoder", "cross_attn", "cross_attentions"),
]  # fmt: skip


@torch.no_grad()
def run(model: Any, given: dict[str, Any]) -> Any:
    """What a model with eager attention hands out; of Swin and Swin V2, which hand out the weights of a stage's last
    block alone, those of every block, as they come by."""
    passed: list[Tensor] = []
    hooks = [
        module.register_forward_hook(lambda _module, _inputs, output: passed.append(output[1]))
        for module in model.modules() if type(module).__name__ in ("SwinAttention", "Swinv2SelfAttention")
    ]  # fmt: skip
    out = model(**given, output_attentions=True, output_hidden_states=True)
    for hook in hooks:
        hook.remove()
    if passed:
        out.attentions = tuple(passed)
    return out


def ids(trace: Trace, device: str = "cpu") -> dict[str, Tensor]:
    """The tokens of a trace as a model of transformers is given them."""
    sides = {side: torch.tensor([[token.id for token in read]], device=device) for side, read in trace.tokens.items()}
    if len(sides) == 2:
        return {"input_ids": sides["source"], "decoder_input_ids": sides["target"]}
    return {"input_ids": next(iter(sides.values()))}


def attentions(out: Any, kind: str) -> dict[str, Tensor]:
    """site -> [head, query, key]; what a batch holds are a picture's windows"""
    found = {}
    for stack, which, given in LISTS:
        for layer, weights in enumerate(getattr(out, given, None) or ()):
            site = f"{stack or kind}.blocks.{layer}.{which}"
            names = [site] if len(weights) == 1 else [f"{site}.windows.{i}" for i in range(len(weights))]
            found |= dict(zip(names, weights, strict=True))
    return found


def hidden_states(out: Any, kind: str, trace: Trace) -> dict[str, Tensor]:
    """name of a stream -> [position, d_model]: where a model hands it out as it enters a block. Swin hands it out once
    a stage."""
    found = {}
    for stack, given in ((kind, "hidden_states"), ("encoder", "encoder_hidden_states"),
                         ("decoder", "decoder_hidden_states")):  # fmt: skip
        states = getattr(out, given, None) or ()
        n_blocks = sum(name.startswith(f"{stack}.") and name.endswith(".resid_pre") for name in trace)
        stage = n_blocks // max(1, len(states) - 1)
        found |= {f"{stack}.blocks.{stage * i}.resid_pre": state[0] for i, state in enumerate(states[:-1])}
    return found


def pattern_error(trace: Trace, out: Any, kind: str) -> float:
    """The largest difference of any weight. The sites are the same."""
    weights = attentions(out, kind)
    assert {site.name for site in trace.sites} == weights.keys()
    return max(difference(trace.pattern(name), pattern) for name, pattern in weights.items())


def hidden_error(trace: Trace, out: Any, kind: str) -> float:
    """Of a stream, the largest difference of any number."""
    return max(difference(trace[name], state) for name, state in hidden_states(out, kind, trace).items())


def heads_error(trace: Trace, model: nn.Module) -> float:
    """What the heads of a block add, each through its own columns of W_o, and what the model's attention adds."""
    worst, done = 0.0, dict[str, list[Tensor]]()
    for site in trace.sites:
        z, W_o = trace[f"{site.name}.z"], trace.W_o[site.name].float().unflatten(1, (site.n_heads, -1))
        added = sum(z[head] @ W_o[:, head].T for head in range(site.n_heads))
        done.setdefault(site.name.partition(".windows.")[0], []).append(added + bias_of(model, trace.W_o[site.name]))
    for site, parts in done.items():
        block, _, which = site.rpartition(".")
        whole = trace[f"{block}.{'cross_out' if which == 'cross_attn' else 'attn_out'}"]
        worst = max(worst, difference(torch.cat(parts), whole))
    return worst


def bias_of(model: nn.Module, W_o: Tensor) -> Tensor:
    """Of the module whose weight this is, in one layout or the other."""
    for module in model.modules():
        weight = getattr(module, "weight", None)
        for same in () if weight is None or weight.ndim != 2 else (weight, weight.T):
            if same.shape == W_o.shape and torch.equal(same, W_o):
                bias = getattr(module, "bias", None)
                return torch.zeros(len(W_o), device=W_o.device) if bias is None else bias.detach().float()
    raise AssertionError("a W_o that is no weight of the model")


def difference(one: Tensor, other: Tensor) -> float:
    assert one.shape == other.shape, (one.shape, other.shape)
    return float((one - other.float()).abs().max())
