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
from safetensors import safe_open
from safetensors.torch import save_file

from ..transformer import Config, Transformer


def save_weights(model: Transformer, path: str | Path, metadata: dict[str, str]) -> None:
    """The model's parameters in half precision, as safetensors; its config is added to the metadata, as JSON."""
    tensors = {name: tensor.detach().half().contiguous() for name, tensor in model.state_dict().items()}
    metadata = {"format": "pt", "config": json.dumps(asdict(model.config)), **metadata}
    replace(Path(path), lambda temporary: save_file(tensors, temporary, metadata))


def load_weights(path: str | Path) -> tuple[Transformer, dict[str, str]]:
    """The model, in float32, and the metadata of its file."""
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118, not a dict
    model = Transformer(Config(**json.loads(metadata["config"])))
    model.load_state_dict(tensors)
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
