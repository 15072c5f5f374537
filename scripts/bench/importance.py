"""What it costs to ask which heads matter: `.venv/bin/python scripts/bench/importance.py`.

Every head is edited once, as batches (what /api/importance does), and by one run a head (what a client of /api/trace
would do; of these the passes alone are taken, nothing recorded and nothing sent). The two take turns in one process;
the medians, and their ratio. `wait`: the longest batch, which is how long another request may wait behind it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch

from model import zoo
from model.edits import tap
from model.importance import effects, predicted
from model.trace import Trace

TEXTS = {"one sentence": "The old man and his dog went to the sea to catch a fish.", "the longest": " the" * 250}
ROUNDS = 5


@torch.no_grad()
def one_by_one(model: zoo.Model, trace: Trace, position: int, token: int) -> list[float]:
    """The log of the token's probability after each head's edit."""
    found = []
    for site in trace.sites:
        for head in range(site.n_heads):
            request = {**trace.request, "edits": [{"zero": site.name, "head": head}]}
            logits = model.transformer(**model.sides(trace), tap=tap(Trace(sites=trace.sites, request=request)))
            found.append(float(logits[position].log_softmax(-1)[token]))
    return found


def batched(model: zoo.Model, trace: Trace, position: int, token: int) -> tuple[list[float], float]:
    """The same, and the seconds of the longest batch."""
    found, longest, begun = [], 0.0, time.perf_counter()
    for batch in effects(model, trace, position, token, "zero"):
        found += [effect.log_probability for effect in batch]
        longest, begun = max(longest, time.perf_counter() - begun), time.perf_counter()
    return found, longest


def timed(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def main() -> None:
    for id in zoo.trained():
        model = zoo.load(id)
        for what, text in TEXTS.items():
            trace = model.trace(text, target=text if model.kind == "encoder-decoder" else None)
            asked = (model, trace, 3, predicted(model, trace, 3, None)[0])
            apart = max(abs(a - b) for a, b in zip(one_by_one(*asked), batched(*asked)[0], strict=True))
            turns = [(timed(lambda: one_by_one(*asked)), timed(lambda: batched(*asked))) for _ in range(ROUNDS)]  # noqa: B023
            alone, together = (statistics.median(times) for times in zip(*turns, strict=True))
            print(
                f"{id}, {what} ({max(map(len, trace.tokens.values()))} tokens), {sum(s.n_heads for s in trace.sites)} "
                f"heads: batches take {together / alone:.2f} of one by one ({together * 1e3:.0f} of {alone * 1e3:.0f} "
                f"ms), wait {batched(*asked)[1] * 1e3:.0f} ms, log probabilities apart by {apart:.1e}"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="of torch")
    torch.set_num_threads(parser.parse_args().threads)
    main()
