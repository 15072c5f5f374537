"""A device that is not the CPU, for machines that have no other: its tensors hold numbers, and refuse the CPU's.

What torch computes on the device is computed on the CPU behind it; an operation that is given tensors of both is an
error, as on a GPU. So are `numpy()` and anything else that would read the numbers without bringing them over.

It has no numbers of 64 bits with a point, as Apple's GPUs have none, and can be given as little memory as one likes.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

DEVICE = torch.device("xla", 0)  # one that torch can name and has nothing for
BELOW = torch.device("meta")  # what torch takes it for where it asks for no operation: it has a guard for that
aten = torch.ops.aten
BETWEEN = {aten._to_copy.default, aten.copy_.default}  # may have tensors of both
LACKING = (torch.float64, torch.complex64, torch.complex128)  # on Apple's GPUs
used = set[Any]()  # every operation that was asked for on the device
PLACES = {aten.index.Tensor, aten.index_put.default, aten.index_put_.default, aten._index_put_impl_.default}


class Far(Tensor):
    """A tensor on the device."""

    near: Tensor  # what it holds

    @staticmethod
    def __new__(cls, near: Tensor) -> Far:
        if near.dtype in LACKING:
            raise TypeError(f"the device has no {near.dtype}")
        memory = card.take(near)
        far = Tensor._make_wrapper_subclass(
            cls, near.shape, strides=near.stride(), storage_offset=near.storage_offset(), dtype=near.dtype,
            device=BELOW,
        )  # fmt: skip
        far.near = near
        weakref.finalize(far, card.leave, memory)
        return far

    @property
    def device(self) -> torch.device:
        return DEVICE

    def __getitem__(self, at: Any) -> Tensor:
        return super().__getitem__(listed(at))

    def __setitem__(self, at: Any, value: Any) -> None:
        super().__setitem__(listed(at), value)

    def tolist(self) -> Any:
        """As of any device; torch has it for no class that is made from its own."""
        return self.near.tolist()

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return computed(operation, args, kwargs or {})


class Card:
    """What torch tells of the device's memory, and of how often it was asked to clear up, as app/cards.py asks it."""

    def __init__(self) -> None:
        self.bytes = self.left = 2**62  # that there are, and that it says are left, if less than there are
        self.emptied = self.finished = 0
        self.taken = 0
        self.held = dict[int, list[int]]()  # where a tensor's numbers lie -> how many tensors they are of, bytes

    def total(self, device: str) -> int:
        return self.bytes

    def free(self, device: str) -> int:
        return min(self.left, self.bytes - self.taken)

    def empty(self) -> None:
        self.emptied += 1

    def finish(self, device: str) -> None:
        self.finished += 1

    def take(self, near: Tensor) -> int:
        """Raises what torch raises where there is no room."""
        numbers = near.untyped_storage()
        at, size = numbers.data_ptr(), numbers.nbytes()
        if at not in self.held:
            if self.taken + size > self.bytes:
                raise torch.OutOfMemoryError(f"{size} bytes more than {self.taken}")
            self.held[at] = [0, size]
            self.taken += size
        self.held[at][0] += 1
        return at

    def leave(self, at: int) -> None:
        if at in self.held:
            self.held[at][0] -= 1
            if not self.held[at][0]:
                self.taken -= self.held.pop(at)[1]


card = Card()


class Here(TorchDispatchMode):
    """While it is entered, the device can be named where a tensor is made or moved."""

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return computed(operation, args, kwargs or {})


@contextmanager
def here() -> Iterator[str]:
    """-> what the device is called"""
    before = torch._C._only_lift_cpu_tensors()
    torch._C._set_only_lift_cpu_tensors(True)  # else torch.tensor(..., device) asks torch's own kernels
    try:
        with torch.no_grad(), Here():  # a gradient would ask torch for a stream of the device
            yield str(DEVICE)
    finally:
        torch._C._set_only_lift_cpu_tensors(before)


def computed(operation: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    far = any(isinstance(one, Far) for one in each((*args, *kwargs.values())))
    if far:
        used.add(operation)
    if far and operation not in BETWEEN:
        check(operation, args[:1] if operation in PLACES else (*args, *kwargs.values()))
    if kwargs.get("device") is not None:
        far = torch.device(kwargs["device"]).type in (DEVICE.type, BELOW.type)
        kwargs = kwargs | {"device": torch.device("cpu")}
    if operation is aten.copy_.default:
        far = isinstance(args[0], Far)
    if operation is aten.histc.default:  # of whole numbers there is one on a GPU alone
        args = (brought(args[0]).float(), *args[1:])
    made = operation(*map(brought, args), **{name: brought(value) for name, value in kwargs.items()})
    if not far:
        return made
    if operation._schema.is_mutable and operation._schema.returns and operation._schema.returns[0].alias_info:
        written = operation._schema.returns[0].alias_info.is_write
        if written and isinstance(args[0], Tensor):
            return args[0]
    return type(made)(map(sent, made)) if isinstance(made, (tuple, list)) else sent(made)


def each(given: Sequence[Any]) -> Iterator[Any]:
    """What an operation is given, and what lies in its lists: they have none in them."""
    for one in given:
        if isinstance(one, (tuple, list)):
            yield from one
        else:
            yield one


def check(operation: Any, given: Sequence[Any]) -> None:
    for one in each(given):
        if isinstance(one, Tensor) and not isinstance(one, Far) and one.ndim:
            raise RuntimeError(f"{operation} of tensors on two devices: one of {tuple(one.shape)} is on the CPU")


def listed(at: Any) -> Any:
    """An index, its lists as tensors: torch would make them of nothing on the device below."""
    parts = at if isinstance(at, tuple) else (at,)
    parts = tuple(torch.tensor(part) if isinstance(part, list) else part for part in parts)
    return parts if isinstance(at, tuple) else parts[0]


def brought(one: Any) -> Any:
    if isinstance(one, (tuple, list)):
        return type(one)(map(brought, one))
    return one.near if isinstance(one, Far) else one


def sent(one: Any) -> Any:
    return Far(one) if isinstance(one, Tensor) else one
