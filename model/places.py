"""Where the tensors of a real model's run are found, beyond what its attentions are handed: a second dry run, now that
the blocks are known, tells it of every block, the embeddings and the final norms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from .handed import Run, current, running
from .insides import Insides, Spot, same
from .norms import normalizes
from .ran import Ran, first, is_linear, overheard
from .trace import Tap

if TYPE_CHECKING:
    from .real import RealTransformer


@dataclass
class Places:
    """What a dry run told. A block's address is "decoder.blocks.0", a stack's "decoder"."""

    insides: dict[str, Insides] = field(default_factory=dict)  # of each block
    spots: dict[tuple[int, str], list[Spot]] = field(default_factory=dict)  # by module and block, or stack
    embeds: dict[int, list[str]] = field(default_factory=dict)  # of each module that embeds tokens its stacks
    enters: dict[str, nn.Module] = field(default_factory=dict)  # what makes a stack's stream of something narrower
    outside: dict[str, list[Ran]] = field(default_factory=dict)  # what ran before and after the blocks of each stack
    begun: dict[str, int] = field(default_factory=dict)  # how much of that ran before them
    tensors: dict[str, Tensor] = field(default_factory=dict)  # all that the tap was shown
    logits: Tensor | None = None

    def left(self, stack: str) -> Tensor:
        """What left the last block of a stack. [position, d_model]"""
        return self.tensors[f"{[block for block in self.insides if block.startswith(f'{stack}.')][-1]}.resid_post"]

    def before(self, stack: str) -> list[Ran]:
        """What ran before the blocks of a stack."""
        return self.outside[stack][: self.begun[stack]]

    def forget(self) -> None:
        """The numbers of the dry run: they are not needed any more."""
        for kept in (self.insides, self.outside, self.tensors):
            kept.clear()
        self.logits = None

    def put(self, at: str, spots: list[Spot]) -> None:
        for spot in spots:
            self.spots.setdefault((id(spot.module), at), []).append(spot)


@torch.no_grad()
def places(real: RealTransformer) -> Places:
    """By a dry run, and what is learnt is shown in every run from then on."""
    found, listened = Places(), Listened(real)
    source, target = real.tried()
    with listened, running(real.run(Tap(listened.record))):
        out = real.call(source, target)
    found.tensors, found.outside, found.begun = listened.tensors, listened.outside, listened.begun
    found.logits = out.logits[0].float() if real.predicts else None
    for block, insides in listened.insides.items():
        found.insides[block] = insides
        found.put(block, insides.spots)
    for stack, ids in (("encoder", source), ("decoder", target)):
        if ids is not None:
            around(real, found, stack, ids)
    Shows(real, found).hook()
    return found


class Listened:
    """A dry run: the modules of each block as they ran in it, and those outside."""

    def __init__(self, real: RealTransformer):
        self.real, self.blocks = real, [real.model.get_submodule(path) for path in real.block_paths()]
        self.tensors, self.insides = dict[str, Tensor](), dict[str, Insides]()
        self.outside, self.begun = dict[str, list[Ran]](), dict[str, int]()
        around = {id(module) for module in real.model.modules() if any(one in self.blocks for one in module.modules())}
        self.overheard = overheard([module for module in real.model.modules() if id(module) not in around])
        self.dtype = next(real.model.parameters()).dtype

    def record(self, name: str, tensor: Tensor) -> Tensor:
        self.tensors[name] = tensor.clone()
        return tensor

    def __enter__(self) -> None:
        self.heard = self.overheard.__enter__()
        self.hooks = [block.register_forward_pre_hook(self.entered) for block in self.blocks]
        self.hooks += [block.register_forward_hook(self.left) for block in self.blocks]

    def __exit__(self, *_: object) -> None:
        self.overheard.__exit__(None, None, None)
        self.set_aside(next(reversed(self.outside), ""))
        for hook in self.hooks:
            hook.remove()

    def entered(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        stack = self.real.stack(self.real.paths[id(module)])
        self.set_aside(stack if stack not in self.outside else next(reversed(self.outside)))
        self.begun.setdefault(stack, len(self.outside[stack]))

    def left(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        name = next(reversed(self.tensors)).rpartition(".")[0]  # resid_post is the last that was shown
        here = {
            one.removeprefix(f"{name}."): tensor.to(self.dtype)
            for one, tensor in self.tensors.items() if one.startswith(f"{name}.")
        }  # fmt: skip
        self.insides[name] = Insides(module, list(self.heard), here)
        self.heard.clear()

    def set_aside(self, stack: str) -> None:
        self.outside.setdefault(stack, []).extend(self.heard)
        self.heard.clear()


def around(real: RealTransformer, found: Places, stack: str, ids: Tensor) -> None:
    """Its embeddings and its final norm."""
    blocks = [block for block in found.insides if block.startswith(f"{stack}.")]
    outside = [one for of in found.outside.values() for one in of]
    entered, left = found.insides[blocks[0]].tensors["resid_pre"], found.insides[blocks[-1]].tensors["resid_post"]
    tables = [one for one in outside if embeds(one, ids) and one.y.shape[-1] <= entered.shape[-1]]
    embed = max(tables, key=lambda one: one.y.shape[-1], default=None)  # the first of the widest
    if embed is not None:
        narrow = embed.y.shape[-1] < entered.shape[-1]
        found.embeds.setdefault(id(embed.module), []).append(stack)
        found.put(stack, [Spot("narrow_embed" if narrow else "embed", embed.module, reads=False)])
        widens = (one.module for one in outside if is_linear(one.module) and same(one.flat, entered))
        if narrow and (last := next(widens, None)) is not None:
            found.enters[stack] = last
        own = [one for one in outside if real.stack(real.paths[id(one.module)]) == stack]
        position = next((one for one in own if adds(one, embed, entered)), None)
        if position is not None:
            found.put(stack, [Spot("pos_embed", position.module, reads=False)])
    norm = next((one for one in outside if same(one.read, left) and normalizes(one.module, one.read, one.flat)), None)
    if norm is not None:
        found.put(stack, [Spot("norm.normalized", norm.module, reads=False)])


def embeds(one: Ran, ids: Tensor) -> bool:
    return isinstance(one.module, nn.Embedding) and same(one.x.flatten(), ids)


def adds(one: Ran, embed: Ran, entered: Tensor) -> bool:
    """Whether what goes into the first block is the embedding and what this made."""
    return one.flat.shape == embed.flat.shape and same(embed.flat + one.flat, entered)


class Shows:
    """Shows the tap of a run what lies at the places."""

    def __init__(self, real: RealTransformer, places: Places):
        self.real, self.places = real, places

    def hook(self) -> None:
        for module in {spot.module for spots in self.places.spots.values() for spot in spots}:
            module.register_forward_pre_hook(self.read, with_kwargs=True)
            module.register_forward_hook(self.made)

    def read(self, module: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        self.show(module, (*inputs, *named.values()), reads=True)

    def made(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        self.show(module, output if isinstance(output, tuple) else (output,), reads=False)

    def show(self, module: nn.Module, values: tuple[Any, ...], reads: bool) -> None:
        if (run := current()) is None or (x := first(values)) is None:
            return
        for at in self.addresses(module, run):
            for spot in self.places.spots.get((id(module), at), []):
                if spot.reads == reads:
                    lies = x.reshape(-1, x.shape[-1]) if spot.layout is None else spot.layout(x)
                    run.tap.seen(f"{run.tap.at}{at}.{spot.name}", lies.float())

    def addresses(self, module: nn.Module, run: Run) -> tuple[str, ...]:
        """Of the block that runs, and of its stack: an embedding that both stacks share is the encoder's until the
        encoder has run."""
        stack = self.real.stack(self.real.paths[id(module)])
        if (of := self.places.embeds.get(id(module))) is not None:
            return (of[0] if len(of) == 1 or not run.blocks["encoder"] else of[1],)
        return f"{stack}.blocks.{run.blocks[stack]}", stack
