"""The memory of the device that the models run on: how much there is, how much is left, and what becomes of work that
found too little."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from typing import TypeVar

import torch

from model.alone import alone

from .cards import card
from .refusals import Refusal

T = TypeVar("T")
SAID = (  # by torch, in an error that has no type of its own: of Apple's GPUs, of a library of NVIDIA's, of a CPU
    "out of memory", "STATUS_ALLOC_FAILED", "can't allocate memory",
)  # fmt: skip
AGAIN = 5  # seconds


class Memory:
    """Asked from any thread."""

    def __init__(self, device: str):
        self.device, self.card = device, card(device)
        self.kept: list[Callable[[], None]] = []  # what is forgotten where room is needed
        self.again = False  # whether it is to be let go of once more behind the run that is under way

    @property
    def total(self) -> int | None:
        """Bytes; None where neither torch nor the system says."""
        if self.card is not None:
            return self.card.total(self.device)
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else None

    @property
    def free(self) -> int | None:
        """Bytes that are left on a graphics card; of a CPU None, where the settings alone say what may be taken."""
        return None if self.card is None else self.card.free(self.device)

    def room(self, size: int, most: int) -> int:
        """The bytes that something of this size may take, at most so many: what is kept is let go of where it would be
        in its way."""
        if size > most or (free := self.free) is None:
            return most
        if size > free:
            self.let_go()
            free = self.free or 0
        return min(most, free)

    def let_go(self) -> None:
        """Of all that is kept and not needed, down to what torch keeps for its next tensors."""
        for forget in self.kept:
            forget()
        gc.collect()  # modules and their hooks hold each other
        if self.card is not None:
            with alone(self.device):
                self.card.empty()

    def unloaded(self) -> None:
        """A model was: what is kept of it goes now, and what a run that is under way still keeps of it goes then."""
        self.again = True
        self.let_go()

    def run(self, work: Callable[[], T]) -> T:
        """What it returns. Raises Refusal, `out-of-memory`, where it finds no room; and whatever it raises."""
        self.again = False
        try:
            with alone(self.device):
                try:
                    return work()
                except (RuntimeError, MemoryError) as error:
                    if not out_of_memory(error) or (total := self.total) is None:
                        raise
            self.again = True  # now that the error is gone: it held all that the work had made
            raise Refusal("out-of-memory", retry_after=AGAIN, limit=total)
        finally:
            if self.again:
                self.let_go()


def out_of_memory(error: BaseException) -> bool:
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(said in str(error) for said in SAID)
