"""Graphics cards, and what torch tells of their memory: each kind under names of its own."""

from __future__ import annotations

from typing import Protocol

import torch


class Card(Protocol):
    """Of one kind; `device` is which of them."""

    def total(self, device: str) -> int:
        """Bytes of memory that this process may take, if no other takes any."""

    def free(self, device: str) -> int:
        """Bytes that it can still take, those counted in that torch keeps for its next tensors."""

    def empty(self) -> None:
        """Give back what torch keeps for its next tensors."""

    def finish(self, device: str) -> None:
        """Wait until all that was asked of it is computed."""


class Cuda:
    """NVIDIA's, and AMD's in torch's builds for ROCm."""

    def total(self, device: str) -> int:
        return torch.cuda.mem_get_info(torch.device(device))[1]

    def free(self, device: str) -> int:
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(torch.device(device))[0] + kept

    def empty(self) -> None:
        torch.cuda.empty_cache()

    def finish(self, device: str) -> None:
        torch.cuda.synchronize(device)


class Mps:
    """Apple's, which share their memory with the processor: what is free is so of the part that is meant for them."""

    def total(self, device: str) -> int:
        return torch.mps.recommended_max_memory()

    def free(self, device: str) -> int:
        return max(0, self.total(device) - torch.mps.current_allocated_memory())

    def empty(self) -> None:
        torch.mps.empty_cache()

    def finish(self, device: str) -> None:
        torch.mps.synchronize()


CARDS: dict[str, Card] = {"cuda": Cuda(), "mps": Mps()}  # by the kind of device


def card(device: str) -> Card | None:
    """None of a CPU."""
    return CARDS.get(torch.device(device).type)
