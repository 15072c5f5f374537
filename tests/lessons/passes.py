"""How much of a model runs for each token that it writes."""

from __future__ import annotations

import torch

from model import zoo
from model.cache import Cache
from model.trace import Tap


def blocks_run(text: str, count: int) -> list[int]:
    """How many blocks ran for each token that was written."""
    model, ran = zoo.load("decoder"), list[int]()
    cache = Cache(model.transformer, model.transformer.native_mask)
    ids = [token.id for token in model.trace(text).tokens["target"]]
    for _ in range(count):
        seen = list[str]()

        def note(name: str, tensor: torch.Tensor, seen: list[str] = seen) -> torch.Tensor:
            if name.endswith(".resid_post"):
                seen.append(name)
            return tensor

        logits = cache.read(torch.tensor(ids[cache.n_read :]), Tap(note))
        ids.append(int(logits.argmax()))
        ran.append(len(seen))
    return ran
