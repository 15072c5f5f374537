"""The attention of real models: what transformers' AttentionInterface calls in place of its own.

It is given q (after rotary positions and norms of its own), k, v, the mask and the scale of every attention, shows them
to the tap of the run and computes the attention as our own models do, with no n x n matrix of any head. Its run stands
in a context variable, so that runs of one model at the same time stay apart.
"""

from __future__ import annotations

import contextvars
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from .attention import Form, attend, concat
from .masks import Bidirectional, Causal, Mask, Window, recognised
from .trace import Tap


@dataclass(frozen=True)
class Call:
    """What an attention was called with, and what came of it."""

    module: nn.Module
    n_heads: int
    n_kv_heads: int
    mask: Mask
    scale: float
    softcap: float | None
    sinks: bool
    relative_bias: bool
    n_key: int
    z: Tensor  # [query, heads side by side]: not yet through W_o


@dataclass
class Run:
    """One forward pass: what it is shown to, and how far it has come."""

    tap: Tap
    sites: dict[int, list[str]] = field(default_factory=dict)  # id of an attention -> its sites; in a dry run none
    masks: dict[str, Mask] = field(default_factory=dict)  # site -> what the model is known to let it see
    calls: Counter[int] = field(default_factory=Counter)  # of each attention's module
    blocks: Counter[str] = field(default_factory=Counter)  # of each stack that were left
    at: str = ""  # the site whose z has not been through W_o yet
    seen: list[Call] = field(default_factory=list)  # of a dry run
    rules: dict[int, tuple[Tensor, Mask]] = field(default_factory=dict)  # the masks that were met
    windows: bool = False  # whether a batch is a picture's windows, and a mask may add any numbers to scores
    instead: Tensor | None = None  # what stands for all that blocks return: they are passed over
    trunk: bool = False  # whether it ends before the unembedding, which reads the last position alone
    final: Tensor | None = None  # what the unembedding is given then [position, d_model]
    start: int = 0  # where the first query stands: before it lies what was read
    keys: Counter[str] = field(default_factory=Counter)  # of each site that were read before, and are given again
    beams: bool = False  # whether a batch is beams, which have read equally much
    tables: bool = False  # whether a bias by distance is a table of its distances (bias_tables.py)


OTHER = "the model's mask is not the one that it was known by"

_run: contextvars.ContextVar[Run | None] = contextvars.ContextVar("run", default=None)


@contextmanager
def running(run: Run) -> Iterator[Run]:
    token = _run.set(run)
    try:
        yield run
    finally:
        _run.reset(token)


def current() -> Run | None:
    """The run under way, where its sites are known and its streams are shown."""
    run = _run.get()
    return run if run is not None and run.sites and not run.beams else None


def instead() -> Tensor | None:
    run = _run.get()
    return None if run is None else run.instead


def tabled() -> bool:
    run = _run.get()
    return run is not None and run.tables


def attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    position_bias: Tensor | None = None,
    softcap: float | None = None,
    s_aux: Tensor | None = None,
    sliding_window: int | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """[1, head, query, d_head], [1, kv_head, key, d_head] -> [1, query, head, d_head]; computed in float32. Beams are a
    batch, all of it at once.

    Raises ValueError for what the names of a trace cannot say: a batch, a mask that is no rule, a bias that is not one
    of distance.
    """
    run = _run.get()
    if run is None or not (len(query) == 1 or run.windows or run.beams):
        raise ValueError("this attention computes one sequence at a time, in a run")
    if len(query) > 1 and not run.beams:
        one = partial(attention, module, scaling=scaling, softcap=softcap, s_aux=s_aux, sliding_window=sliding_window)
        n, mask = len(query), attention_mask
        masks = [None] * n if mask is None else mask.expand(n, -1, -1, -1).split(1)
        windows = zip(query.split(1), key.split(1), value.split(1), masks, strict=True)
        return torch.cat([one(*window)[0] for window in windows]), None
    q, k, v = ((x if run.beams else x[0]).float() for x in (query, key, value))
    added = adds(attention_mask, len(q), k.shape[-2]) if run.windows else None
    given = attention_mask if added is None else None
    bias = None
    if position_bias is not None and position_bias.any():  # T5's cross-attention has zeros
        bias = by_distance(position_bias[0].float(), q.shape[-2], k.shape[-2])
    scale = float(q.shape[-1] ** -0.5 if scaling is None else scaling)
    sinks = None if s_aux is None else s_aux.reshape(-1).float()
    tap = run.tap
    if run.sites:
        run.at = run.sites[id(module)][run.calls[id(module)]]
        run.calls[id(module)] += 1
        tap = tap / run.at
    native = seen(run, given, sliding_window, q.shape[-2], k.shape[-2])
    n_kept = run.keys[run.at] if run.sites else 0
    q, k, v = tap("q", q), grown(tap, "k", k, n_kept), grown(tap, "v", v, n_kept)
    run.keys[run.at] = k.shape[-2]
    bias = None if bias is None else nn.functional.pad(tap("relative_bias", bias), (0, run.start))
    added = None if added is None else tap("pair_bias", added)
    form = Form(scale, softcap, bias, added)
    z, log_denominator = attend(q, k, v, tap.mask(native), form, start=run.start, sinks=sinks)
    tap("log_denominator", log_denominator)
    z = tap("z", z)
    if not run.sites:
        run.seen.append(
            Call(
                module, len(q), len(k), native, scale, softcap, sinks is not None, bias is not None,
                n_key=k.shape[-2], z=concat(z),
            )
        )  # fmt: skip
    z = z.to(query.dtype).transpose(-3, -2)
    return z if run.beams else z[None], None


def adds(given: Tensor | None, n_heads: int, n_key: int) -> Tensor | None:
    """What a mask [1, 1 or head, query, key] adds to scores, [head, query, key]; None where it only hides."""
    if given is None or only_hides(given):
        return None
    return given[0, :, :, :n_key].float().expand(n_heads, -1, -1)


def only_hides(given: Tensor) -> bool:
    return given.dtype == torch.bool or bool(((given == 0) | (given <= torch.finfo(given.dtype).min / 2)).all())


def grown(tap: Tap, name: str, x: Tensor, n_kept: int) -> Tensor:
    """Keys or values [..., head, key, d_head], of which the tap is shown those that are new."""
    if not n_kept:
        return tap(name, x)
    new = x[..., n_kept:, :]
    after = tap(name, new)
    return x if after is new else torch.cat([x[..., :n_kept, :], after], -2)


def seen(run: Run, given: Tensor | None, width: int | None, n_query: int, n_key: int) -> Mask:
    """What the model lets the queries of an attention see. Raises ValueError where that is not what it is known to."""
    known = run.masks[run.at] if run.sites else None
    if known is None or not run.start:
        mask = windowed(rule(run, given, n_query, n_key), width)
        if known is not None:
            check(mask, known, n_query, n_key)
        return mask
    if id(given) not in run.rules or run.rules[id(given)][1] != known:
        query, key = torch.arange(run.start, run.start + n_query)[:, None], torch.arange(n_key)[None, :]
        if not bool((cells_of(given, n_query, n_key).cpu() == known(query, key)).all()):
            raise ValueError(OTHER)
        if given is not None:
            run.rules[id(given)] = given, known
    return known


def cells_of(given: Tensor | None, n_query: int, n_key: int) -> Tensor:
    """Which of its cells a mask [1, 1, query, key] leaves visible, the same in all beams. -> bool [query, key]"""
    if given is None:
        return torch.ones(n_query, n_key, dtype=torch.bool)
    if not torch.equal(given, given[:1].expand_as(given)):
        raise ValueError("a mask that is not the same in all beams")
    cells = given[0, 0, :, :n_key]
    if not only_hides(cells):
        raise ValueError("a mask that adds numbers to scores")
    return (cells if cells.dtype == torch.bool else cells == 0).expand(n_query, n_key)


def rule(run: Run, given: Tensor | None, n_query: int, n_key: int) -> Mask:
    """What a mask [1, 1, query, key] lets queries see: added to scores, or True where visible. Raises ValueError."""
    if given is None:
        return Bidirectional()
    if id(given) not in run.rules:
        run.rules[id(given)] = given, recognised(cells_of(given, n_query, n_key))  # kept, so that its id stays its own
    return run.rules[id(given)][1]


def windowed(mask: Mask, width: int | None) -> Mask:
    """On inputs shorter than its window a mask is told by what the attention says of it."""
    return Window(width, mask) if width is not None and isinstance(mask, (Causal, Bidirectional)) else mask


def check(given: Mask, known: Mask, n_query: int, n_key: int) -> None:
    """Raises ValueError where a model lets its queries see other than it is known to."""
    if given.spec == known.spec:
        return
    query, key = torch.arange(n_query)[:, None], torch.arange(n_key)[None, :]
    if not torch.equal(given(query, key), known(query, key)):
        raise ValueError(OTHER)


def by_distance(bias: Tensor, n_query: int, n_key: int) -> Tensor:
    """[head, query, key], the same wherever the key is as far from the query, or a table of these distances already
    [head, 1, distance] -> [head, n_query + n_key - 1]. Raises ValueError where it is not so."""
    if bias.shape[-2:] == (1, n_query + n_key - 1):
        return bias[:, 0]
    if not torch.equal(bias[:, 1:, 1:], bias[:, :-1, :-1]):  # at once: a device is slow to answer
        raise ValueError("a bias that is not one of distance")
    return torch.cat([bias[:, :, 0].flip(-1), bias[:, 0, 1:]], -1)  # from the last query and first key to the opposite
