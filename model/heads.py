"""What kind of head is this? How much of its attention falls where a head of that kind would look, beside chance.

A kind says of every query which keys it would look at. The score of a head is the weight that it puts there, the mean
over the queries that have such a key; chance is what a head gets that looks at all visible keys alike. Only what the
sentence can show is scored: without a repeated token there is no telling an induction head.

Kinds and names after Clark et al. 2019 (section 3), Voita et al. 2019 (section 4) and Olsson et al. 2022 (section 2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


BROAD = list(KINDS).index("broad")


@dataclass(frozen=True)
class Scores:
    """Of one site, by kind, in the order of KINDS; NaN where this sentence cannot tell."""

    heads: Tensor  # [head, kind]
    chance: Tensor  # [head, kind]: the same for all heads but those with masks of their own
    n_queries: Tensor  # [head, kind]: how many queries had something to look at


def scores(trace: Trace, site: str, heads: list[int] | None = None) -> Scores:
    """How much each head of a site, or each of these, looks where each kind would; a band of queries at a time."""
    at = trace.site(site)
    _, asking = counts(trace, at, heads)
    found = sum(weights(trace, at, heads, rows, looked) for rows, looked in banded(trace, at))
    score = (found / asking).float()
    return Scores(score, chance(trace, site, heads), asking.long().expand(len(score), -1))


def scored(trace: Trace, site: str, heads: list[int] | None = None) -> Tensor:
    """The scores alone, of these heads. -> [head, kind]"""
    return scores(trace, site, heads).heads


def chance(trace: Trace, site: str, heads: list[int] | None = None) -> Tensor:
    """What heads that look at all they see alike would score in place of these, for which no pattern is made.
    -> [head, kind]"""
    at = trace.site(site)
    even, asking = counts(trace, at, heads)
    return (even / asking).float().expand(at.n_heads if heads is None else len(heads), -1)


def told_at(at: Site) -> list[int]:
    """The kinds that can be told at this site by where they look, by their place among KINDS."""
    here = "self" if at.query == at.key else "cross"
    return [i for i, kind in enumerate(KINDS.values()) if kind.looks and kind.sites in (here, "both")]


def banded(trace: Trace, at: Site) -> Iterator[tuple[range, Tensor]]:
    """Bands of a site's queries, and 1 where each kind that is told there would look, [kind, query, key]. The next band
    is written over the one before, so that memory is asked for once."""
    (n, n_key), kinds, told = trace.lengths(at.name), list(KINDS.values()), told_at(at)
    room = torch.empty(len(told), min(BAND, n), n_key, device=trace.of_lengths(at.name).device)
    for start in range(0, n, BAND):
        rows = range(start, min(start + BAND, n))
        tokens, looked = tokens_of(trace, at, rows), room[:, : len(rows)]
        for one, i in zip(looked, told, strict=True):
            looks = kinds[i].looks
            assert looks is not None
            one.copy_(looks(tokens).to(room.device))
        yield rows, looked


def weights(trace: Trace, at: Site, heads: list[int] | None, rows: range, looked: Tensor) -> Tensor:
    """What heads put where each kind would look, and of each row what an even spread over the visible keys would put
    there too, summed over these queries. -> float64 [head, kind], on the CPU: not every device has such numbers"""
    pattern, n_visible = trace.pattern(at.name, heads, rows), visible_of(trace, at, heads, rows).sum(-1)
    found = torch.zeros(len(pattern), len(KINDS), dtype=torch.float64)
    found[:, told_at(at)] = torch.einsum("hqk,tqk->htq", pattern, looked.to(pattern.dtype)).cpu().double().sum(-1)
    shared = pattern.clamp(max=(1 / n_visible.clamp(min=1))[..., None].to(pattern.dtype)).sum(-1)
    found[:, BROAD] = (shared.cpu().double() * (n_visible.cpu() > 1)).sum(-1)
    return found


def counts(trace: Trace, at: Site, heads: list[int] | None) -> tuple[Tensor, Tensor]:
    """Of what the mask alone says, summed over queries: what chance puts where each kind would look, and how many
    queries have something to look at there; a head is broad where a query sees more than one key.
    -> float64 [head, kind] each, on the CPU; of one head where all see the same, which is kept for other such sites"""
    known = None if at.head_masks else (at.mask, at.query, at.key)
    if known in trace.counted:
        return trace.counted[known]
    found = torch.zeros(2, 1, len(KINDS), dtype=torch.float64)  # what chance puts there, who asks
    for rows, looked in banded(trace, at):
        visible = visible_of(trace, at, heads, rows)
        n_visible = visible.sum(-1).cpu()
        there = torch.stack([torch.einsum("tqk,qk->tq", looked, see.to(looked.dtype)) for see in visible])
        there = there.cpu().double()
        of_band = there.new_zeros(2, len(visible), len(KINDS))
        of_band[0, :, told_at(at)] = (there / n_visible.clamp(min=1)[:, None]).sum(-1)
        of_band[1, :, told_at(at)] = (there > 0).double().sum(-1)
        of_band[:, :, BROAD] = (n_visible > 1).double().sum(-1)
        found = found + of_band
    if known is not None:
        trace.counted[known] = found[0], found[1]
    return found[0], found[1]


def visible_of(trace: Trace, at: Site, heads: list[int] | None, rows: range) -> Tensor:
    """bool [head, query, key]; [1, query, key] where all heads see the same"""
    if not at.head_masks:
        return trace.visible(at.name, rows=rows)[None]
    return torch.stack([trace.visible(at.name, i, rows) for i in (range(at.n_heads) if heads is None else heads)])


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
