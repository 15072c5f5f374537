"""Where the models run."""

import torch


class NoSuchDevice(ValueError):
    """torch cannot use this device here."""


def choose(name: str) -> str:
    """`auto` is the first of cuda, mps and cpu that is there. Raises NoSuchDevice."""
    there = [device for device, usable in _usable().items() if usable]
    if name == "auto":
        return there[0]
    if name not in there:
        raise NoSuchDevice(f"torch cannot use {name} on this machine; it can use {' and '.join(there)}")
    return name


def describe(device: str, threads: int = 0) -> str:
    """For the page: "CPU, 2 threads", or the graphics card's name."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    return f"CPU, {threads or torch.get_num_threads()} threads" if device == "cpu" else "Apple GPU"


def _usable() -> dict[str, bool]:
    return {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
