"""What is written while training: weights for others to use, and the state from which a stopped run goes on.

Each file is written under another name first and then renamed, so that whoever opens it finds a whole file, the old
or the new.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from ..transformer import Config, Transformer


def save_weights(model: Transformer, path: str | Path, metadata: dict[str, str]) -> None:
    """The model's parameters in half precision, as safetensors; its config is added to the metadata, as JSON."""
    tensors = {name: tensor.detach().half().contiguous() for name, tensor in model.state_dict().items()}
    metadata = {"format": "pt", "config": json.dumps(asdict(model.config)), **metadata}
    replace(Path(path), lambda temporary: save_file(tensors, temporary, metadata))


class BadWeights(ValueError):
    """A file that holds no weights that can be used; the message names it and says why."""


def load_weights(path: str | Path) -> tuple[Transformer, dict[str, str]]:
    """The model, in float32, and the metadata of its file. Raises BadWeights."""
    name = Path(path).name
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118, not a dict
        config = Config(**json.loads(metadata["config"]))
        stack = "encoder" if config.kind == "encoder" else "decoder"
        if tensors["embed.weight"].shape != (config.n_vocab, config.d_model):
            raise ValueError
        tensors[f"{stack}.blocks.{config.n_layers - 1}.norm_attn.weight"]  # or else a wrong depth would be built first
        model = Transformer(config)
        model.load_state_dict(tensors)
    except (OSError, SafetensorError) as error:
        raise BadWeights(f"{name} cannot be read: {error}") from None
    except (KeyError, TypeError, ValueError, RuntimeError):
        raise BadWeights(f"{name} does not hold the weights of a model like ours") from None
    for tensor_name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise BadWeights(f"{name} holds numbers that are not finite, in {tensor_name}")
    return model.eval(), metadata


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
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
