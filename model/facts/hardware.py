"""What the lesson on hardware says beside its figures: arithmetic of one block, and what the training of three models
of one size took."""

from __future__ import annotations

from .. import beside
from . import fact

MLP_WIDTH = 4  # times d_model (Vaswani et al. 2017, section 3.3)
UNITS = {"MiB": 2**20, "GiB": 2**30}


@fact
def flops(part: str, n: str, d_model: str) -> int:
    """Multiplications and additions of the matrix products of one block at n tokens, [a, b] @ [b, c] being 2abc:
    `projections` (Q, K, V, output), `mlp`, `matrix` (scores and their weighted sum), `rest` (all but the matrix) or
    `whole`."""
    tokens, d = int(n), int(d_model)
    projections, mlp, matrix = 8 * tokens * d * d, 4 * tokens * d * MLP_WIDTH * d, 4 * tokens**2 * d
    parts = {"projections": projections, "mlp": mlp, "matrix": matrix}
    rest = projections + mlp
    return {**parts, "rest": rest, "whole": rest + matrix}[part]


@fact
def grows(part: str, n: str, d_model: str, times: str = "2") -> float:
    """How much more it costs at so many times the tokens."""
    return flops(part, str(int(times) * int(n)), d_model) / flops(part, n, d_model)


@fact
def crossover(d_model: str) -> int:
    """From how many tokens on the attention matrix costs as much as all the rest: 4 n^2 d = 24 n d^2."""
    return flops("rest", "1", d_model) // flops("matrix", "1", d_model)


@fact
def matrix_share(n: str, d_model: str) -> float:
    return flops("matrix", n, d_model) / flops("whole", n, d_model)


@fact
def score_size(n: str, unit: str = "MiB", bytes: str = "2") -> float:
    """What the scores of one head take at n tokens."""
    return int(bytes) * int(n) ** 2 / UNITS[unit]


@fact
def score_sizes(lengths: str, unit: str = "MiB") -> list[float]:
    """The same for several lengths, "1024,2048,4096"."""
    return [score_size(n, unit) for n in lengths.split(",")]


@fact
def passes(written: str) -> int:
    """Forward passes in turn that a decoder needs to write so many tokens: one each."""
    return int(written)


@fact
def trained(what: str, net: str) -> float | int:
    """Of one of the three models: `parameters`, `steps`, `tokens` read, `cpu_ms`, what a step of training takes of its
    thread's own time, or its last `loss` on text that was not trained on, in nats a token."""
    curves = beside.curves()
    if what in ("loss", "cpu_ms"):
        return float(curves[net][-1]["valid"] if what == "loss" else curves["cpu_ms"][net])
    told: float | int = beside.load().info(net)[what]
    return told


@fact
def trained_ratio(what: str, net: str, to: str = "transformer") -> float:
    return trained(what, net) / trained(what, to)
