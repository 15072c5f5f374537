"""The sizes that a Hugging Face config claims, held against what its weights are, before anything is built.

A family has its own word for a size (hidden_size, n_embd, d_model, dim) and a config may hold several of them. Which
one a loader would take is its own affair: each must be sane.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from .bounded_json import inside
from .refused import ModelRefused
from .weights_header import Entry

HIDDEN = ("hidden_size", "n_embd", "n_embed", "d_model", "dim")
DEPTH = ("num_hidden_layers", "n_layer", "num_layers", "n_layers", "encoder_layers", "decoder_layers",
         "num_decoder_layers")  # fmt: skip
HEADS = ("num_attention_heads", "n_head", "num_heads", "n_heads", "encoder_attention_heads", "decoder_attention_heads")
HEAD_DIM = ("head_dim", "d_kv")
VOCABULARY = ("vocab_size", "decoder_vocab_size")
INNER = ("intermediate_size", "n_inner", "d_ff", "d_inner", "ffn_dim", "hidden_dim", "encoder_ffn_dim",
         "decoder_ffn_dim")  # fmt: skip
POSITIONS = ("max_position_embeddings", "n_positions", "n_ctx", "seq_length")
LARGEST = {
    **dict.fromkeys(HIDDEN, 65_536),
    **dict.fromkeys(DEPTH, 1024),
    **dict.fromkeys(HEADS, 65_536),
    **dict.fromkeys(HEAD_DIM, 65_536),
    **dict.fromkeys(VOCABULARY, 2_000_000),
    **dict.fromkeys(INNER, 2**20),
    **dict.fromkeys(POSITIONS, 2**24),
    "num_key_value_heads": 65_536,
    "num_hidden_groups": 1024,  # ALBERT's
    "inner_group_num": 1024,
    "num_labels": 100_000,  # a config builds a table of them
    "num_local_experts": 4096,
    "attention_types": 1024,  # GPT-Neo's: [kinds, how often]
}
SQUARED = {"gpt_neo": 16_384}  # positions of those that keep a mask of positions x positions
SHARED = {"albert"}  # one layer, run many times


def check(config: dict[str, Any], model_type: str, entries: Iterable[Entry]) -> int:
    """-> the rows of the embedding. Raises ModelRefused with model-config-refused."""
    for name, value in inside(config):
        if type(value) is int and value > LARGEST.get(name, 2**62):
            raise refused(f"{name} is {value}")
    hidden, depth, heads = (claimed(config, names) for names in (HIDDEN, DEPTH, HEADS))
    vocabulary = claimed(config, VOCABULARY)
    if "vocab_size" not in vocabulary:
        raise refused("no vocab_size")
    if not present(config, HEAD_DIM):
        for width in hidden.values():
            if any(width % count for count in heads.values()):
                raise refused(f"{heads} heads in a width of {width}")
    if shared := present(config, ("num_key_value_heads",)):
        keys = claimed(config, tuple(shared))["num_key_value_heads"]
        if any(count % keys for count in heads.values()):
            raise refused(f"{heads} heads share {keys}")
    for name in present(config, HEAD_DIM + INNER + POSITIONS):
        sizes = claimed(config, (name,))
        if name in POSITIONS and sizes[name] > SQUARED.get(model_type, sizes[name]):
            raise refused(f"{name} is {sizes[name]}")
    against_weights(hidden, depth, vocabulary, model_type in SHARED, list(entries))
    return vocabulary["vocab_size"]


def against_weights(
    hidden: dict[str, int], depth: dict[str, int], vocabulary: dict[str, int], shares: bool, entries: list[Entry]
) -> None:
    rows = {entry.shape[0] for entry in entries if len(entry.shape) == 2}
    sides = {side for entry in entries for side in entry.shape}
    for claim, found in ((vocabulary, rows), (hidden, sides)):
        for name, size in claim.items():
            if size not in found:
                raise refused(f"{name} is {size}, of which no tensor is")
    if not shares and max(depth.values()) > layers(entry.name for entry in entries):
        raise refused(f"{depth} layers, of which there are fewer")


def layers(names: Iterable[str]) -> int:
    """How many blocks there are weights of, in the longest stack: the first number in a name tells the block."""
    stacks = defaultdict[str, set[str]](set)
    for name in names:
        if found := re.search(r"(?:^|\.)([0-9]+)\.", name):
            stacks[name[: found.start()]].add(found[1])
    return max(map(len, stacks.values()), default=0)


def present(config: dict[str, Any], names: tuple[str, ...]) -> list[str]:
    return [name for name in names if config.get(name) is not None]


def claimed(config: dict[str, Any], names: tuple[str, ...]) -> dict[str, int]:
    """What a config says under these names: one at least, and each a count."""
    sizes = {name: config[name] for name in present(config, names)}
    if not sizes:
        raise refused(f"none of {', '.join(names)}")
    for name, size in sizes.items():
        if type(size) is not int or size < 1:
            raise refused(f"{name} is no count")
    return sizes


def refused(why: str) -> ModelRefused:
    return ModelRefused("model-config-refused", why)
