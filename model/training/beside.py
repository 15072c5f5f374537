"""Three language models of one size, beside one another: an RNN, an LSTM and a Transformer, trained on the same
batches in the same order with the same optimizer.

    python -m model.training.beside --data FOLDER --out FOLDER --steps 3000

What differs is the model alone, and the first weights, which are the usual ones of its kind (see `begun`).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from .. import recurrent
from ..recurrent import Recurrent
from ..tokenizer import Tokenizer
from ..transformer import Config, Transformer
from . import beside_card
from .batches import Batch
from .beside_card import TIMED
from .checkpoint import Network, save_text, save_weights
from .data import BadData, read
from .loss import mean_loss
from .tasks import Material, ReadOn, Task, validation
from .train import Run, origin, whole

NAMES = ("rnn", "lstm", "transformer")
N_CTX = 256
D_MODEL = 64
HELD_OUT = 500  # tokens of each set
EMBEDDED = 0.08  # the size of a recurrent network's first embeddings
LEARNING_RATE = 1.5e-3
MEASURED = 16  # times, at most, that the loss is measured on the way: the further, the further apart


def build(name: str, n_vocab: int) -> Network:
    """The model of this name with random weights; all have as many parameters to a hundredth."""
    if name == "transformer":
        return Transformer(Config("decoder", n_vocab, N_CTX, D_MODEL, n_heads=4, n_layers=3, d_mlp=4 * D_MODEL))
    kind: recurrent.Kind = "lstm" if name == "lstm" else "rnn"
    return begun(Recurrent(recurrent.Config(kind, n_vocab, N_CTX, D_MODEL, d_hidden={"rnn": 200, "lstm": 98}[kind])))


@torch.no_grad()
def begun(net: Recurrent) -> Recurrent:
    """With first weights from which it learns: handing on keeps lengths (an orthogonal matrix; Saxe et al. 2013), and
    what is read comes in at about the size of 1. From torch's own an RNN was still guessing by frequency alone after
    900,000 tokens. A Transformer needs no such care: its norms see to that."""
    net.embed.weight.mul_(EMBEDDED / net.embed.weight.std())
    for i, layer in enumerate(net.layers):
        reads, hands_on = layer.get_parameter("weight_ih_l0"), layer.get_parameter("weight_hh_l0")
        reads.normal_(std=reads.shape[1] ** -0.5 * (1 if i else 0.8 / EMBEDDED))
        for gate in hands_on.split(net.config.d_hidden):
            torch.nn.init.orthogonal_(gate)
    return net


def held_out(task: Task) -> list[Batch]:
    """What the loss is measured on: some rows from the middle of each set that is not trained on."""
    return [some(batches[len(batches) // 2]) for batches in validation(task).values()]


def some(batch: Batch) -> Batch:
    """Its first rows, some HELD_OUT tokens of them."""
    n = max(1, HELD_OUT // batch.labels.shape[1])
    return Batch({"target": batch.inputs["target"][:n]}, batch.labels[:n])


def moments(steps: int) -> list[int]:
    """The steps after which the loss is measured, the first and the last among them, evenly on a log scale."""
    between = (round(10 * (steps / 10) ** (i / (MEASURED - 1))) for i in range(MEASURED))
    return sorted({0, steps, *(moment for moment in between if moment < steps)})


def train(run: Run, batches: list[Batch], name: str) -> list[dict[str, Any]]:
    """Goes to the last step -> the curve: at each moment the steps, tokens read and seconds of training steps, the
    mean training loss since the moment before (null at the start) and the loss on `batches`, in nats a token."""
    curve = []
    with tqdm(total=run.steps, desc=name, unit="step", mininterval=5.0) as bar:
        for moment in moments(run.steps):
            losses = []
            while run.step < moment:
                losses.append(run.advance())
                bar.update()
            point = {"step": run.step, "tokens": run.n_tokens, "seconds": round(run.seconds, 1)}
            trained = round(sum(losses) / len(losses), 4) if losses else None
            curve.append({**point, "train": trained, "valid": round(mean_loss(run.model, batches), 4)})
            bar.set_postfix(curve[-1])
    return curve


def made(name: str, task: Task, out: Path, seed: int, steps: int, metadata: dict[str, str]) -> None:
    """Trains the model of this name and writes its weights, and its curve into curves.json beside them."""
    torch.manual_seed(seed)
    model = build(name, len(task.material.tokenizer))
    run, batches = Run(model, task, seed, steps, learning_rate=LEARNING_RATE), held_out(task)
    curve = train(run, batches, name)
    machine = {"threads": str(torch.get_num_threads()), "cores": str(os.cpu_count())}
    save_weights(model, out / f"{name}.safetensors", {**metadata, **machine, **run.told()})
    note(out, held_out_tokens=sum(batch.n_asked for batch in batches), **{name: curve})


def note(out: Path, **told: Any) -> None:
    """Puts this into curves.json."""
    path = out / "curves.json"
    curves = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    save_text(json.dumps({**curves, **told}, indent=1) + "\n", path)


def cpu_of_a_step(task: Task, seed: int) -> dict[str, float]:
    """What a step of training takes of the thread's own time, in ms by name: other work of the machine counts little.
    The median of TIMED steps, all models on the same batches, turn by turn."""
    runs = {name: Run(build(name, len(task.material.tokenizer)), task, seed, 2 * TIMED) for name in NAMES}
    took: dict[str, list[float]] = {name: [] for name in NAMES}
    for _ in range(1 + TIMED):
        for name, run in runs.items():
            begun = time.thread_time()
            run.advance()
            took[name].append(1000 * (time.thread_time() - begun))
    return {name: round(statistics.median(each[1:]), 1) for name, each in took.items()}  # the first is slower


def main() -> int:
    """Exit status: 0, or 2 with one sentence on why nothing can be trained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="has the tokenizer.json")
    parser.add_argument("--steps", type=whole, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=NAMES, help="one of the three (default: one after the other)")
    args = parser.parse_args()
    torch.set_num_threads(1)
    try:
        data = read(args.data)
    except BadData as refusal:
        print(refusal, file=sys.stderr)
        return 2
    tokenizer = Tokenizer.load(args.out / "tokenizer.json")
    task = ReadOn(Material(tokenizer, data, N_CTX))
    for name in [args.only] if args.only else NAMES:
        made(name, task, args.out, args.seed, args.steps, origin(tokenizer, data))
    note(args.out, cpu_ms=cpu_of_a_step(task, args.seed))
    if all((args.out / f"{name}.safetensors").exists() for name in NAMES):
        command = f"python -m model.training.beside --data FOLDER --out FOLDER --steps {args.steps}"
        beside_card.write(args.out, command)
    return 0


if __name__ == "__main__":
    sys.exit(main())
