"""A forward pass that records, at GPT-2 small's shape, beside the peers: `.venv/bin/python scripts/bench/gpt2.py`.

Time: all in turn, in one process, over the same Transformer with torch's own scaled_dot_product_attention and nothing
recorded. Each is divided by the plain pass of its own turn, and the median of these ratios told. On a machine with
other work `--threads 1` is steadier: of two threads each waits for the slower, and of one alone the processor's time is
taken, which stands still while other work runs. Memory: how far a process grows at its
largest during one pass, less how far it grows for the plain one, each in a process of its own; Linux alone.
transformers (GPT-2 from a config, eager, output_attentions) and TransformerLens (run_with_cache) are measured where
this Python has them; nothing is installed here. A vocabulary of 256: the logits, which are not what is compared, hardly
count. Random weights.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that a Python without this project can run it

from model import attention
from model.trace import SILENT, Tap, Trace
from model.transformer import Config, Transformer

CONFIG = Config(n_vocab=256, n_ctx=1024, d_model=768, n_heads=12, n_layers=12, d_mlp=3072, positions="learned")
LENGTHS = {64: 15, 128: 11, 256: 7, 512: 5, 1024: 3}  # tokens -> rounds
KEPT = {  # ends of the names that are recorded
    "everything recorded": ("",),
    "q, k, v recorded": (".q", ".k", ".v", ".log_denominator"),
    "q, k recorded": (".q", ".k", ".log_denominator"),  # of which every pattern is made
}
ALL, SOME, LEAST = KEPT
PLAIN, EAGER, LENS = "plain", "eager", "TransformerLens"
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


def recorded(kept: tuple[str, ...], model: Transformer, ids: Tensor) -> Trace:
    trace = Trace(sites=model.sites())

    def keep(name: str, tensor: Tensor) -> Tensor:
        return trace.record(name, tensor) if name.endswith(kept) else tensor

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
    ours = {PLAIN: plain, **{name: partial(recorded, ends) for name, ends in KEPT.items()}}
    if any(name in ours for name in names):
        model = Transformer(CONFIG).eval()
        found = {name: partial(ours[name], model) for name in names if name in ours}
    for name, peer in ((EAGER, eager), (LENS, lens)):
        if name in names:
            with suppress(ImportError):
                found[name] = peer()
    return found


def seconds(work: Callable[[], object]) -> float:
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    begun = clock()
    work()
    return clock() - begun


def measure(all_passes: dict[str, Pass], n: int, rounds: int) -> None:
    ids = torch.randint(CONFIG.n_vocab, (n,))
    trace = cast(Trace, all_passes[LEAST](ids))
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

    def ratio(name: str, base: str) -> float:
        return statistics.median(one / other for one, other in zip(taken[name], taken[base], strict=True))

    told = ", ".join(f"{name} {ratio(name, PLAIN):.4f}" for name in taken if name != PLAIN)
    over = f"; everything recorded over eager {ratio(ALL, EAGER):.2f}" if EAGER in taken else ""
    print(f"{n} tokens, plain {statistics.median(taken[PLAIN]) * 1e3:.0f} ms; over plain: {told}{over}", flush=True)


def status(name: str) -> int:
    """kB, as Linux counts them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name)))


def growth(name: str, n: int) -> None:
    """Print by how many MB this process exceeds its size before a pass, at its largest during it."""
    work = passes((name,)).get(name)
    if work is None:
        raise SystemExit(ABSENT[name])
    work(torch.randint(CONFIG.n_vocab, (8,)))
    Path("/proc/self/clear_refs").write_text("5")  # the largest size begins anew
    before = status("VmRSS")
    held = work(torch.randint(CONFIG.n_vocab, (n,)))
    print((status("VmHWM") - before) / 1024, type(held).__name__)


def grown(name: str, n: int) -> float:
    command = [sys.executable, __file__, "--growth", name, str(n)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-2])


def times(lengths: list[int]) -> None:
    found = passes((PLAIN, *KEPT, EAGER, LENS))
    for name in ABSENT.keys() - found.keys():
        print(ABSENT[name])
    for n in lengths:
        measure(found, n, LENGTHS[n])


def memory() -> None:
    names = (*KEPT, EAGER, LENS)
    for n in (512, 1024):
        base = grown(PLAIN, n)
        above: dict[str, float] = {}
        for name in names:
            with suppress(subprocess.CalledProcessError):  # not there
                above[name] = grown(name, n) - base
        told = ", ".join(f"{name} {mb:.0f}" for name, mb in above.items())
        print(f"{n} tokens, MB above the plain pass ({base:.0f}): {told}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lengths", nargs="*", type=int, choices=LENGTHS, default=[*LENGTHS], help="times of these")
    parser.add_argument("--no-memory", action="store_true")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="of torch, for the times")
    parser.add_argument("--growth", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    with torch.no_grad():
        if args.growth:
            growth(args.growth[0], int(args.growth[1]))
        else:
            torch.set_num_threads(args.threads)
            print(f"torch {torch.__version__}, {args.threads} threads, load {os.getloadavg()[0]:.1f}", flush=True)
            times(args.lengths)
            if not args.no_memory:
                memory()
