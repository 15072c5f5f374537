"""A decoder that reads on: what it has read is kept as keys and values, and only what is new is run.

A causal decoder computes nothing anew for a token that stands before the new one. All that a new token asks of the
others is their keys and values (Shazeer 2019, section 2.4), so each attention's are kept and the new ones put behind
them. This is done by a tap: attention shows its new k and v, and goes on with all of them. What cross-attention reads
of the source is kept in the same way, from the first time.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .masks import Mask
from .trace import SILENT, Tap
from .transformer import Transformer


class Cache:
    """What a decoder has read so far."""

    def __init__(self, transformer: Transformer, mask: Mask, memory: Tensor | None = None):
        """memory: the encoder's output [source, d_model], of an encoder-decoder; with a beam axis before where there
        will be beams."""
        self.transformer, self.mask = transformer, mask
        self.n_read = 0
        self._memory = memory  # what cross-attention has not read yet
        self._kept: dict[str, Tensor] = {}  # "decoder.blocks.0.attn.k" -> [head, key, d_head]

    @torch.no_grad()
    def read(self, ids: Tensor, tap: Tap = SILENT) -> Tensor:
        """Read these tokens after what was read: [new] -> logits of what follows the last of them [n_vocab].

        The tap is shown what is computed of the new tokens. With beams: [beam, new] -> [beam, n_vocab]
        """
        return self.transformer.unembed(self.trunk(ids, tap)[..., -1, :])

    @torch.no_grad()
    def trunk(self, ids: Tensor, tap: Tap = SILENT) -> Tensor:
        """As read, but for the logits: what they are made of. -> [new, d_model]"""
        tap = tap.then(self._keep)
        x = self.transformer.decode(ids, self._memory, self.mask, tap=tap, start=self.n_read)
        self._memory = None if self._memory is None else self._memory[..., :0, :]
        self.n_read += ids.shape[-1]
        return x

    def take(self, beams: list[int]) -> None:
        """Go on from these beams, in this order; one may be taken several times, or left."""
        self._kept = {name: tensor[beams] for name, tensor in self._kept.items()}
        self._memory = None if self._memory is None else self._memory[beams]

    def _keep(self, name: str, tensor: Tensor) -> Tensor:
        if not name.endswith((".k", ".v")):
            return tensor
        kept = self._kept.get(name)
        self._kept[name] = tensor if kept is None else torch.cat([kept, tensor], -2)
        return self._kept[name]


def lasting(mask: Mask, begun: int, n: int) -> bool:
    """Whether what is computed of n positions, the first `begun` of them read at once and then one at a time, stays as
    it was: no query may see a key that is read after it. With another mask nothing may be kept."""
    query, key = torch.arange(n)[:, None], torch.arange(begun, n)[None, :]  # [n, n - begun]
    return begun == n or not bool((mask(query, key) & (key > query)).any())
