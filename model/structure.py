"""What a Transformer is made of: its parts in the order in which they run, what each reads and makes, and which
parameters are whose.

The model runs once on two tokens, and what it shows on the way is what is there: one without positions that are added,
or without a norm before its attention, has no such part.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import nn

from .glossary import dims
from .trace import Tap, Trace
from .transformer import Transformer

SUBLAYERS = {"attn_out": "attn", "cross_out": "cross_attn"}  # what is added, and the attention that makes it
SUMS = {"norm_attn": "resid_mid", "norm_cross": "resid_cross", "norm_mlp": "resid_post"}  # and the norm after it
EXAMPLE = [0, 0]  # token ids; which ones does not matter


@dataclass
class Part:
    """One step of the forward pass. Names of tensors are a trace's; names of parameters are torch's."""

    id: str  # its address: "decoder.blocks.0.attn.W_q"; of what has no module, the tensor that it makes
    kind: str  # what it does: "embed", "norm", "W_q", "scores", "add", ...; "replace" where nothing is added
    reads: list[str] = field(default_factory=list)
    makes: list[str] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)  # that it computes with, others' among them


def structure(transformer: Transformer) -> dict[str, Any]:
    """Parts, parameters and the axes of every tensor, as JSON takes them. A parameter that several parts compute with
    is counted once, in the first of them. Raises ValueError where a parameter belongs to no part."""
    c = transformer.config
    return told(transformer, c, parts(transformer), c.n_heads, c.d_mlp)


def told(module: nn.Module, c: Any, found: list[Part], n_kv_heads: int, d_mlp: int) -> dict[str, Any]:
    """As structure, of parts that were found. d_mlp: 0 where it is not known"""
    parameters = []
    for name, parameter in module.named_parameters():  # shared ones once
        users = [part.id for part in found if name in part.parameters]
        if not users:
            raise ValueError(f"{name} belongs to no part")
        parameters.append(
            {
                "name": name, "shape": list(parameter.shape), "count": parameter.numel(), "part": users[0],
                "shared": users[1:],
            }
        )  # fmt: skip
    tensors = {name for part in found for name in (*part.reads, *part.makes)}
    tensors |= {part.id.replace(".tokens", ".embed") for part in found if part.kind == "tokens"}  # as long as they are
    return {
        "kind": c.kind,
        "config": asdict(c),
        "total": sum(one["count"] for one in parameters),
        "sizes": {
            "head": c.n_heads, "kv_head": n_kv_heads, "d_head": c.d_head, "d_model": c.d_model, "d_mlp": d_mlp,
            "n_vocab": c.n_vocab,
        },
        "parts": [asdict(part) for part in found],
        "parameters": parameters,
        "tensors": {name: list(dims(name, c.kind)) for name in sorted(tensors)},
    }  # fmt: skip


def parts(transformer: Transformer) -> list[Part]:
    """In the order in which they run."""
    reader = Reader(shown(transformer), transformer.config.residual)
    for name in reader.names:
        reader.take(name)
    names = [name for name, _ in transformer.named_parameters()]
    for part in reader.parts:
        module = part.id
        if part.kind in ("embed", "unembed"):  # one table for both where they are tied
            module = "embed" if part.kind == "embed" or transformer.config.tied else "W_u"
        part.parameters = [name for name in names if name.rpartition(".")[0] == module]
    return reader.parts


@torch.no_grad()
def shown(transformer: Transformer) -> list[str]:
    """The names of all that one run computes, in its order."""
    trace, training = Trace(), transformer.training
    ids = torch.tensor(EXAMPLE, device=transformer.embed.weight.device)
    sides = {"source": transformer.encoder, "target": transformer.decoder}
    transformer.eval()(**{side: ids for side, stack in sides.items() if stack is not None}, tap=Tap(trace.record))
    transformer.train(training)
    return list(trace)


class Reader:
    """Goes through the names of a run and tells the parts that made them."""

    def __init__(self, names: list[str], residual: bool):
        self.names, self.residual, self.parts = names, residual, list[Part]()
        self.stream = ""  # the residual stream as it stands
        self.read = ""  # what a sublayer would read now: the stream, or what a norm made of it
        self.added = ""  # what the next addition adds

    def take(self, name: str) -> None:
        at, _, last = name.rpartition(".")
        match last:
            case "embed":
                self.put(f"{at}.tokens", "tokens", [], [])
                self.put(name, last, [], [name])
                self.stream = self.read = name
            case "pos_embed":
                self.put(name, last, [], [name])
                self.added = name
            case "resid_pre" if self.added:
                self.add(name)
            case "resid_pre":
                self.stream = self.read = name
            case "normalized" if self.added:  # after the sum, which has no name of its own
                block, _, norm = at.rpartition(".")
                self.combine(f"{block}.{SUMS[norm]}", [])
                self.put(at, "norm", list(self.parts[-1].reads), [name])
            case "normalized":
                self.put(at, "norm", [self.stream], [name])
                self.read = name
            case "memory":
                self.parts[-1].makes.append(name)  # another name for what the encoder ends with
            case "q_unrotated" | "k_unrotated" | "v":
                self.project(at, name, last[0])
            case "q" | "k" if f"{name}_unrotated" not in self.names:
                self.project(at, name, last)
            case "k":
                both = [f"{at}.q", f"{at}.k"]
                self.put(f"{at}.rotate", "rotate", [f"{one}_unrotated" for one in both], both)
            case "log_denominator":
                self.put(f"{at}.scores", "scores", [f"{at}.q", f"{at}.k"], [f"{at}.scores"])
                self.put(f"{at}.pattern", "pattern", [f"{at}.scores"], [f"{at}.pattern"])
            case "z":
                self.put(name, last, [f"{at}.pattern", f"{at}.v"], [name])
            case "attn_out" | "cross_out":
                site = f"{at}.{SUBLAYERS[last]}"
                self.put(f"{site}.W_o", "W_o", [f"{site}.z"], [name])
                self.added = name
            case "pre":
                self.put(f"{at}.W_in", "W_in", [self.read], [name])
            case "post":
                self.put(name, last, [f"{at}.pre"], [name])
            case "mlp_out":
                self.put(f"{at}.mlp.W_out", "W_out", [f"{at}.mlp.post"], [name])
                self.added = name
            case "resid_mid" | "resid_cross" | "resid_post" if self.added:
                self.add(name)
            case "resid_mid" | "resid_cross" | "resid_post":
                self.parts[-1].makes.append(name)  # what the norm after the sum made
                self.stream = self.read = name
            case "logits":
                self.put("unembed", "unembed", [self.read], [name])

    def put(self, id: str, kind: str, reads: list[str], makes: list[str]) -> None:
        self.parts.append(Part(id, kind, reads, makes))

    def project(self, site: str, name: str, which: str) -> None:
        reads = "memory" if site.endswith("cross_attn") and which != "q" else self.read
        self.put(f"{site}.W_{which}", f"W_{which}", [reads], [name])

    def add(self, name: str) -> None:
        self.combine(name, [name])
        self.stream = self.read = name

    def combine(self, id: str, makes: list[str]) -> None:
        """What was made and the stream: added up, or the one in place of the other."""
        adds = self.residual or ".blocks." not in self.added  # positions are always added
        self.put(id, "add" if adds else "replace", [self.stream, self.added] if adds else [self.added], makes)
        self.added = ""
