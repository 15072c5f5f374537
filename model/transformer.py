"""The Transformer (Vaswani et al. 2017) as an encoder, a decoder, or the two together, from one Block.

Pre-norm, as in Xiong et al. 2020 and GPT-2; GELU (Hendrycks and Gimpel 2016); one embedding for input and output
(Vaswani et al. 2017, section 3.4); positions learned (GPT, BERT) or rotary (Su et al. 2021). Initialised as GPT-2
(Radford et al. 2019, section 2.3).
"""

from __future__ import annotations

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
        self.W_in, self.W_out = nn.Linear(c.d_model, c.d_mlp), nn.Linear(c.d_mlp, c.d_model)

    def forward(self, x: Tensor, tap: Tap) -> Tensor:
        return self.W_out(tap("post", F.gelu(tap("pre", self.W_in(x)))))


class Norm(nn.LayerNorm):
    """Layer normalisation (Ba et al. 2016) that shows what it made."""

    def forward(self, x: Tensor, tap: Tap = SILENT) -> Tensor:
        return tap("normalized", super().forward(x))


class Block(nn.Module):
    """x + attention, + cross-attention where there is an encoder to read, + MLP: each reads the residual stream
    through a norm and adds to it."""

    def __init__(self, c: Config, crosses: bool):
        super().__init__()
        self.norm_attn = Norm(c.d_model)
        self.attn = Attention(c.d_model, c.n_heads, c.positions == "rotary")
        if crosses:
            self.norm_cross, self.cross_attn = Norm(c.d_model), Attention(c.d_model, c.n_heads)
        self.norm_mlp, self.mlp = Norm(c.d_model), MLP(c)
        self.dropout = nn.Dropout(c.dropout)

    def forward(
        self, x: Tensor, mask: Mask, memory: Tensor | None, memory_mask: Mask, tap: Tap, start: int = 0
    ) -> Tensor:
        """x: [position, d_model], the first at position `start`; memory: [source, d_model] -> [position, d_model]"""
        x = tap("resid_pre", x)
        y = self.norm_attn(x, tap / "norm_attn")
        x = tap("resid_mid", x + tap("attn_out", self.dropout(self.attn(y, y, mask, tap / "attn", start))))
        if memory is not None:
            y = self.norm_cross(x, tap / "norm_cross")
            y = self.cross_attn(y, memory, memory_mask, tap / "cross_attn", start)
            x = tap("resid_cross", x + tap("cross_out", self.dropout(y)))
        y = self.mlp(self.norm_mlp(x, tap / "norm_mlp"), tap / "mlp")
        return tap("resid_post", x + tap("mlp_out", self.dropout(y)))


class Stack(nn.Module):
    """Positions, blocks, final norm: an encoder or a decoder."""

    def __init__(self, c: Config, crosses: bool = False):
        super().__init__()
        self.pos_embed = nn.Embedding(c.n_ctx, c.d_model) if c.positions == "learned" else None
        self.blocks = nn.ModuleList(Block(c, crosses) for _ in range(c.n_layers))
        self.norm = Norm(c.d_model)
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
        return self.norm(x, tap / "norm")


class Transformer(nn.Module):
    """An encoder reads `source`, a decoder `target`, an encoder-decoder both."""

    def __init__(self, c: Config):
        super().__init__()
        self.config = c
        self.embed = nn.Embedding(c.n_vocab, c.d_model)
        self.encoder = Stack(c) if c.kind != "decoder" else None
        self.decoder = Stack(c, crosses=c.kind == "encoder-decoder") if c.kind != "encoder" else None
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
        return tap("logits", F.linear(x, self.embed.weight))

    def read_out(self, x: Tensor) -> Tensor:
        """What a residual stream would predict as it stands: the final norm and the unembedding.
        [position, d_model] -> logits [position, n_vocab]"""
        last = self.decoder if self.decoder is not None else self.encoder
        assert last is not None
        return self.unembed(last.norm(x))

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
