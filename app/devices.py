"""Where the models run."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from .i18n import N_, translate

TROUBLES = {
    "no-cuda-build": N_(
        "{device}: this build of torch has no CUDA. Install one that has, as pytorch.org/get-started/locally/ "
        "says, or start with --device cpu."
    ),
    "no-cuda": N_(
        "{device}: torch finds no graphics card here. See that nvidia-smi lists one and that its driver is new enough "
        "for this build of torch, or start with --device cpu."
    ),
    "no-such-card": N_("{device}: the last graphics card here is cuda:{last}. Choose one of those that there are."),
    "no-mps-build": N_(
        "{device}: this build of torch has nothing for Apple's GPUs; it is for Macs with Apple's own processors. "
        "Start with --device cpu."
    ),
    "no-mps": N_("{device}: torch cannot use the GPU of this Mac; it needs a newer macOS. Start with --device cpu."),
    "unusable": N_(
        "{device}: torch finds it and cannot compute on it: {why}. Install a build of torch for it, or start with "
        "--device cpu."
    ),
}  # fmt: skip


class NoSuchDevice(ValueError):
    """torch cannot use this device here: why, and what to do."""

    def __init__(self, trouble: str, **values: object):
        self.trouble, self.values = trouble, values
        super().__init__(self.told("en"))

    def told(self, lang: str) -> str:
        return translate(lang, TROUBLES[self.trouble], **self.values)


def choose(name: str) -> str:
    """`auto` is the first of cuda, mps and cpu that can be used. Raises NoSuchDevice."""
    if name != "auto":
        check(name)
        return name
    for device in ("cuda", "mps"):
        try:
            check(device)
        except NoSuchDevice:
            continue
        return device
    return "cpu"


def check(name: str) -> None:
    """Raises NoSuchDevice."""
    if name == "cpu":
        return
    trouble, values = missing(name)
    if not trouble:
        try:
            float(torch.ones(2, 2, device=name).sum())
        except RuntimeError as error:  # a card that is too old for this build, or that another process has to itself
            trouble, values = "unusable", {"why": str(error).partition("\n")[0].rstrip(".")}
    if trouble:
        raise NoSuchDevice(trouble, device=name, **values)


def missing(name: str) -> tuple[str, dict[str, object]]:
    """What is missing for this device, as in TROUBLES, with its values; nothing where it is there."""
    if name == "mps":
        if not torch.backends.mps.is_built():
            return "no-mps-build", {}
        return "" if torch.backends.mps.is_available() else "no-mps", {}
    if torch.version.cuda is None and torch.version.hip is None:
        return "no-cuda-build", {}
    if not torch.cuda.is_available():
        return "no-cuda", {}
    last = torch.cuda.device_count() - 1
    return ("no-such-card", {"last": last}) if (torch.device(name).index or 0) > last else ("", {})


def exact() -> None:
    """Products of float32 matrices are computed in float32. NVIDIA's cards have a shorter way, with ten bits of each
    number (TF32), which torch takes in convolutions and, where the environment says so, everywhere."""
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False


@dataclass(frozen=True)
class Device:
    name: str  # "CPU", "Apple GPU", or what a graphics card is called
    threads: int = 0  # of one run; 0 where that says nothing

    def __str__(self) -> str:
        return f"{self.name}, {self.threads} threads" if self.threads else self.name


def describe(device: str, threads: int = 0) -> Device:
    if device == "cpu":
        return Device("CPU", threads or torch.get_num_threads())
    return Device(torch.cuda.get_device_name(device) if device.startswith("cuda") else "Apple GPU")
