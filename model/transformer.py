"""The Transformer (Vaswani et al. 2017) as an encoder, a decoder, or the two together, from one Block.

As shipped: pre-norm, as in Xiong et al. 2020 and GPT-2; GELU (Hendrycks and Gimpel 2016); one embedding for input and
output (Vaswani et al. 2017, section 3.4); positions learned (GPT, BERT) or rotary (Su et al. 2021); initialised as
GPT-2 (Radford et al. 2019, section 2.3). The other options are there to be compared with these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .attention import Attention
from .masks import Bidirectional, Causal, Mask
from .trace import SILENT, Site, Tap

EVERYTHING = Bidirectional()

Kind = Literal["encoder", "decoder", "encoder-decoder"]
Norms = Literal["pre", "post", "pre-mlp", "none"]
Activation = Literal["gelu", "relu"]
ACTIVATIONS: dict[Activation, Callable[[Tensor], Tensor]] = {"gelu": F.gelu, "relu": F.relu}


@dataclass(frozen=True)
class Config:
    """What fixes a Transformer's shape. Raises ValueError for one that cannot be built."""

    kind: Kind = "decoder"
    n_vocab: int = 64
    n_ctx: int = 256  # the longest input, in tokens
    d_model: int = 128
    n_heads: int = 4
    n_layers: int = 4  # in each stack
    d_mlp: int = 512
    positions: Literal["rotary", "learned"] = "rotary"
    dropout: float = 0.1  # of what each sublayer adds, and of the embedding; in training only
    # Where a norm stands: before each sublayer and at the end of a stack; after each sum, as in Vaswani et al. 2017,
    # section 3.1; before MLPs alone; nowhere.
    norm: Norms = "pre"
    residual: bool = True  # False: a sublayer's output takes the place of what it read
    activation: Activation = "gelu"
    bias: bool = True  # of the linear maps
    tied: bool = True  # the unembedding is the embedding

    def __post_init__(self) -> None:
        if self.d_model % self.n_heads or (self.positions == "rotary" and self.d_head % 2):
            raise ValueError(f"d_model {self.d_model} does not divide into {self.n_heads} heads of an even size")

    @property
    def d_head(self) -> int:
        return self.d_model // self.n_heads


class MLP(nn.Module):
    """Position by position: d_model -> d_mlp -> d_model (section 3.3)."""

    def __init__(self, c: Config):
        super().__init__()
        self.W_in, self.W_out = nn.Linear(c.d_model, c.d_mlp, c.bias), nn.Linear(c.d_mlp, c.d_model, c.bias)
        self.activation = ACTIVATIONS[c.activation]

    def forward(self, x: Tensor, tap: Tap) -> Tensor:
        return self.W_out(tap("post", self.activation(tap("pre", self.W_in(x)))))


class Norm(nn.LayerNorm):
    """Layer normalisation (Ba et al. 2016) that shows what it made."""

    def forward(self, x: Tensor, tap: Tap = SILENT) -> Tensor:
        return tap("normalized", super().forward(x))


class Block(nn.Module):
    """x + attention, + cross-attention where there is an encoder to read, + MLP: each reads the residual stream
    and adds to it, through a norm where the config has one."""

    def __init__(self, c: Config, crosses: bool):
        super().__init__()
        around_attention = c.norm in ("pre", "post")
        self.before, self.residual = c.norm != "post", c.residual  # a norm stands before what it belongs to, or after
        self.norm_attn = Norm(c.d_model) if around_attention else None
        self.attn = Attention(c.d_model, c.n_heads, c.positions == "rotary", c.bias)
        if crosses:
            self.norm_cross = Norm(c.d_model) if around_attention else None
            self.cross_attn = Attention(c.d_model, c.n_heads, bias=c.bias)
        self.norm_mlp, self.mlp = Norm(c.d_model) if c.norm != "none" else None, MLP(c)
        self.dropout = nn.Dropout(c.dropout)

    def forward(
        self, x: Tensor, mask: Mask, memory: Tensor | None, memory_mask: Mask, tap: Tap, start: int = 0
    ) -> Tensor:
        """x: [position, d_model], the first at position `start`; memory: [source, d_model] -> [position, d_model]"""
        x = tap("resid_pre", x)
        norm, at = self.norm_attn, tap / "norm_attn"
        y = self.read(x, norm, at)
        y = tap("attn_out", self.dropout(self.attn(y, y, mask, tap / "attn", start)))
        x = tap("resid_mid", self.add(x, y, norm, at))
        if memory is not None:
            norm, at = self.norm_cross, tap / "norm_cross"
            y = self.cross_attn(self.read(x, norm, at), memory, memory_mask, tap / "cross_attn", start)
            x = tap("resid_cross", self.add(x, tap("cross_out", self.dropout(y)), norm, at))
        norm, at = self.norm_mlp, tap / "norm_mlp"
        y = tap("mlp_out", self.dropout(self.mlp(self.read(x, norm, at), tap / "mlp")))
        return tap("resid_post", self.add(x, y, norm, at))

    def read(self, x: Tensor, norm: Norm | None, tap: Tap) -> Tensor:
        """What a sublayer reads of the residual stream. [position, d_model] -> the same"""
        return norm(x, tap) if norm is not None and self.before else x

    def add(self, x: Tensor, y: Tensor, norm: Norm | None, tap: Tap) -> Tensor:
        """The residual stream once a sublayer has brought y. [position, d_model] -> the same"""
        x = x + y if self.residual else y
        return x if norm is None or self.before else norm(x, tap)


class Stack(nn.Module):
    """Positions, blocks, final norm: an encoder or a decoder."""

    def __init__(self, c: Config, crosses: bool = False):
        super().__init__()
        self.pos_embed = nn.Embedding(c.n_ctx, c.d_model) if c.positions == "learned" else None
        self.blocks = nn.ModuleList(Block(c, crosses) for _ in range(c.n_layers))
        self.norm = Norm(c.d_model) if c.norm == "pre" else None
        self.dropout = nn.Dropout(c.dropout)

    def forward(
        self,
        x: Tensor,
        mask: Mask,
        memory: Tensor | None = None,
        memory_mask: Mask = EVERYTHING,
        tap: Tap = SILENT,
        start: int = 0,
    ) -> Tensor:
        """x: the tokens' embeddings [position, d_model], the first at position `start` -> [position, d_model]"""
        x = tap("embed", x)
        if self.pos_embed is not None:
            x = x + tap("pos_embed", self.pos_embed.weight[start : start + x.shape[-2]])
        x = self.dropout(x)
        for i, block in enumerate(self.blocks):
            x = block(x, mask, memory, memory_mask, tap / "blocks" / i, start)
        return self.normalize(x, tap)

    def normalize(self, x: Tensor, tap: Tap = SILENT) -> Tensor:
        """Through the final norm, where there is one. [position, d_model] -> the same"""
        return x if self.norm is None else self.norm(x, tap / "norm")


class Transformer(nn.Module):
    """An encoder reads `source`, a decoder `target`, an encoder-decoder both."""

    captures = "full"  # all that is computed; "pattern": attention weights alone
    predicts = True  # it ends with an unembedding
    relative_bias = False  # added to scores
    reads_on = True  # what it has read can be kept as keys and values
    batched = True  # batch axes may stand before the others

    def __init__(self, c: Config):
        super().__init__()
        self.config = c
        self.embed = nn.Embedding(c.n_vocab, c.d_model)
        self.encoder = Stack(c) if c.kind != "decoder" else None
        self.decoder = Stack(c, crosses=c.kind == "encoder-decoder") if c.kind != "encoder" else None
        self.W_u = None if c.tied else nn.Linear(c.d_model, c.n_vocab, bias=False)
        for name, parameter in self.named_parameters():
            initialise(name, parameter, additions=(3 if c.kind == "encoder-decoder" else 2) * c.n_layers)

    @property
    def native_mask(self) -> Mask:
        """What the self-attention that `mask` overrides may see, as it was trained."""
        return Bidirectional() if self.config.kind == "encoder" else Causal()

    def forward(
        self,
        source: Tensor | None = None,
        target: Tensor | None = None,
        mask: Mask | None = None,
        source_mask: Mask = EVERYTHING,
        tap: Tap = SILENT,
    ) -> Tensor:
        """Token ids [position] -> logits [position, n_vocab]; in training with batch axes before.

        `mask` overrides the self-attention of the decoder, or of an encoder alone; `source_mask` is what an
        encoder-decoder may see of its source, in the encoder and in cross-attention.
        """
        return self.unembed(self.trunk(source, target, mask, source_mask, tap), tap)

    def trunk(
        self,
        source: Tensor | None = None,
        target: Tensor | None = None,
        mask: Mask | None = None,
        source_mask: Mask = EVERYTHING,
        tap: Tap = SILENT,
    ) -> Tensor:
        """As forward, but for the logits: what they are made of. -> [position, d_model]"""
        if self.decoder is None:
            return self.encode(source, mask or self.native_mask, tap)
        memory = None if self.encoder is None else tap("memory", self.encode(source, source_mask, tap))
        return self.decode(target, memory, mask, source_mask, tap)

    def encode(self, source: Tensor | None, mask: Mask = EVERYTHING, tap: Tap = SILENT) -> Tensor:
        """Token ids [source] -> the encoder's output [source, d_model]"""
        assert self.encoder is not None
        return self.encoder(self.embed(source), mask, tap=tap / "encoder")

    def decode(
        self,
        target: Tensor | None,
        memory: Tensor | None = None,
        mask: Mask | None = None,
        memory_mask: Mask = EVERYTHING,
        tap: Tap = SILENT,
        start: int = 0,
    ) -> Tensor:
        """Token ids [target], the first at position `start`, memory [source, d_model] -> the decoder's output
        [target, d_model]"""
        assert self.decoder is not None
        return self.decoder(self.embed(target), mask or self.native_mask, memory, memory_mask, tap / "decoder", start)

    def unembed(self, x: Tensor, tap: Tap = SILENT) -> Tensor:
        """A stack's output [position, d_model] -> logits [position, n_vocab]"""
        return tap("logits", F.linear(x, (self.embed if self.W_u is None else self.W_u).weight))

    @property
    def unembedding(self) -> Callable[[Tensor], Tensor]:
        """What makes logits of what `trunk` returns."""
        return self.unembed

    def read_out(self, x: Tensor) -> Tensor:
        """What a residual stream would predict as it stands: the final norm and the unembedding.
        [position, d_model] -> logits [position, n_vocab]"""
        last = self.decoder if self.decoder is not None else self.encoder
        assert last is not None
        return self.unembed(last.normalize(x))

    def sites(self, mask: Mask | None = None) -> list[Site]:
        """Every attention of this model, in the order in which they run."""
        mask, c, sites = mask or self.native_mask, self.config, []
        scale = c.d_head**-0.5
        for i in range(c.n_layers if self.encoder is not None else 0):
            seen = EVERYTHING if self.decoder is not None else mask
            sites.append(Site(f"encoder.blocks.{i}.attn", i, c.n_heads, "source", "source", seen, scale))
        for i in range(c.n_layers if self.decoder is not None else 0):
            sites.append(Site(f"decoder.blocks.{i}.attn", i, c.n_heads, "target", "target", mask, scale))
            if self.encoder is not None:
                name = f"decoder.blocks.{i}.cross_attn"
                sites.append(Site(name, i, c.n_heads, "target", "source", EVERYTHING, scale))
        return sites

    def W_o(self) -> dict[str, Tensor]:
        """What turns the heads of each site into what they add: site -> [d_model, head * d_head]"""
        return {site.name: self.get_parameter(f"{site.name}.W_o.weight").detach() for site in self.sites()}


def initialise(name: str, parameter: Tensor, additions: int) -> None:
    """Matrices N(0, 0.02), biases 0, norms 1 and 0; what adds to the residual stream is smaller by the square root of
    the number of additions, so that the stream starts with the same size in a deep model as in a shallow one."""
    with torch.no_grad():
        if parameter.ndim == 2:
            adds = name.endswith(("W_o.weight", "W_out.weight"))
            parameter.normal_(std=0.02 / additions**0.5 if adds else 0.02)
        elif name.endswith("bias"):
            parameter.zero_()
