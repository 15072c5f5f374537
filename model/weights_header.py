"""A safetensors file: what its header says, and whether its numbers are numbers.

The format (huggingface/safetensors, README, "Format"): 8 bytes with the header's length, little-endian; the header, a
JSON object from a tensor's name to its dtype, shape and offsets [from, to) into what follows; the bytes of the tensors.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import torch

from . import bounded_json
from .refused import ModelRefused

LONGEST = 100_000_000  # bytes of a header
MOST = 20_000  # tensors of a file
AXES = 16  # dims of a tensor
CHUNK = 2**23  # bytes that are looked at in one go, a multiple of every width
DTYPES = {
    "BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "U16": torch.uint16, "I16": torch.int16,
    "U32": torch.uint32, "I32": torch.int32, "U64": torch.uint64, "I64": torch.int64,
    "F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2, "F16": torch.float16, "BF16": torch.bfloat16,
    "F32": torch.float32, "F64": torch.float64,
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One tensor of a file."""

    name: str
    dtype: torch.dtype
    shape: tuple[int, ...]
    nbytes: int

    def nbytes_as(self, dtype: torch.dtype) -> int:
        """Were it read as this dtype, as floats are; others stay what they are."""
        return math.prod(self.shape) * dtype.itemsize if self.dtype.is_floating_point else self.nbytes


@dataclass(frozen=True)
class Header:
    """The tensors of a file, in the order of their bytes; the first of these is at `begins`."""

    path: Path
    begins: int
    entries: tuple[Entry, ...]


def read(path: Path) -> Header:
    """Raises ModelRefused with model-corrupt where the header and the file do not agree in every byte."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(LONGEST, size - 8):
            raise corrupt(path, f"a header of {length} bytes in a file of {size}")
        text = file.read(length)
    try:
        told = bounded_json.parse(text, commas=MOST * AXES)
    except bounded_json.BadJson as error:
        raise corrupt(path, str(error)) from None
    if not isinstance(told, dict):
        raise corrupt(path, "its header is no object")
    told.pop("__metadata__", None)
    if len(told) > MOST:
        raise corrupt(path, f"{len(told)} tensors")
    placed = sorted(placed_entry(path, name, entry) for name, entry in told.items())
    end = 0
    for begin, until, entry in placed:
        if begin != end:
            raise corrupt(path, f"{entry.name!a} begins at {begin}, not at {end}")
        end = until
    if end != size - 8 - length:
        raise corrupt(path, f"tensors of {end} bytes in {size - 8 - length}")
    return Header(path, 8 + length, tuple(entry for _, _, entry in placed))


class Placed(tuple[int, int, Entry]):
    """From, to, and the tensor that lies there; ordered by the place."""

    def __lt__(self, other: tuple[object, ...]) -> bool:
        return self[:2] < other[:2]


def placed_entry(path: Path, name: str, entry: object) -> Placed:
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise corrupt(path, f"{name!a} is no tensor")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise corrupt(path, f"{name!a} has an unknown dtype")
    if not counts(shape) or len(shape) > AXES or not counts(offsets) or len(offsets) != 2:
        raise corrupt(path, f"{name!a} has no shape or no place")
    begin, end = offsets
    if math.prod(shape) * DTYPES[dtype].itemsize != end - begin:
        raise corrupt(path, f"{name!a} of shape {shape} in {end - begin} bytes")
    return Placed((begin, end, Entry(name, DTYPES[dtype], tuple(shape), end - begin)))


def counts(value: object) -> bool:
    return isinstance(value, list) and all(type(item) is int and item >= 0 for item in value)


def check_numbers(header: Header) -> bytes:
    """The file's SHA-256. Every byte is read once and copied, nothing is mapped: a file that is cut short meanwhile is
    an error, not a fault of the process. Raises ModelRefused: model-not-finite where a number is none."""
    digest = hashlib.sha256()
    chunk = bytearray(CHUNK)
    with header.path.open("rb") as file:
        digest.update(file.read(header.begins))
        for entry in header.entries:
            for at in range(0, entry.nbytes, CHUNK):
                part = memoryview(chunk)[: min(CHUNK, entry.nbytes - at)]
                fill(file, part, header.path)
                digest.update(part)
                if entry.dtype.is_floating_point and not finite(part, entry.dtype):
                    raise ModelRefused("model-not-finite", f"{header.path.name}: {entry.name!a}")
        if file.read(1):
            raise corrupt(header.path, "grew while it was read")
    return digest.digest()


def fill(file: BinaryIO, part: memoryview, path: Path) -> None:
    filled = 0
    while filled < len(part):
        got = file.readinto(part[filled:])  # type: ignore[attr-defined]
        if not got:
            raise corrupt(path, "ends before its tensors do")
        filled += got


def finite(part: memoryview, dtype: torch.dtype) -> bool:
    numbers = torch.frombuffer(part, dtype=dtype)
    if dtype.itemsize == 1:  # torch cannot ask this of 8 bits
        numbers = numbers.float()
    return bool(torch.isfinite(numbers).all())


def corrupt(path: Path, why: str) -> ModelRefused:
    return ModelRefused("model-corrupt", f"{path.name}: {why}")
