"""The gate before a folder with a Hugging Face model is opened by the library that runs such models.

That library may execute code that comes with a model, unpickle its weights, and build whatever size a config asks for.
What passes here asks for none of it: every file that would be read was read here first, by our own arithmetic, within
bounds, and what each claims agrees with the others.
"""

from __future__ import annotations

import hashlib
import math
import os
import stat
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from . import bounded_json, claims, vocabulary_files, weights_header
from .bounded_json import BadJson
from .refused import ModelRefused
from .weights_header import Entry, Header

__all__ = ["TYPES", "ModelRefused", "Vetted", "needed", "vet"]

CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"
ADAPTER = "adapter_config.json"  # beside weights that are added to another model's
CONFIG_LARGEST = 2**20  # bytes
JSON_LARGEST = 32 * 2**20  # bytes of any other JSON file
JSON_IN_ALL = 128 * 2**20
OTHER_WEIGHTS = {".bin", ".pt", ".pth", ".pkl", ".ckpt", ".h5", ".msgpack", ".ot", ".npz"}
FILES = 10_000
SHARDS = 1000
CODE = {"auto_map", "custom_pipelines"}  # names under which a config tells of code to run
IMPLEMENTATIONS = {  # values that can name a repository of kernels, "owner/name": code as well
    "attn_implementation", "_attn_implementation", "_attn_implementation_internal",
    "experts_implementation", "_experts_implementation", "_experts_implementation_internal",
}  # fmt: skip
TYPES = frozenset({
    "albert", "bart", "bert", "bloom", "clip_text_model", "deberta-v2", "distilbert", "electra", "encoder-decoder",
    "falcon", "gemma2", "gemma3_text", "gpt2", "gpt_neo", "gpt_neox", "gpt_oss", "gptj", "llama", "m2m_100", "marian",
    "mbart", "mistral", "modernbert", "mpnet", "mt5", "olmo2", "opt", "pegasus", "phi3", "qwen2", "qwen3", "roberta",
    "t5", "xlnet",
})  # fmt: skip
# What only a config of a model that reads something else than text speaks of.
PICTURES = {"image_size", "patch_size", "num_channels", "vision_config", "image_token_id", "encoder_stride"}
SOUND = {"num_mel_bins", "feat_extract_norm", "audio_config", "sampling_rate", "audio_channels"}


@dataclass(frozen=True)
class Vetted:
    """A folder that may be opened."""

    folder: Path  # resolved
    config: dict[str, Any]
    model_type: str
    weights: list[Path]
    nbytes: int  # of the weights as they are stored
    parameters: int  # numbers in the weights
    dtype: str  # of most of them: "float32"
    sha256: str  # over name and SHA-256 of the config and of each file of weights


def vet(folder: Path, any_type: bool = False, within: Path | None = None) -> Vetted:
    """Raises ModelRefused. any_type: families that were never tried here pass as well; within: the folder that its
    files may be links into, itself where none is given."""
    try:
        return vet_files(folder.resolve(strict=True), any_type, (within or folder).resolve(strict=True))
    except (OSError, RuntimeError, BadJson) as error:  # RuntimeError: links that go round; BadJson: an index
        raise ModelRefused("model-corrupt", f"{type(error).__name__} in {folder}") from error


def vet_files(folder: Path, any_type: bool, within: Path) -> Vetted:
    files = files_in(folder, within)
    config = read_config(folder / CONFIG)
    refuse_code(files)
    model_type = config.get("model_type")
    if not isinstance(model_type, str) or not (any_type or model_type in TYPES):
        raise ModelRefused(unread(config), str(model_type)[:100])
    headers = read_headers(folder, config)
    entries = [entry for header in headers for entry in header.entries]
    rows = check_claims(config, model_type, entries)
    digest = hashlib.sha256(CONFIG.encode() + hashlib.sha256((folder / CONFIG).read_bytes()).digest())
    for header in headers:
        digest.update(header.path.name.encode() + weights_header.check_numbers(header))
    vocabulary_files.check(folder, rows)
    return Vetted(
        folder,
        config,
        model_type,
        [header.path for header in headers],
        sum(entry.nbytes for entry in entries),
        sum(math.prod(entry.shape) for entry in entries),
        dtype_of(entries),
        digest.hexdigest(),
    )


def needed(folder: Path, within: Path, dtype: torch.dtype) -> int:
    """Bytes that the weights in a folder take in memory where their floats are of this dtype: by their headers, before
    any of them is read. Raises ModelRefused."""
    try:
        folder = folder.resolve(strict=True)
        files_in(folder, within.resolve(strict=True))  # a pipe would be read without end
        headers = read_headers(folder, read_config(folder / CONFIG))
    except (OSError, RuntimeError, BadJson) as error:
        raise ModelRefused("model-corrupt", f"{type(error).__name__} in {folder}") from error
    return sum(entry.nbytes_as(dtype) for header in headers for entry in header.entries)


def dtype_of(entries: list[Entry]) -> str:
    """What most of the weights are stored in."""
    counted = Counter[str]()
    for entry in entries:
        counted[str(entry.dtype).removeprefix("torch.")] += math.prod(entry.shape)
    return max(counted, key=counted.__getitem__, default="float32")


def unread(config: dict[str, Any]) -> str:
    """Why models of a kind that is not read here are not."""
    said = {name for name, _ in bounded_json.inside(config)}
    if said & PICTURES:
        return "reads-pictures"
    return "reads-sound" if said & SOUND else "model-type-refused"


def check_claims(config: dict[str, Any], model_type: str, entries: list[Entry]) -> int:
    """-> the rows of the embedding, of the smaller one where two models make up one. Raises ModelRefused."""
    if model_type != "encoder-decoder":
        return claims.check(config, model_type, entries)
    rows = []
    for side in ("encoder", "decoder"):
        own = config.get(side)
        if not isinstance(own, dict):
            raise ModelRefused("model-config-refused", f"no {side}")
        if own.get("model_type") not in TYPES - {model_type}:
            raise ModelRefused(unread(own), f"{side}: {str(own.get('model_type'))[:100]}")
        held = [entry for entry in entries if entry.name.startswith(f"{side}.")]
        rows.append(claims.check(own, own["model_type"], held))
    return min(rows)


def files_in(folder: Path, within: Path) -> list[Path]:
    """All of them, at any depth, after a look at each: no link leads out of `within`, and each is a file that ends."""
    if not folder.is_relative_to(within):
        raise ModelRefused("model-corrupt", f"{folder} lies outside {within}")
    found: list[Path] = []
    for above, folders, names in os.walk(folder, onerror=raise_it):
        for name in [*folders, *names]:
            path = Path(above, name)
            if not path.resolve(strict=True).is_relative_to(within):
                raise ModelRefused("model-corrupt", f"{path} links out of the folder")
            mode = path.stat().st_mode
            if stat.S_ISREG(mode):
                found.append(path)
            elif not stat.S_ISDIR(mode):
                raise ModelRefused("model-corrupt", f"{path} is no file")
        if len(found) > FILES:
            raise ModelRefused("model-corrupt", f"more than {FILES} files")
    return found


def raise_it(error: OSError) -> None:
    raise error


def read_config(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise ModelRefused("adapter-refused" if (path.parent / ADAPTER).exists() else "model-corrupt", f"no {CONFIG}")
    try:
        config = bounded_json.read_object(path, CONFIG_LARGEST)
    except BadJson as error:
        raise ModelRefused("model-config-refused", str(error)) from None
    if "configuration_files" in config:  # the library would read one of these in its place
        raise ModelRefused("model-config-refused", "names another config")
    return config


def refuse_code(files: list[Path]) -> None:
    """In any JSON file, at any depth: names of code, and permission to run it."""
    left = JSON_IN_ALL
    for path in files:
        if path.suffix.lower() != ".json":
            continue
        left -= path.stat().st_size
        try:
            if left < 0:
                raise BadJson("too many bytes of JSON")
            for name, value in bounded_json.inside(bounded_json.read(path, JSON_LARGEST)):
                if runs_code(name, value):
                    raise ModelRefused("custom-code-refused", f"{path.name}: {name}")
        except BadJson as error:
            raise ModelRefused(owner(path.name), str(error)) from None


def runs_code(name: str, value: object) -> bool:
    if name in CODE:
        return type(value) is not int  # a number is a token's, in a vocabulary
    return (name == "trust_remote_code" and bool(value)) or (
        name in IMPLEMENTATIONS and isinstance(value, str) and "/" in value
    )


def owner(name: str) -> str:
    """What is refused where this file cannot be read."""
    if name in vocabulary_files.JSON or "token" in name:
        return "tokenizer-refused"
    return "model-corrupt" if name.endswith(INDEX) else "model-config-refused"


def read_headers(folder: Path, config: dict[str, Any]) -> list[Header]:
    """Of the files that the library would load: the one file, else those that the index names."""
    if not any(folder.glob("*.safetensors")):
        other = any(path.suffix.lower() in OTHER_WEIGHTS for path in folder.iterdir())
        raise ModelRefused("unsafe-weights" if other else "model-corrupt", f"no *.safetensors in {folder}")
    if (folder / ADAPTER).exists():
        raise ModelRefused("adapter-refused", ADAPTER)
    if "transformers_weights" in config:
        raise ModelRefused("unsafe-weights", "names other weights than its own")
    if (folder / WEIGHTS).exists():
        return [weights_header.read(folder / WEIGHTS)]
    if not (folder / INDEX).exists():
        raise ModelRefused("model-corrupt", f"neither {WEIGHTS} nor {INDEX}")
    placed = bounded_json.read_object(folder / INDEX, JSON_LARGEST).get("weight_map")
    if not isinstance(placed, dict) or not placed or not all(is_shard(folder, name) for name in placed.values()):
        raise ModelRefused("model-corrupt", f"{INDEX} names no files of this folder")
    if len(set(placed.values())) > SHARDS:
        raise ModelRefused("model-corrupt", f"more than {SHARDS} files of weights")
    headers = [weights_header.read(folder / name) for name in sorted(set(placed.values()))]
    held = [(entry.name, header.path.name) for header in headers for entry in header.entries]
    if len(held) != len(placed) or dict(held) != placed:
        raise ModelRefused("model-corrupt", f"{INDEX} does not tell where each tensor is")
    return headers


def is_shard(folder: Path, name: object) -> bool:
    return (
        isinstance(name, str)
        and name.endswith(".safetensors")
        and not set(name) & {"/", "\\", "\0"}
        and (folder / name).is_file()
    )
