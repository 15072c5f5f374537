"""The birth of a head: how much each head is of the kind that a task gives rise to, measured again and again while
the model is trained, and the weights of the moments that show it, kept for the page.

An induction head appears at once (Olsson et al. 2022), so early moments are close together. Of all the weights those
are kept that lie evenly along the rise.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..heads import KINDS
from ..transformer import Transformer
from .alignment import aligned
from .checkpoint import save_text, save_weights
from .roles import pairs, repeats, roles
from .tasks import Continue, Kind, Remember, Task, Translate

KEPT: dict[Kind, int] = {"decoder": 10, "encoder-decoder": 5}  # in the end, the finished weights among them
HELD = 60  # on the way
N_REPEATS, N_PAIRS = 12, 40  # that are measured on; of pairs in each direction


@dataclass
class Births:
    """The curve of a run: one kind of head, at all sites where it could be."""

    kind: str  # "induction" or "alignment"
    sites: list[str] = field(default_factory=list)
    chance: float = 0.0
    moments: list[dict[str, Any]] = field(default_factory=list)  # step, tokens, scores [site][head]
    checkpoints: list[int] = field(default_factory=list)  # the steps whose weights are there

    def add(self, model: Transformer, trained: Task, step: int, n_tokens: int) -> None:
        """One moment more."""
        self.sites, scores, chance = measured(model, trained)
        self.chance = rounded(chance)
        self.moments.append({"step": step, "tokens": n_tokens, "scores": rounded(scores)})
        self.checkpoints.append(step)

    def choose(self, n: int) -> list[int]:
        """n of the checkpoints: the first, the last, and between them evenly by how far the head has come."""
        at = {moment["step"]: np.ravel(moment["scores"]) for moment in self.moments}
        steps, scores = np.array(self.checkpoints), np.array([at[step] for step in self.checkpoints])
        risen = np.maximum.accumulate(scores[:, scores[-1].argmax()])
        passed = np.log1p(steps / 200)  # early steps change more than late ones
        progress = 0.7 * risen / max(risen[-1], 1e-9) + 0.3 * passed / passed[-1]
        between, chosen = list(range(1, len(steps) - 1)), [0, len(steps) - 1]
        for wanted in np.linspace(progress[0], progress[-1], n)[1:-1]:
            if between:
                chosen.append(between.pop(int(np.abs(progress[between] - wanted).argmin())))
        return [int(steps[i]) for i in sorted(chosen)]


def due(step: int) -> bool:
    """Whether to measure after this many steps."""
    return step % (10 if step <= 1000 else 100 if step <= 3000 else 500) == 0


def begin(trained: Task) -> Births | None:
    """An empty curve; None for a task that gives rise to no head that is followed."""
    if isinstance(trained, Continue) and not isinstance(trained, Remember):
        return Births("induction")
    linked = isinstance(trained, Translate) and pairs(trained, trained.material.tokenizer, 1)["en-zh"]
    return Births("alignment") if linked else None


def measured(model: Transformer, trained: Task) -> tuple[list[str], Tensor, Tensor]:
    """The sites, the score of every head [site, head], and chance []"""
    model.eval()
    if isinstance(trained, Continue):
        found = roles(model, trained.material.tokenizer, repeats(trained, N_REPEATS))
        kind = list(KINDS).index("induction")
        return found.sites, found.heads[..., kind], found.chance[0, kind]
    sites = [site.name for site in model.sites() if site.query != site.key]
    both = pairs(trained, trained.material.tokenizer, N_PAIRS)
    found_by_site = aligned(model, [*both["en-zh"], *both["zh-en"]], sites)
    weights = torch.stack([found_by_site[site].weight for site in sites])
    return sites, weights, torch.tensor(found_by_site[sites[0]].chance)


def rounded(scores: Tensor) -> Any:
    """As JSON has them, to four places."""
    return np.round(scores.double().numpy(), 4).tolist()


def taken_over(weights: Path, steps: int, out: Path) -> Births | None:
    """The curve beside weights that had these steps behind them; its checkpoints are copied to `out`, and they too."""
    name = weights.stem
    curve = weights.with_name(f"{name}.births.json")
    if not curve.exists():
        return None
    earlier, folder = weights.with_name(f"{name}.checkpoints"), out / f"{name}.checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    if earlier.exists() and not earlier.samefile(folder):
        shutil.copytree(earlier, folder, dirs_exist_ok=True)
    shutil.copyfile(weights, folder / f"{steps}.safetensors")
    return Births(**json.loads(curve.read_text(encoding="utf-8")))


def save(births: Births, model: Transformer, out: Path, metadata: dict[str, str], last: bool) -> None:
    """The weights of the latest moment, and the curve; weights that are not wanted any more go. The last are those of
    the finished model, which has a file of its own."""
    kind, step = model.config.kind, births.checkpoints[-1]
    folder = out / f"{kind}.checkpoints"
    folder.mkdir(exist_ok=True)
    if not last:
        save_weights(model, folder / f"{step}.safetensors", metadata)
    n = KEPT[kind] if last else HELD
    chosen = births.choose(n) if len(births.checkpoints) > n else births.checkpoints
    births.checkpoints = chosen
    save_text(json.dumps(asdict(births)), out / f"{kind}.births.json")
    kept = {f"{step}.safetensors" for step in chosen}
    for file in folder.glob("*.safetensors"):  # those of an earlier run too
        if file.name not in kept:
            file.unlink()
