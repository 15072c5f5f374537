"""A forward pass that records, at GPT-2 small's shape, beside the peers: `.venv/bin/python scripts/bench/gpt2.py`.

Time: all in turn, in one process, over the same Transformer with torch's own scaled_dot_product_attention and nothing
recorded. Memory: how far a process grows at its largest during one pass, less how far it grows for the plain one, each
in a process of its own; Linux alone. transformers (GPT-2 from a config, eager, output_attentions) and TransformerLens
(run_with_cache) are measured where this Python has them; nothing is installed here. A vocabulary of 256: the logits,
which are not what is compared, hardly count. Random weights.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that a Python without this project can run it

from model import attention
from model.trace import SILENT, Tap, Trace
from model.transformer import Config, Transformer

CONFIG = Config(n_vocab=256, n_ctx=1024, d_model=768, n_heads=12, n_layers=12, d_mlp=3072, positions="learned")
LENGTHS = {64: 9, 128: 7, 256: 5, 512: 3, 1024: 3}  # tokens -> rounds
KEPT = ("q", "k", "v", "log_denominator")  # from which every pattern is worked out
PLAIN, ALL, SOME, EAGER, LENS = "plain", "everything recorded", "q, k, v recorded", "eager", "TransformerLens"
ABSENT = {
    EAGER: "transformers is not there: pip install transformers==5.23.0, in an environment with torch",
    LENS: "TransformerLens is not there: pip install torch==2.13.0 transformer_lens, in an environment of its own, "
    "whose python then runs this script",
}

Pass = Callable[[Tensor], object]


def sdpa(q: Tensor, k: Tensor, v: Tensor, *_: Any, start: int = 0) -> tuple[Tensor, Tensor]:
    """In the place of attention.attend, for a causal mask."""
    return F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0], q[..., 0]


def plain(model: Transformer, ids: Tensor) -> Tensor:
    ours = attention.attend
    attention.attend = sdpa  # type: ignore[assignment]
    try:
        return model(target=ids, tap=SILENT)  # type: ignore[no-any-return]
    finally:
        attention.attend = ours


def recorded(model: Transformer, ids: Tensor) -> Trace:
    trace = Trace(sites=model.sites())
    model(target=ids, tap=Tap(trace.record))
    return trace


def some_recorded(model: Transformer, ids: Tensor) -> Trace:
    trace = Trace(sites=model.sites())

    def keep(name: str, tensor: Tensor) -> Tensor:
        return trace.record(name, tensor) if name.endswith(KEPT) else tensor

    model(target=ids, tap=Tap(keep))
    return trace


def shape() -> Any:
    """Raises ImportError."""
    from transformers import GPT2Config

    c = CONFIG
    return GPT2Config(
        vocab_size=c.n_vocab, n_positions=c.n_ctx, n_embd=c.d_model, n_layer=c.n_layers, n_head=c.n_heads,
        activation_function="gelu", attn_implementation="eager", bos_token_id=0, eos_token_id=0,
    )  # fmt: skip


def eager() -> Pass:
    """Raises ImportError."""
    from transformers import GPT2Model

    model = GPT2Model(shape()).eval()
    return lambda ids: model(ids[None], output_attentions=True, use_cache=False)


def lens() -> Pass:
    """TransformerLens 4: its bridge around transformers' GPT-2. Raises ImportError."""
    from transformer_lens.model_bridge.sources._bridge_builder import build_bridge_from_module
    from transformers import GPT2LMHeadModel

    config = shape()
    model = GPT2LMHeadModel(config).eval()
    bridge = build_bridge_from_module(model, "GPT2LMHeadModel", hf_config=config)
    return lambda ids: bridge.run_with_cache(ids[None])


def passes(names: tuple[str, ...]) -> dict[str, Pass]:
    """Those of these that there are."""
    torch.manual_seed(0)
    found: dict[str, Pass] = {}
    ours = {PLAIN: plain, ALL: recorded, SOME: some_recorded}
    if any(name in ours for name in names):
        model = Transformer(CONFIG).eval()
        found = {name: partial(ours[name], model) for name in names if name in ours}
    for name, peer in ((EAGER, eager), (LENS, lens)):
        if name in names:
            with suppress(ImportError):
                found[name] = peer()
    return found


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(all_passes: dict[str, Pass], n: int, rounds: int) -> None:
    ids = torch.randint(CONFIG.n_vocab, (n,))
    trace = some_recorded(all_passes[SOME].args[0], ids)  # type: ignore[attr-defined]
    sites = [site.name for site in trace.sites]
    works: dict[str, Callable[[], object]] = {name: partial(one, ids) for name, one in all_passes.items()}
    works["one head"] = lambda: trace.pattern(sites[5], [3])
    works["all thumbnails"] = lambda: [trace.thumbnails(site) for site in sites]
    taken: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            spent = seconds(work)
            if turn:
                taken[name].append(spent)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    told = ", ".join(f"{name} {median / medians[PLAIN]:.4f}" for name, median in medians.items() if name != PLAIN)
    over = f"; everything recorded over eager {medians[ALL] / medians[EAGER]:.2f}" if EAGER in medians else ""
    print(f"{n} tokens, plain {medians[PLAIN] * 1e3:.0f} ms; over plain: {told}{over}", flush=True)


def status(name: str) -> int:
    """kB, as Linux counts them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name)))


def growth(name: str, n: int) -> None:
    """Print by how many MB this process exceeds its size before a pass, at its largest during it."""
    (work,) = passes((name,)).values()
    work(torch.randint(CONFIG.n_vocab, (8,)))
    Path("/proc/self/clear_refs").write_text("5")  # the largest size begins anew
    before = status("VmRSS")
    held = work(torch.randint(CONFIG.n_vocab, (n,)))
    print((status("VmHWM") - before) / 1024, type(held).__name__)


def grown(name: str, n: int) -> float:
    command = [sys.executable, __file__, "--growth", name, str(n)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-2])


def main() -> None:
    found = passes((PLAIN, ALL, SOME, EAGER, LENS))
    for name in ABSENT.keys() - found.keys():
        print(ABSENT[name])
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    for n, rounds in LENGTHS.items():
        measure(found, n, rounds)
    names = list(found)
    del found  # its memory, for the processes that follow
    for n in (512, 1024):
        base = grown(PLAIN, n)
        above = {name: grown(name, n) - base for name in names if name != PLAIN}
        told = ", ".join(f"{name} {mb:.0f}" for name, mb in above.items())
        print(f"{n} tokens, MB above the plain pass ({base:.0f}): {told}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--growth", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    with torch.no_grad():
        growth(args.growth[0], int(args.growth[1])) if args.growth else main()
