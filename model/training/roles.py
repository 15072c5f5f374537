"""What the heads of a model look at, on many inputs: model/heads.py, which tells it of one, taken together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..heads import KINDS, scores
from ..lexicon import links
from ..tokenizer import Tokenizer
from ..trace import Tap, Trace
from ..transformer import Transformer
from .alignment import Linked
from .batches import Ids
from .tasks import Continue, FillIn, Task, Translate

UNIT = 20  # random tokens, shown twice: longer than any unit that is trained on


@dataclass(frozen=True)
class Roles:
    """Means over all queries of all inputs; NaN where no input can tell."""

    sites: list[str]
    heads: Tensor  # [site, head, kind]
    chance: Tensor  # [site, kind]


@torch.no_grad()
def roles(model: Transformer, tokenizer: Tokenizer, rows: Sequence[dict[str, Ids]]) -> Roles:
    sites = model.sites()
    heads, chance = torch.zeros(len(sites), model.config.n_heads, len(KINDS)), torch.zeros(len(sites), len(KINDS))
    n = torch.zeros(len(sites), len(KINDS))
    for row in rows:
        trace = Trace(sites=sites, tokens={side: tokenizer.tokens(ids) for side, ids in row.items()})
        inputs: dict[str, Any] = {side: torch.tensor(ids) for side, ids in row.items()}
        model.trunk(**inputs, tap=Tap(trace.record))
        for i, site in enumerate(sites):
            scored = scores(trace, site.name)
            heads[i] += (scored.heads * scored.n_queries).nan_to_num()
            chance[i] += (scored.chance * scored.n_queries)[0].nan_to_num()  # all heads see the same
            n[i] += scored.n_queries[0]
    return Roles([site.name for site in sites], heads / n[:, None], chance / n)


def repeats(trained: Continue, n: int) -> list[dict[str, Ids]]:
    """Random tokens shown twice, to tell induction heads by."""
    rows = trained.repeat(np.random.default_rng(1), UNIT, copies=2).inputs["target"]
    return [{"target": row} for row in rows[:n].tolist()]


def pairs(trained: Task, tokenizer: Tokenizer, n: int | None = None) -> dict[str, list[Linked]]:
    """By direction: held-out pairs, as this model reads them, with the words that translate each other. The query is
    the token that predicts the word, the one before it; but in an encoder it is the word itself."""
    id, sure = tokenizer.id, trained.material.lexicon
    linked: dict[str, list[Linked]] = {"en-zh": [], "zh-en": []}
    for pair in trained.material.valid_pairs.examples:
        if len(linked["en-zh"]) == n:
            break
        if not (found := links(list(pair[0]), list(pair[1]), sure)):
            continue
        for direction, source, target, ends in (
            ("en-zh", pair[0], pair[1], found),
            ("zh-en", pair[1], pair[0], [(j, i) for i, j in found]),
        ):
            inputs: dict[str, Ids]
            if isinstance(trained, Translate):
                inputs = {"source": [*source, id("<eos>")], "target": [id(f"<2{direction[3:]}>"), *target]}
                at = [(word, translated) for translated, word in ends]
            elif isinstance(trained, Continue):
                inputs = {"target": [id("<bos>"), *source, id("<sep>"), *target]}
                at = [(1 + len(source) + word, 1 + translated) for translated, word in ends]
            elif isinstance(trained, FillIn):
                inputs = {"source": trained.frame(source, target)}
                at = [(2 + len(source) + word, 1 + translated) for translated, word in ends]
            linked[direction].append(Linked(inputs, at))
    return linked
