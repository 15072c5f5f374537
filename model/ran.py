"""What ran in a dry run of a real model: each module that was called, with what it read and made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

NOTHING = torch.empty(0, 0)


@dataclass(frozen=True)
class Ran:
    """One call of a module: the first tensor that it was given, or nothing, and the first that it returned."""

    module: nn.Module
    x: Tensor
    y: Tensor

    @property
    def read(self) -> Tensor:
        """[position, feature]"""
        return self.x.flatten(0, -2)

    @property
    def flat(self) -> Tensor:
        """[position, feature]"""
        return self.y.flatten(0, -2)


@contextmanager
def overheard(modules: list[nn.Module]) -> Iterator[list[Ran]]:
    """What these modules are given and return from here on, in the order in which they return. Kept as it was: what a
    model computes in place afterwards does not reach it."""
    heard, given = list[Ran](), dict[int, list[Tensor]]()

    def called(module: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        x = first((*inputs, *named.values()))
        given.setdefault(id(module), []).append(NOTHING if x is None or x.ndim < 2 else x.detach().clone())

    def returned(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        x, y = given[id(module)].pop(), first(output if isinstance(output, tuple) else (output,))
        if y is not None and y.ndim > 1:
            heard.append(Ran(module, x, y.detach().clone()))

    hooks = [module.register_forward_pre_hook(called, with_kwargs=True) for module in modules]
    hooks += [module.register_forward_hook(returned) for module in modules]
    try:
        yield heard
    finally:
        for hook in hooks:
            hook.remove()


def first(values: tuple[Any, ...]) -> Tensor | None:
    return next((value for value in values if isinstance(value, Tensor)), None)


def is_linear(module: nn.Module) -> bool:
    """GPT-2's own is a linear map that keeps its weight transposed."""
    return isinstance(module, nn.Linear) or type(module).__name__ == "Conv1D"
