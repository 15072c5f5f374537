"""Weights in a folder: every byte of their files, and where they lie."""

import json
import os
import pickle
import shutil
import struct
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from vetting.spoilt import change, refusal, write

from model.vetting import vet


class Marks:
    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return (open, (self.marker, "w"))


def test_a_pickle_is_not_opened(folder, tmp_path):
    marker = tmp_path / "marker"
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Marks(marker)))
    refusal(folder, "unsafe-weights")
    assert not marker.exists()


def test_weights_that_lie_elsewhere(folder):
    change(folder / "config.json", transformers_weights="other.safetensors")
    refusal(folder, "unsafe-weights")


def test_an_adapter_is_no_model(folder):
    write(folder / "adapter_config.json", {"base_model_name_or_path": "someone/else"})
    refusal(folder, "adapter-refused")
    (folder / "config.json").unlink()
    refusal(folder, "adapter-refused")


def with_header(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(begin, end, shape, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x01\x00",
        struct.pack("<Q", 2**62) + b"{}",
        struct.pack("<Q", 2**64 - 1),
        with_header(b"\xff" * 64),
        with_header(b"[" * 100_000),
        with_header(b"[]"),
        with_header({f"t{i}": tensor(0, 0, [0]) for i in range(100_000)}),
        with_header({f"t{i}": tensor(0, 0, [0]) for i in range(20_001)}),
        with_header({"__metadata__": {"a": "," * 400_000}}),
        with_header({"a": tensor(0, 8, [2])}, b"\0" * 4),
        with_header({"a": tensor(0, 4, [1])}, b"\0" * 8),
        with_header({"a": tensor(0, 4, [1]), "b": tensor(8, 12, [1])}, b"\0" * 12),
        with_header({"a": tensor(0, 8, [2]), "b": tensor(4, 12, [2])}, b"\0" * 12),
        with_header({"a": tensor(0, 4, [2])}, b"\0" * 4),
        with_header({"a": tensor(0, 4, [-1])}, b"\0" * 4),
        with_header({"a": tensor(0, 4, [True])}, b"\0" * 4),
        with_header({"a": tensor(0, 4, [1], "F31")}, b"\0" * 4),
        with_header({"a": tensor(0, 4, [2**40, 2**40])}, b"\0" * 4),
        with_header({"a": 1}),
        with_header(b'{"a":' + json.dumps(tensor(0, 4, [1])).encode() + b',"a":1}', b"\0" * 4),
    ],
)
def test_a_damaged_file_of_weights(folder, content):
    (folder / "model.safetensors").write_bytes(content)
    refusal(folder, "model-corrupt")


@pytest.mark.parametrize("left", [0.999, 0.5, 0.01])
def test_a_file_cut_short(folder, left):
    path = folder / "model.safetensors"
    os.truncate(path, int(path.stat().st_size * left))
    refusal(folder, "model-corrupt")


@pytest.mark.parametrize("name", ["../outside.safetensors", "/etc/passwd", "missing.safetensors", "config.json", 3])
def test_an_index_that_names_other_files(made, tmp_path, name):
    folder = Path(shutil.copytree(made[0] / "sharded", tmp_path / "model"))
    shutil.copy(made[0] / "gpt2/model.safetensors", tmp_path / "outside.safetensors")
    index = folder / "model.safetensors.index.json"
    placed = json.loads(index.read_text())["weight_map"]
    change(index, weight_map=placed | {next(iter(placed)): name})
    refusal(folder, "model-corrupt")


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64, torch.float8_e5m2])
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_number_that_is_none(folder, dtype, bad):
    path = folder / "model.safetensors"
    tensors = {name: tensor.to(dtype) for name, tensor in load_file(path).items()}
    save_file(tensors, path)
    vet(folder)
    name = "transformer.h.1.mlp.c_fc.weight"
    spoilt = tensors[name].float()
    spoilt[-1, -1] = bad
    save_file(tensors | {name: spoilt.to(dtype)}, path)
    refused = refusal(folder, "model-not-finite")
    assert name in refused.detail


def test_the_last_number_of_a_large_tensor_is_read(folder):
    path = folder / "model.safetensors"
    large = torch.zeros(5_000_001)  # more than one piece
    large[-1] = float("nan")
    save_file(load_file(path) | {"large": large}, path)
    refusal(folder, "model-not-finite")
