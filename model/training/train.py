"""`headlight train`: a small Transformer from a folder of text, on one CPU thread.

AdamW (Loshchilov and Hutter 2019), the learning rate warmed up, then falling along a cosine; linear maps in bfloat16.
Every step is a function of the weights, the seed and the step's number, so the same command gives the same weights,
interrupted or not.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from tqdm import tqdm

from .. import recurrent
from ..lexicon import dump
from ..recurrent import Recurrent
from ..tokenizer import Tokenizer
from ..transformer import Config, Transformer
from . import births, evaluate, vocabulary
from .alignment import SHOWN, lexicon
from .births import Births
from .checkpoint import BadWeights, Network, load_state, load_weights, save_state, save_text, save_weights
from .data import BadData, Data, read
from .loss import loss_of, mean_loss
from .tasks import Kind, Task, task, validation

N_VOCAB = 8192
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.1  # of matrices; at 0.01 the scores of some heads grew to hundreds
WARM_UP = 200  # steps, or a tenth of a short run
SAVED_EVERY = 500  # steps
MEASURED = 20  # steps to find the speed
TYPICAL = 1000  # the first of them: a step like most, in the middle of a run

SHAPES: dict[Kind, dict[str, Any]] = {
    "encoder": {"d_model": 192, "n_heads": 6, "n_layers": 5, "d_mlp": 768, "dropout": 0.05}
}
TOLD = ("seed", "steps", "step", "begun", "learning_rate", "n_tokens", "seconds", "loss")


class Diverged(ArithmeticError):
    """A run that cannot go on; the message is one sentence for the person who began it."""


@dataclass
class Run:
    """A training run: all that its next step depends on, and what is told of it afterwards."""

    model: Network
    task: Task
    seed: int
    steps: int  # in all
    step: int = 0  # done
    begun: int = 0  # that its first weights had behind them, in an earlier run
    learning_rate: float = LEARNING_RATE  # the highest
    n_tokens: int = 0  # read
    seconds: float = 0.0
    loss: float = math.nan  # of the last steps, a running mean

    def __post_init__(self) -> None:
        matrices = [p for p in self.model.parameters() if p.ndim == 2]
        vectors = [p for p in self.model.parameters() if p.ndim < 2]
        self.births = births.begin(self.task)
        self.optimizer = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": vectors, "weight_decay": 0.0}],
            betas=(0.9, 0.98),
        )

    def advance(self) -> float:
        """One step -> its loss in nats a token."""
        started = time.perf_counter()
        rng = np.random.default_rng([self.seed, self.step])
        torch.manual_seed(int(rng.integers(2**63)))  # for dropout
        batch = self.task.batch(self.step, rng)
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate * rate(self.step - self.begun, self.steps - self.begun)
        loss = loss_of(self.model.train(), batch, self.task.label_smoothing)
        if not loss.isfinite():
            raise Diverged(f"The loss is no number at step {self.step}: try a lower --learning-rate.")
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        if batch.n_asked:  # a small batch of an encoder may ask for nothing
            self.loss = loss.item() if math.isnan(self.loss) else 0.98 * self.loss + 0.02 * loss.item()
        self.step += 1
        self.n_tokens += batch.n_tokens
        self.seconds += time.perf_counter() - started
        return loss.item()

    def state(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in TOLD}
        followed = asdict(self.births) if self.births else None
        weights = {"model": self.model.state_dict(), "config": asdict(self.model.config)}
        return {**weights, "optimizer": self.optimizer.state_dict(), "births": followed, **told}

    def told(self) -> dict[str, str]:
        """For the weights' metadata."""
        return {
            "seed": str(self.seed),
            "steps": str(self.step),
            "tokens": str(self.n_tokens),
            "minutes": f"{self.seconds / 60:.1f}",
            "train_loss": f"{self.loss:.3f}",
            **({"begun": str(self.begun)} if self.begun else {}),
        }

    def resume(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.births = Births(**state["births"]) if state["births"] else None
        for name in TOLD:
            setattr(self, name, state[name])


def rate(step: int, steps: int) -> float:
    """The share of the learning rate: up in a straight line, down along a cosine, to a fiftieth at the end."""
    warm_up = min(WARM_UP, max(1, steps // 10))
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up)))


def train(run: Run, out: Path, metadata: dict[str, str]) -> None:
    """Goes on to the last step, saving on the way."""
    kind = run.model.config.kind
    valid = {name: batches[len(batches) // 2 :][:2] for name, batches in validation(run.task).items()}
    with tqdm(total=run.steps, initial=run.step, desc=kind, unit="step", mininterval=1.0) as bar:
        follow(run, out, metadata)
        while run.step < run.steps:
            run.advance()
            follow(run, out, metadata)
            bar.set_postfix(loss=f"{run.loss:.3f}", refresh=False)
            bar.update()
            if run.step % SAVED_EVERY == 0 or run.step == run.steps:
                save_weights(run.model, out / f"{kind}.safetensors", {**metadata, **run.told()})
                save_state({**run.state(), **metadata}, out / f"{kind}.state.pt")  # last: from here it goes on
                losses = ", ".join(f"{name} {mean_loss(run.model, batches):.3f}" for name, batches in valid.items())
                bar.write(f"step {run.step}, {run.n_tokens:,} tokens: train {run.loss:.3f}; valid {losses}")


def follow(run: Run, out: Path, metadata: dict[str, str]) -> None:
    """Measures the head that is being born, where that is due, and keeps the weights."""
    if run.births is None or not isinstance(run.model, Transformer):
        return
    last, done = run.step == run.steps, any(moment["step"] == run.step for moment in run.births.moments)
    if (births.due(run.step) or last) and not done:
        run.births.add(run.model, run.task, run.step, run.n_tokens)
        births.save(run.births, run.model, out, {**metadata, **run.told()}, last)


def start(
    kind: Kind, tokenizer: Tokenizer, data: Data, seed: int, steps: int, shape: dict[str, Any] | None = None
) -> Run:
    """A run that begins with random weights, of another shape than the usual one if asked. Raises BadData."""
    torch.manual_seed(seed)
    config = shape or {"kind": kind, "n_vocab": len(tokenizer), **SHAPES.get(kind, {})}
    model = Recurrent(recurrent.Config(**config)) if kind in ("lstm", "rnn") else Transformer(Config(**config))
    return Run(model, task(kind, tokenizer, data, model.config), seed, steps)


def continued(weights: Path, out: Path, kind: Kind, tokenizer: Tokenizer, data: Data, seed: int, steps: int) -> Run:
    """A run that begins with these weights and counts on from their steps; `out` takes over their checkpoints. Raises
    BadData, BadWeights."""
    model, metadata = load_weights(weights)
    if model.config.kind != kind or metadata.get("tokenizer") != tokenizer.sha256:
        raise BadData(f"{weights.name} holds no {kind} that reads with the tokenizer in {out}.")
    begun = int(metadata.get("steps", 0))
    run = Run(model, task(kind, tokenizer, data, model.config), seed, begun + steps, step=begun, begun=begun)
    run.n_tokens, run.seconds = int(metadata.get("tokens", 0)), 60 * float(metadata.get("minutes", 0))
    run.births = births.taken_over(weights, begun, out) or run.births
    return run


def resumed(state: Path, kind: Kind, tokenizer: Tokenizer, data: Data) -> Run:
    """The run that was stopped, with the seed and the number of steps that it was begun with. Raises BadData."""
    if not state.exists():
        raise BadData(f"There is no run to resume: {state} is not there.")
    saved = load_state(state)
    for name, sha256 in origin(tokenizer, data).items():
        if saved[name] != sha256:
            raise BadData(f"The run in {state} was begun with another {name} and cannot go on with this.")
    run = start(kind, tokenizer, data, saved["seed"], saved["steps"], saved["config"])
    run.resume(saved)
    return run


def origin(tokenizer: Tokenizer, data: Data) -> dict[str, str]:
    """What a run is made from."""
    return {"tokenizer": tokenizer.sha256, "data": data.sha256}


def steps_in(minutes: float, kind: Kind, tokenizer: Tokenizer, data: Data) -> int:
    """How many steps this machine does in that time, from a run that is thrown away."""
    trial = start(kind, tokenizer, data, seed=0, steps=2 * TYPICAL)
    trial.step = TYPICAL
    trial.advance()  # the first is slower
    trial.seconds = 0.0
    for _ in range(MEASURED):
        trial.advance()
    return max(1, int(minutes * 60 * MEASURED / trial.seconds))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", choices=get_args(Kind), required=True)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help=".txt: texts, .tsv: pairs")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the weights are written")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=positive, help="as many steps as fit, from the speed of the first few")
    length.add_argument("--steps", type=whole)
    length.add_argument("--resume", action="store_true", help="go on with the run that was stopped in --out")
    parser.add_argument("--from", type=Path, metavar="FILE", dest="begin", help="weights to begin with")
    parser.add_argument("--learning-rate", type=positive, default=LEARNING_RATE, help="(default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)


def positive(text: str) -> float:
    if not 0 < (number := float(text)) < math.inf:
        raise ValueError(text)
    return number


def whole(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


def run(args: argparse.Namespace) -> int:
    """Exit status: 0, or 2 with one sentence on why nothing can be trained."""
    torch.set_num_threads(args.threads)
    try:
        data = read(args.data)
        args.out.mkdir(parents=True, exist_ok=True)
        tokenizer = tokenizer_in(args.out, data, args.begin)
        state = args.out / f"{args.kind}.state.pt"
        if args.resume:
            current = resumed(state, args.kind, tokenizer, data)
        else:
            steps = args.steps or steps_in(args.minutes, args.kind, tokenizer, data)
            what = args.kind, tokenizer, data, args.seed, steps
            current = continued(args.begin, args.out, *what) if args.begin else start(*what)
            current.learning_rate = args.learning_rate
        machine = {"threads": str(args.threads), "cores": str(os.cpu_count())}
        train(current, args.out, {**origin(tokenizer, data), **machine})
    except (BadData, BadWeights, Diverged) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    if data.train.pairs:
        shown = lexicon(current.task.material.pairs.examples, tokenizer, SHOWN)
        save_text(dump(shown, tokenizer), args.out / "lexicon.json")
    print("Measuring what it can do …", flush=True)
    evaluate.write_card(args.out / f"{args.kind}.safetensors", tokenizer, data, read(args.data, "test"))
    state.unlink()
    return 0


def tokenizer_in(out: Path, data: Data, begin: Path | None) -> Tokenizer:
    """The folder's own; where there is none it is that of the weights to begin with, or is made, so that all models in
    a folder share one."""
    path = out / "tokenizer.json"
    if begin and not path.exists():
        if not begin.with_name(path.name).exists():
            raise BadData(f"There is no {path.name} beside {begin}: weights are read with their own.")
        shutil.copyfile(begin.with_name(path.name), path)
    if not path.exists():
        pairs = [text for pair in data.train.pairs for text in pair]
        vocabulary.train([*data.train, *pairs * 4], N_VOCAB).save(path)  # pairs count five times
    return Tokenizer.load(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    sys.exit(run(parser.parse_args()))
