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

from .trace import Site, Trace


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
    looked[1:, 0] = True
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


def scores(trace: Trace, site: str, heads: list[int] | None = None) -> Scores:
    """How much each head of a site, or each of these, looks where each kind would."""
    at = trace.site(site)
    pattern, visible = trace.pattern(site, heads), visible_of(trace, at, heads)
    tokens, here = tokens_of(trace, at), "self" if at.query == at.key else "cross"
    columns = [
        untold(len(pattern)) if kind.sites not in (here, "both")
        else measured(pattern, visible, kind.looks(tokens)) if kind.looks
        else evenness(pattern, visible)
        for kind in KINDS.values()
    ]  # fmt: skip
    return Scores(*(torch.stack(of_kinds, -1) for of_kinds in zip(*columns, strict=True)))


def visible_of(trace: Trace, at: Site, heads: list[int] | None) -> Tensor:
    """bool [head, query, key]; [1, query, key] where all heads see the same"""
    if not at.head_masks:
        return trace.visible(at.name)[None]
    return torch.stack([trace.visible(at.name, i) for i in (range(at.n_heads) if heads is None else heads)])


def scored(trace: Trace, site: str, heads: list[int] | None = None) -> Tensor:
    """The scores alone, of these heads. -> [head, kind]"""
    return scores(trace, site, heads).heads


def chance(trace: Trace, site: str, heads: list[int] | None = None) -> Tensor:
    """What heads that look at all they see alike would score in place of these. -> [head, kind]"""
    return scores(trace, site, heads).chance


def measured(pattern: Tensor, visible: Tensor, looked: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """pattern [head, query, key], visible bool [head or 1, query, key], looked bool [query, key]
    -> of each head [head] its score, chance, and how many queries"""
    looked = looked.to(visible.device) & visible
    asking = looked.any(-1)
    share = torch.where(asking, looked.sum(-1) / visible.sum(-1), 0)
    return means(pattern, (pattern * looked).sum((-1, -2)), share.sum(-1), asking)


def evenness(pattern: Tensor, visible: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """As measured: of each row, the weight that an even spread over the visible keys would put there too, which is 1
    for a head that looks at all alike, over the queries with more than one key to see."""
    n_visible = visible.sum(-1)
    asking = n_visible > 1
    even = visible / n_visible.clamp(min=1)[..., None] * asking[..., None]
    return means(pattern, torch.minimum(pattern, even).sum((-1, -2)), asking.sum(-1), asking)


def means(pattern: Tensor, score: Tensor, chance: Tensor, asking: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Sums over the queries that are asking, as means over them; NaN where there are none."""
    n = asking.sum(-1).expand(len(pattern))
    return (score / n).float().cpu(), (chance / n).float().cpu(), n.cpu()


def untold(n_heads: int) -> tuple[Tensor, Tensor, Tensor]:
    nothing = torch.full((n_heads,), math.nan)
    return nothing, nothing, torch.zeros(n_heads, dtype=torch.int64)


def tokens_of(trace: Trace, site: Site) -> Tokens:
    query, key = trace.tokens[site.query], trace.tokens[site.key]
    n_query, n_key = len(query), len(key)
    translations = torch.zeros(n_query, n_key, dtype=torch.bool)
    if site.query != site.key:
        for at in trace.links:
            translations[at] = True
    return Tokens(
        query=torch.tensor([token.id for token in query]),
        key=torch.tensor([token.id for token in key]),
        separators=torch.tensor([token.start is None or not any(map(str.isalnum, token.text)) for token in key]),
        distance=torch.arange(n_query)[:, None] - torch.arange(n_key)[None, :],
        translations=translations,
    )
