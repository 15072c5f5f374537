"""What recording costs: `.venv/bin/python scripts/bench/forward.py`.

Time: a forward pass that records everything over the same pass silent, alternating in one run, at each model's longest
input. Memory: how far the process grows while it records, over how far it grows while it also holds every pattern, each
in a process of its own. Bytes: the trace of a sentence of 16 tokens as the server sends it.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch

from app.answers import Answers
from app.schemas import TraceRequest
from app.settings import Settings
from app.wire import SAFETENSORS
from model import zoo
from model.trace import SILENT, Tap, Trace
from model.transformer import Config, Transformer

SIXTEEN = "The old man and his dog went to the sea to catch a fish."
LONG = 2048  # tokens, for memory: a model of the decoder's shape, which reads no more than 256
ROUNDS = 31


@torch.no_grad()
def times(model: Transformer, inputs: dict[str, torch.Tensor]) -> tuple[float, float]:
    """Median seconds of a silent pass and of one that records, taken in turn."""
    taken: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(2 * ROUNDS):
        recording = turn % 2 == 1
        begun = time.perf_counter()
        model(**inputs, tap=Tap(Trace().record) if recording else SILENT)
        taken[recording].append(time.perf_counter() - begun)
    return statistics.median(taken[False][3:]), statistics.median(taken[True][3:])


@torch.no_grad()
def growth(n: int, patterns: bool) -> None:
    """Print by how many MB the largest size of this process exceeds its size before the run."""
    model = Transformer(Config(n_vocab=8192, n_ctx=n)).eval()
    ids = torch.randint(8192, (n,))
    model(target=ids[:8])
    before = status("VmRSS")
    trace = Trace(sites=model.sites())
    model(target=ids, tap=Tap(trace.record))
    held = [trace.pattern(site.name) for site in trace.sites] if patterns else []
    print((status("VmHWM") - before) / 1024, len(held))


def status(name: str) -> int:
    """kB, as Linux counts them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name)))


def grown(n: int, patterns: bool) -> float:
    command = [sys.executable, __file__, "--growth", str(n), *(["--patterns"] if patterns else [])]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[0])


def main() -> None:
    for id in zoo.trained():
        model = zoo.load(id)
        n = model.transformer.config.n_ctx
        ids = torch.randint(300, 8000, (n,))
        sides = {"encoder": ["source"], "decoder": ["target"]}.get(model.kind, ["source", "target"])
        silent, recording = times(model.transformer, {side: ids for side in sides})
        print(f"{id}, {n} tokens: recording takes {recording / silent:.3f} of a silent pass ({silent * 1e3:.1f} ms)")
    for n in (256, LONG):
        small, large = (statistics.median(grown(n, patterns) for _ in range(3)) for patterns in (False, True))
        print(f"memory, {n} tokens, 4 x 4 heads: recorded {small:.0f} MB, all patterns held as well {large:.0f} MB")
    answers = Answers(Settings())
    for names in (None, ["*.q", "*.k", "*.v", "*.z", "*.log_denominator"]):
        request = TraceRequest(model="decoder", text=SIXTEEN, names=names)
        n = len(zoo.load("decoder").tokens(SIXTEEN)["target"])
        bytes_ = len(answers.trace(request, SAFETENSORS).body)
        print(f"trace of {n} tokens, {'all that is stored' if names is None else 'as the page asks'}: {bytes_:,} bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--growth", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--patterns", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    growth(args.growth, args.patterns) if args.growth else main()
