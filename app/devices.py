"""Where the models run."""

from dataclasses import dataclass

import torch

from .i18n import N_, translate


class NoSuchDevice(ValueError):
    """torch cannot use this device here."""

    def __init__(self, name: str, there: list[str]):
        self.values = {"name": name, "there": ", ".join(there)}
        super().__init__(self.told("en"))

    def told(self, lang: str) -> str:
        return translate(lang, N_("torch cannot use {name} on this machine; it can use {there}"), **self.values)


def choose(name: str) -> str:
    """`auto` is the first of cuda, mps and cpu that is there. Raises NoSuchDevice."""
    there = [device for device, usable in _usable().items() if usable]
    if name == "auto":
        return there[0]
    if name not in there:
        raise NoSuchDevice(name, there)
    return name


@dataclass(frozen=True)
class Device:
    name: str  # "CPU", "Apple GPU", or what a graphics card is called
    threads: int = 0  # of one run; 0 where that says nothing

    def __str__(self) -> str:
        return f"{self.name}, {self.threads} threads" if self.threads else self.name


def describe(device: str, threads: int = 0) -> Device:
    if device == "cpu":
        return Device("CPU", threads or torch.get_num_threads())
    return Device(torch.cuda.get_device_name() if device == "cuda" else "Apple GPU")


def _usable() -> dict[str, bool]:
    return {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
