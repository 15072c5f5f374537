"""The inside of a real model's blocks by our names: which module's input or output is the residual stream between two
sublayers, what the MLP adds, what a norm made. Found by arithmetic in a dry run: a tensor has the name of a sum where
it is that sum, to the last bit. What a block does not have, and what cannot be told for sure, has no name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from .norms import normalizes
from .projections import Layout, Projections, projections
from .ran import Ran, is_linear


@dataclass(frozen=True)
class Spot:
    """Where a tensor of a block is found: what a module reads, or what it makes."""

    name: str  # in its block: "resid_mid", "attn.q_unrotated"
    module: nn.Module
    reads: bool
    layout: Layout | None = None  # where what is made lies by heads; None: as it is, [position, feature]


class Insides:
    """What one block's run in a dry run tells."""

    def __init__(self, module: nn.Module, ran: list[Ran], tensors: Mapping[str, Tensor]):
        """module: the block; ran: the modules inside it, in the order in which they returned; tensors: what the tap was
        shown of the block, by its name in it: resid_pre, attn_out, attn.q, resid_post, ..."""
        times = Counter(id(one.module) for one in ran)
        self.ran = [one for one in ran if times[id(one.module)] == 1]  # what runs twice has no one place
        self.module, self.tensors, self.spots = module, tensors, list[Spot]()
        self.projections = dict[str, Projections]()  # of "attn", "cross_attn"
        self.norms = list[Ran]()
        self.W_in: Ran | None = None
        self.W_out: Ran | None = None
        self.post = False  # whether norms stand after the sums
        self.parallel = False  # whether the MLP reads what the attention reads, not what it adds
        self.find()

    def find(self) -> None:
        pre, post = self.tensors["resid_pre"], self.tensors["resid_post"]
        added = [self.tensors[name] for name in ("attn_out", "cross_out") if name in self.tensors]
        norms = [name for name in ("norm_attn", "norm_cross") if f"{name[5:]}_out" in self.tensors]
        sums = ["resid_mid", "resid_cross"][: len(added)]
        self.sublayers(norms)
        for found in (self.before, self.after):
            if found(pre, post, added, norms, sums):
                break
        else:
            self.norm("norm_attn", pre)
            self.beside(pre, post, added)
        self.hidden()

    def before(self, pre: Tensor, post: Tensor, added: list[Tensor], norms: list[str], sums: list[str]) -> bool:
        """Sums that go on as they are: norms stand before what reads them, between a sublayer and its sum, or nowhere.
        """
        x, spots, read, between = pre, list[Spot](), list[Tensor](), list[tuple[str, Ran]]()
        for y, name, norm in zip(added, sums, norms, strict=True):
            read.append(x)
            at, through = self.reads(plus(x, y)), self.normed(y)
            if at is None and through is not None:  # what is added is what a norm makes of it
                at, y = self.reads(plus(x, through.flat)), through.flat
                between.append((f"{norm}_out", through))
            if at is None:
                return False
            x = plus(x, y)
            spots.append(Spot(name, at.module, reads=True))
        out = self.makes(lambda y: same(plus(x, y), post))
        if out is None:
            return False
        if normalizes(out.module, out.read, out.flat) and (made := self.makes(partial(same, out.read))) is not None:
            between.append(("norm_mlp_out", out))
            out = made
        self.spots += [*spots, Spot("mlp_out", out.module, reads=False)]
        self.W_out, self.stream = out, x
        for y, name in zip([*read, x], [*norms, "norm_mlp"], strict=True):
            self.norm(name, y)
        for name, one in between:
            self.spots.append(Spot(f"{name}.normalized", one.module, reads=False))
            self.norms.append(one)
        return True

    def after(self, pre: Tensor, post: Tensor, added: list[Tensor], norms: list[str], sums: list[str]) -> bool:
        """Sums that go on through a norm."""
        x, spots = pre, list[Spot]()
        for y, name, norm in zip(added, sums, norms, strict=True):
            through = self.normed(plus(x, y))
            if through is None:
                return False
            spots += [Spot(f"{norm}.normalized", through.module, False), Spot(name, through.module, False)]
            x, self.norms = through.y.reshape(x.shape), [*self.norms, through]
        ends = (one for one in self.ran if same(one.flat, post))
        last = next((one for one in ends if normalizes(one.module, one.read, one.flat)), None)
        if last is None:
            return False
        out = self.makes(lambda y: same(plus(x, y), last.read))
        if out is None:
            return False
        self.spots += [*spots, Spot("mlp_out", out.module, False), Spot("norm_mlp.normalized", last.module, False)]
        self.W_out, self.stream, self.post, self.norms = out, x, True, [*self.norms, last]
        return True

    def beside(self, pre: Tensor, post: Tensor, added: list[Tensor]) -> None:
        """An MLP that reads what the attention reads; all that they add is added at once."""
        if len(added) != 1:
            return
        ways: list[Callable[[Tensor], Tensor]] = [
            lambda y: plus(plus(y, added[0]), pre), lambda y: plus(plus(pre, added[0]), y),
            lambda y: plus(plus(pre, y), added[0]),
        ]  # fmt: skip
        out = next((one for way in ways if (one := self.makes(lambda y, way=way: same(way(y), post)))), None)  # type: ignore[misc]
        if out is None:
            return
        self.W_out, self.stream, self.parallel = out, pre, True
        self.spots.append(Spot("mlp_out", out.module, reads=False))
        own = [one for one in self.ran if same(one.read, pre) and normalizes(one.module, one.read, one.flat)][1:]
        if own:
            self.spots.append(Spot("norm_mlp.normalized", own[0].module, False))
            self.norms.append(own[0])

    def norm(self, name: str, x: Tensor) -> None:
        found = self.normed(x)
        if found is not None:
            self.spots.append(Spot(f"{name}.normalized", found.module, reads=False))
            self.norms.append(found)

    def sublayers(self, norms: list[str]) -> None:
        """Where queries, keys and values come from, and those of rotary positions before they are turned."""
        for which in ("attn", "cross_attn"):
            if f"{which}.q" not in self.tensors:
                continue
            q, k, v = (self.tensors[f"{which}.{name}"] for name in "qkv")
            made = self.projections[which] = projections(self.ran, q, k, v)
            if made.rotated and made.q is not None and made.k is not None:
                for name, one in (("q", made.q), ("k", made.k)):
                    self.spots.append(Spot(f"{which}.{name}_unrotated", one.by.module, False, one.layout))

    def hidden(self) -> None:
        """The hidden layer of an MLP that is two linear maps with an activation between them."""
        out = self.W_out
        if out is None or not is_linear(out.module):
            return
        for one in self.ran:
            acts = same(one.flat, out.read) and not same(one.read, one.flat)
            if acts and not any(True for _ in one.module.parameters()):
                made = next((a for a in self.ran if is_linear(a.module) and same(a.flat, one.read)), None)
                if made is not None and self.read_by_mlp(made.read):
                    self.W_in = made
                    self.spots.append(Spot("mlp.pre", made.module, reads=False))
                    self.spots.append(Spot("mlp.post", out.module, reads=True))
                    return

    def read_by_mlp(self, x: Tensor) -> bool:
        return same(x, self.stream) or any(same(x, norm.flat) for norm in self.norms)

    def reads(self, x: Tensor) -> Ran | None:
        return next((one for one in self.ran if same(one.read, x)), None)

    def makes(self, is_it: Callable[[Tensor], bool]) -> Ran | None:
        return next((one for one in self.ran if is_it(one.flat)), None)

    def normed(self, x: Tensor) -> Ran | None:
        found = (one for one in self.ran if same(one.read, x) and normalizes(one.module, one.read, one.flat))
        return next(found, None)


def plus(x: Tensor, y: Tensor) -> Tensor:
    """[position, d_model] twice -> the same, or nothing where they do not have one size"""
    return x + y if x.shape == y.shape else x[:0]


def same(x: Tensor, y: Tensor) -> bool:
    return x.shape == y.shape and torch.equal(x, y)
