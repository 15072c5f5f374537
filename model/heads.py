"""What kind of head is this? How much of its attention falls where a head of that kind would look, beside chance.

A kind says of every query which keys it would look at. The score of a head is the weight that it puts there, the mean
over the queries that have such a key; chance is what a head gets that looks at all visible keys alike. Only what the
sentence can show is scored: without a repeated token there is no telling an induction head.

Kinds and names after Clark et al. 2019 (section 3), Voita et al. 2019 (section 4) and Olsson et al. 2022 (section 2).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from .trace import BAND, Site, Trace


@dataclass(frozen=True)
class Tokens:
    """The two sequences of a site, as a kind needs them; in self-attention both are the same."""

    query: Tensor  # ids [query]
    key: Tensor  # ids [key]
    separators: Tensor  # bool [key]: special tokens, and those without a letter or digit
    distance: Tensor  # [query, key]: how far before the query the key stands; in self-attention alone
    translations: Tensor  # bool [query, key]: the word that the query predicts translates the key's


Looks = Callable[[Tokens], Tensor]  # -> bool [query, key]: where a head of this kind looks


@dataclass(frozen=True)
class Kind:
    title_en: str
    title_zh: str
    en: str
    zh: str
    looks: Looks | None = None  # None: it is told by how evenly it looks
    sites: Literal["self", "cross", "both"] = "self"  # where it can be told


def previous(t: Tokens) -> Tensor:
    return t.distance == 1


def following(t: Tokens) -> Tensor:
    return t.distance == -1


def same(t: Tokens) -> Tensor:
    return t.distance == 0


def first(t: Tokens) -> Tensor:
    """The first position, from any later one."""
    looked = torch.zeros(len(t.query), len(t.key), dtype=torch.bool)
    looked[:, 0] = t.distance[:, 0] > 0
    return looked


def duplicate(t: Tokens) -> Tensor:
    """The same token, where it stood before."""
    return (t.query[:, None] == t.key[None, :]) & (t.distance > 0)


def induction(t: Tokens) -> Tensor:
    """What came after the same token the last times; the token itself is no such key where it repeats at once."""
    after = torch.zeros(len(t.query), len(t.key), dtype=torch.bool)
    after[:, 1:] = duplicate(t)[:, :-1]
    return after & (t.distance > 0)


def separator(t: Tokens) -> Tensor:
    """Punctuation and special tokens, the first position aside."""
    looked = t.separators.expand(len(t.query), -1).clone()
    looked[:, 0] = False
    return looked


def translation(t: Tokens) -> Tensor:
    return t.translations


KINDS = {
    "previous": Kind(
        "previous", "前一个",
        "Looks at the token before.", "看前一个词元。",
        previous,
    ),
    "next": Kind(
        "next", "后一个",
        "Looks at the token after.", "看后一个词元。",
        following,
    ),
    "same": Kind(
        "itself", "自己",
        "Looks at the token itself.", "看词元自己。",
        same,
    ),
    "first": Kind(
        "first", "首位",
        "Looks at the first position, often for want of anything better.", "看第一个位置，常常是因为没有别的可看。",
        first, "both",
    ),
    "duplicate": Kind(
        "duplicate", "重复",
        "Looks at the same token where it stood before.", "看同一个词元上次出现的地方。",
        duplicate,
    ),
    "induction": Kind(
        "induction", "归纳",
        "Looks at what came after the same token the last time, and so can copy it.",
        "看同一个词元上次出现时后面的那个，因此能照抄。",
        induction,
    ),
    "separator": Kind(
        "separator", "标点",
        "Looks at punctuation and special tokens.", "看标点和特殊词元。",
        separator, "both",
    ),
    "alignment": Kind(
        "alignment", "对齐",
        "Looks at the translation of the word that is written next.", "看接下来要写的那个词在源句里的对应词。",
        translation, "cross",
    ),
    "broad": Kind(
        "broad", "分散",
        "Looks at all it sees nearly alike.", "对看得见的词元几乎一视同仁。",
        sites="both",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Scores:
    """Of one site, by kind, in the order of KINDS; NaN where this sentence cannot tell."""

    heads: Tensor  # [head, kind]
    chance: Tensor  # [head, kind]: the same for all heads but those with masks of their own
    n_queries: Tensor  # [head, kind]: how many queries had something to look at


@dataclass(frozen=True)
class Sums:
    """Of one kind, over queries, of each head [head]."""

    score: Tensor
    chance: Tensor
    asking: Tensor  # how many queries have something to look at

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.score + other.score, self.chance + other.chance, self.asking + other.asking)


def scores(trace: Trace, site: str, heads: list[int] | None = None) -> Scores:
    """How much each head of a site, or each of these, looks where each kind would; a band of queries at a time."""
    at, n = trace.site(site), trace.lengths(site)[0]
    sums: list[Sums | None] = [None] * len(KINDS)
    for start in range(0, n, BAND):
        of_band = banded(trace, at, heads, range(start, min(start + BAND, n)))
        sums = [more if so_far is None or more is None else so_far + more
                for so_far, more in zip(sums, of_band, strict=True)]  # fmt: skip
    n_heads = at.n_heads if heads is None else len(heads)
    columns = [untold(n_heads) if of_kind is None else means(of_kind) for of_kind in sums]
    return Scores(*(torch.stack(of_kinds, -1) for of_kinds in zip(*columns, strict=True)))


def banded(trace: Trace, at: Site, heads: list[int] | None, rows: range) -> list[Sums | None]:
    """Of these queries, by kind; None where it cannot be told at this site."""
    pattern, visible = trace.pattern(at.name, heads, rows), visible_of(trace, at, heads, rows)
    tokens, here = tokens_of(trace, at, rows), "self" if at.query == at.key else "cross"
    return [
        None if kind.sites not in (here, "both")
        else measured(pattern, visible, kind.looks(tokens)) if kind.looks
        else evenness(pattern, visible)
        for kind in KINDS.values()
    ]  # fmt: skip


def visible_of(trace: Trace, at: Site, heads: list[int] | None, rows: range) -> Tensor:
    """bool [head, query, key]; [1, query, key] where all heads see the same"""
    if not at.head_masks:
        return trace.visible(at.name, rows=rows)[None]
    return torch.stack([trace.visible(at.name, i, rows) for i in (range(at.n_heads) if heads is None else heads)])


def scored(trace: Trace, site: str, heads: list[int] | None = None) -> Tensor:
    """The scores alone, of these heads. -> [head, kind]"""
    return scores(trace, site, heads).heads


def chance(trace: Trace, site: str, heads: list[int] | None = None) -> Tensor:
    """What heads that look at all they see alike would score in place of these. -> [head, kind]"""
    return scores(trace, site, heads).chance


def measured(pattern: Tensor, visible: Tensor, looked: Tensor) -> Sums:
    """pattern [head, query, key], visible bool [head or 1, query, key], looked bool [query, key]"""
    looked = looked.to(visible.device) & visible
    asking = looked.any(-1)
    share = torch.where(asking, looked.sum(-1) / visible.sum(-1), 0)
    return sums_of(pattern, (pattern * looked).sum((-1, -2)), share.sum(-1), asking)


def evenness(pattern: Tensor, visible: Tensor) -> Sums:
    """As measured: of each row, the weight that an even spread over the visible keys would put there too, which is 1
    for a head that looks at all alike, over the queries with more than one key to see."""
    n_visible = visible.sum(-1)
    asking = n_visible > 1
    even = visible / n_visible.clamp(min=1)[..., None] * asking[..., None]
    return sums_of(pattern, torch.minimum(pattern, even).sum((-1, -2)), asking.sum(-1), asking)


def sums_of(pattern: Tensor, score: Tensor, chance: Tensor, asking: Tensor) -> Sums:
    """asking: bool [head or 1, query]"""
    return Sums(score, chance, asking.sum(-1).expand(len(pattern)))


def means(sums: Sums) -> tuple[Tensor, Tensor, Tensor]:
    """Over the queries that are asking: score, chance, and how many they are; NaN where there are none."""
    n = sums.asking
    return (sums.score / n).float().cpu(), (sums.chance / n).float().cpu(), n.cpu()


def untold(n_heads: int) -> tuple[Tensor, Tensor, Tensor]:
    nothing = torch.full((n_heads,), math.nan)
    return nothing, nothing, torch.zeros(n_heads, dtype=torch.int64)


def tokens_of(trace: Trace, site: Site, rows: range | None = None) -> Tokens:
    """rows: these queries alone"""
    query, key = trace.tokens[site.query], trace.tokens[site.key]
    rows, n_key = range(len(query)) if rows is None else rows, len(key)
    translations = torch.zeros(len(rows), n_key, dtype=torch.bool)
    if site.query != site.key:
        for at, read in trace.links:
            if at in rows:
                translations[at - rows.start, read] = True
    return Tokens(
        query=torch.tensor([token.id for token in query[rows.start : rows.stop]]),
        key=torch.tensor([token.id for token in key]),
        separators=torch.tensor([token.start is None or not any(map(str.isalnum, token.text)) for token in key]),
        distance=torch.arange(rows.start, rows.stop)[:, None] - torch.arange(n_key)[None, :],
        translations=translations,
    )
