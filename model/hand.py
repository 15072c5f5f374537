"""A Transformer block that can be computed by hand: 我爱吃鱼, I love eating fish.

Every matrix is written out here, in whole numbers and in the notation of Vaswani et al. 2017: a token is a row x, and
`x @ W` is what a map makes of it, so that row i of W belongs to feature i of the token. The four features of a token
are how much of a noun and how much of a verb it is, and the sine and cosine of its position.

The first head is about content: a verb asks (1, 1), a noun answers (1, 0) and a verb (0, -1), each times how much of
one it is; so verbs look at nouns and away from verbs, and a noun asks nothing. The second is about position: its
query and the key of the token before point the same way. One head of four asks both at once: its dot products are the
sums of theirs.

There is no norm before the attention, so that all is whole numbers up to the softmax.
"""

from __future__ import annotations

import hashlib
import math

import torch
from torch import Tensor

from .building import BUILDING
from .tokenizer import Language
from .transformer import Config, Norms, Transformer
from .words import Words

N_CTX = 8

WORDS: dict[Language, list[str]] = {
    "en": ["I", "love", "eating", "fish", "rice", "."],
    "zh": ["我", "爱", "吃", "鱼", "饭", "。"],
}
FEATURES: dict[Language, list[str]] = {"en": ["noun", "verb", "sine", "cosine"], "zh": ["名词", "动词", "正弦", "余弦"]}
EMBED = [
    [1, 0, 0, 0],  # 我 I
    [0, 1, 0, 0],  # 爱 love
    [0, 2, 0, 0],  # 吃 eating
    [2, 0, 0, 0],  # 鱼 fish
    [3, 0, 0, 0],  # 饭 rice: a noun, and not the same as fish
    [0, 0, 0, 0],  # 。 neither
]
W_Q = [
    [0, 0, 0, 0],
    [1, 1, 0, 0],
    [0, 0, 2, 0],
    [0, 0, 0, 2],
]
W_K = [
    [1, 0, 0, 0],
    [0, -1, 0, 0],
    [0, 0, 0, -1],
    [0, 0, 1, 0],
]
W_V = [
    [1, 0, 0, 1],
    [0, 1, 1, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
]
W_O = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 1, 0, 0],
    [1, 0, 0, 0],
]
W_IN = [
    [1, 0, -1, 0],
    [0, 1, 0, -1],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
]
W_OUT = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
]
W_U = [
    # 我, 爱, 吃, 鱼, 饭, 。
    [-1, 1, 0, 0, 0, 1],
    [0, -1, 1, 1, 1, 0],
    [1, 0, 3, 0, 0, -2],
    [0, 1, 0, -2, -1, 0],
]


def quarter_turns(n: int) -> list[list[int]]:
    """Sinusoidal positions (Vaswani et al. 2017, section 3.5) of a wavelength of four tokens: 0, 1 and -1 alone.
    -> [position, feature]"""
    return [[0, 0, round(math.sin(p * math.pi / 2)), round(math.cos(p * math.pi / 2))] for p in range(n)]


def transformer(n_heads: int, norm: Norms = "pre-mlp", residual: bool = True) -> Transformer:
    """The block, its four columns as one head or as two; or the same matrices in a block that is built otherwise."""
    config = Config(
        "decoder", n_vocab=len(EMBED), n_ctx=N_CTX, d_model=4, n_heads=n_heads, n_layers=1, d_mlp=4,
        positions="learned", dropout=0.0, norm=norm, residual=residual, activation="relu", bias=False, tied=False,
    )  # fmt: skip
    block = "decoder.blocks.0"
    with BUILDING:
        made = Transformer(config)
    maps = {
        "attn.W_q": W_Q, "attn.W_k": W_K, "attn.W_v": W_V, "attn.W_o": W_O, "mlp.W_in": W_IN, "mlp.W_out": W_OUT,
    }  # fmt: skip
    state = {
        **{name: tensor for name, tensor in made.state_dict().items() if "norm" in name},  # 1 and 0, as they are made
        "embed.weight": matrix(EMBED),
        "decoder.pos_embed.weight": matrix(quarter_turns(N_CTX)),
        **{f"{block}.{name}.weight": matrix(W).T for name, W in maps.items()},  # a Linear keeps the transpose
        "W_u.weight": matrix(W_U).T,
    }
    made.load_state_dict(state)
    return made


def matrix(rows: list[list[int]]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float32)


def words() -> Words:
    return Words(WORDS, stop=5)


def sha256(made: Transformer) -> str:
    """Of all weights, by name and in order."""
    told = hashlib.sha256()
    for name, tensor in made.state_dict().items():
        told.update(name.encode() + b"\0" + tensor.cpu().contiguous().numpy().astype("<f4").tobytes())
    return told.hexdigest()
