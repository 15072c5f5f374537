"""What is written while training: weights for others to use, and the state from which a stopped run goes on.

Weights are kept as one byte a number: each row of a matrix is whole numbers from -127 to 127 times that row's scale.

Each file is written under another name first and then renamed, so that whoever opens it finds a whole file, the old
or the new.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from .. import recurrent
from ..recurrent import Recurrent
from ..transformer import Config, Transformer

Network = Transformer | Recurrent


def save_weights(model: Network, path: str | Path, metadata: dict[str, str]) -> None:
    """The model's parameters as safetensors; its config is added to the metadata, as JSON."""
    tensors = {name: stored for n, p in model.state_dict().items() for name, stored in packed(n, p.detach()).items()}
    metadata = {"format": "pt", "config": json.dumps(asdict(model.config)), **metadata}
    replace(Path(path), lambda temporary: save_file(tensors, temporary, metadata))


SCALE = ".scale"


def packed(name: str, parameter: Tensor) -> dict[str, Tensor]:
    """A matrix as int8 [row, column] and float16 scales [row]; a vector in half precision."""
    if parameter.ndim != 2:
        return {name: parameter.half().contiguous()}
    # The scale as it will be read: half the smallest number of this precision is added, so that it is never too small.
    scale = (parameter.abs().amax(-1) / 127 + 3e-8).half()
    whole = (parameter / scale.float()[:, None]).round().clamp(-127, 127)
    return {name: whole.to(torch.int8), name + SCALE: scale}


def unpacked(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    """What `packed` made, as float32. Raises KeyError for whole numbers without a scale."""
    tensors = {name: tensor.float() for name, tensor in stored.items()}
    for name, tensor in stored.items():
        if tensor.dtype == torch.int8:
            tensors[name] *= tensors.pop(name + SCALE)[:, None]
    return tensors


class BadWeights(ValueError):
    """A file that holds no weights that can be used; the message names it and says why."""


def load_weights(path: str | Path) -> tuple[Network, dict[str, str]]:
    """The model, in float32, and the metadata of its file. Raises BadWeights."""
    name = Path(path).name
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            tensors = unpacked({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118, not a dict
        model = built(json.loads(metadata["config"]), tensors)
    except (OSError, SafetensorError) as error:
        raise BadWeights(f"{name} cannot be read: {error}") from None
    except (LookupError, TypeError, ValueError, ArithmeticError, RuntimeError):
        raise BadWeights(f"{name} does not hold the weights of a model like ours") from None
    for tensor_name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise BadWeights(f"{name} holds numbers that are not finite, in {tensor_name}")
    return model.eval(), metadata


def built(shape: dict[str, Any], tensors: dict[str, Tensor]) -> Network:
    """The model of this config with these weights. Raises LookupError, TypeError, ValueError, ArithmeticError or
    RuntimeError."""
    without_attention = shape["kind"] in get_args(recurrent.Kind)
    config = recurrent.Config(**shape) if without_attention else Config(**shape)
    if config.n_layers > len(tensors):
        raise ValueError
    with torch.device("meta"):  # takes no memory: a wrong config can be of any size
        model = Recurrent(config) if isinstance(config, recurrent.Config) else Transformer(config)
    model.load_state_dict(tensors, assign=True)
    return model


def load_transformer(path: str | Path) -> tuple[Transformer, dict[str, str]]:
    """As load_weights, of a model with attention. Raises BadWeights."""
    model, metadata = load_weights(path)
    if not isinstance(model, Transformer):
        raise BadWeights(f"{Path(path).name} holds the weights of a model without attention")
    return model, metadata


def save_state(state: dict[str, Any], path: str | Path) -> None:
    replace(Path(path), lambda temporary: torch.save(state, temporary))


def load_state(path: str | Path) -> dict[str, Any]:
    return torch.load(path, weights_only=True)


def save_text(text: str, path: str | Path) -> None:
    replace(Path(path), lambda temporary: temporary.write_text(text, encoding="utf-8"))


def replace(path: Path, write: Callable[[Path], object]) -> None:
    """`write` makes a new file beside `path`, which then takes its place; if that fails, the old one stays."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(temporary)
        temporary.chmod(0o644)  # safetensors gives nobody else leave to read
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
