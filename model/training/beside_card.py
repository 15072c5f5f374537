"""The card of the three models that stand beside one another, in both languages, from what their files say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .card import CARD, SUFFIX
from .checkpoint import load_weights, save_text

TIMED = 20  # steps, for the CPU time of one
TITLES = {"rnn": "RNN", "lstm": "LSTM", "transformer": "Transformer"}


def write(folder: Path, command: str) -> None:
    """card.md and card.zh-CN.md, of the weights and the curves in this folder."""
    curves = json.loads((folder / "curves.json").read_text(encoding="utf-8"))
    models = [
        told(folder / f"{name}.safetensors", title, curves[name][-1], curves["cpu_ms"][name])
        for name, title in TITLES.items()
    ]
    shared = {
        **models[-1], "models": models, "command": command, "held_out": curves["held_out_tokens"],
        "before": curves["transformer"][0]["valid"], "timed": TIMED,
    }  # fmt: skip
    for lang, suffix in SUFFIX.items():
        save_text(CARD.get_template(f"beside.{lang}.jinja").render(**shared), folder / f"card{suffix}")


def told(path: Path, title: str, last: dict[str, Any], cpu: float) -> dict[str, Any]:
    """What is told of one model. last: the end of its curve; cpu: ms of a step"""
    net, metadata = load_weights(path)
    return {
        "title": title, "c": net.config, "parameters": sum(parameter.numel() for parameter in net.parameters()),
        "megabytes": path.stat().st_size / 1e6, "steps": int(metadata["steps"]), "tokens": int(metadata["tokens"]),
        "seed": metadata["seed"],
        "train": last["train"], "valid": last["valid"], "cpu": f"{cpu:.1f}",
    }  # fmt: skip
