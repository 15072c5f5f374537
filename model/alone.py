"""Apple's GPUs bear one thread at a time: where two of a process compute on one at once, torch ends the process (its
issue 197805). Whoever computes there takes this turn, and elsewhere nobody waits."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from threading import RLock

import torch

TURN = RLock()  # whoever has it may ask for it again


def alone(device: str | torch.device) -> AbstractContextManager[object]:
    """Held while a thread computes on this device."""
    return TURN if torch.device(device).type == "mps" else nullcontext()
