"""Edits, each held against a forward pass written out with torch's own attention."""

import math

import pytest
import reference
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import build, inputs

from model import heads
from model.edits import remasked, tap
from model.input_error import InputError
from model.masks import Bidirectional, Causal, Painted, Prefix, Window
from model.trace import Trace

OWN = {"encoder": "encoder.blocks.1.attn", "decoder": "decoder.blocks.1.attn"}
SITES = [
    *[(kind, positions, site) for kind, site in OWN.items() for positions in ("learned", "rotary")],
    ("encoder-decoder", "rotary", "encoder.blocks.1.attn"),
    ("encoder-decoder", "rotary", "decoder.blocks.1.attn"),
    ("encoder-decoder", "learned", "decoder.blocks.1.cross_attn"),
]
MASKS = [
    Bidirectional(), Causal(), Prefix(4), Window(3, Causal()), Window(0, Causal()),
    Painted(((2, 7, True), (3, 3, False), (0, 0, False)), Causal()),
]  # fmt: skip
N = 11  # of the target, the longer side


def seen_by(model, ids, mask=None):
    """What each site sees before any edit, by its rule, as bool [query, key]."""

    def cells(site):
        keys, queries = range(len(ids[site.key])), range(len(ids[site.query]))
        return torch.tensor([[rule(site.mask, query, key) for key in keys] for query in queries])

    return {site.name: cells(site) for site in model.sites(mask)}


def rule(mask, query, key):
    return bool(mask(torch.tensor([[query]]), torch.tensor([[key]])))


@torch.no_grad()
def run(model, ids, edits, mask=None):
    lengths = {side: len(read) for side, read in ids.items()}
    trace = Trace(sites=remasked(edits, model.sites(mask), lengths), request={"edits": edits})
    model(**ids, tap=tap(trace).then(trace.record))
    return trace


def equal(a, b, atol=1e-10):
    assert torch.allclose(a, b, rtol=0, atol=atol), (a - b).abs().max()


def untouched_before(trace, plain, site):
    """Every tensor up to the edited attention's values is the same, bit for bit, and the prediction is not."""
    names = list(plain)
    for name in names[: names.index(next(name for name in names if name.startswith(site)))]:
        assert torch.equal(trace[name], plain[name]), name
    assert torch.equal(trace[f"{site}.v"], plain[f"{site}.v"])
    assert not torch.allclose(trace["logits"], plain["logits"])


def satisfies_the_formula(trace):
    """pattern from q, k and log_denominator, pattern @ v as z, at every site."""
    for site in trace.sites:
        pattern, v, z = (trace[f"{site.name}.{name}"] for name in ("pattern", "v", "z"))
        equal(pattern @ v, z)
        empty = trace[f"{site.name}.log_denominator"].isneginf()
        equal(pattern.sum(-1), (~empty).double())


@pytest.mark.parametrize(("kind", "positions", "site"), SITES)
def test_without_any_head_a_site_adds_the_bias_alone(kind, positions, site):
    model, ids = build(kind, positions), inputs(kind)
    trace = run(model, ids, [{"zero": site}])
    equal(trace["logits"], reference.logits(model, ids, seen_by(model, ids), dropped=site))
    untouched_before(trace, run(model, ids, []), site)


def changed(head, z_of):
    """torch's own, but for one head."""

    def brings(q, k, v, seen):
        z = reference.of_torch(q, k, v, seen)
        z[head] = z_of(z[head], v[head], seen)
        return z

    return brings


def looks_evenly(_, v, seen):
    seen = torch.ones(len(v), len(v)) if seen is None else seen.double()
    return torch.stack([row @ v / row.sum() for row in seen.to(v.dtype)])


BY_HAND = {
    "zero": lambda z, v, seen: torch.zeros_like(z),
    "mean": lambda z, v, seen: torch.stack([z.sum(0) / len(z)] * len(z)),
    "uniform": looks_evenly,
    "diagonal": lambda z, v, seen: v,
}


@pytest.mark.parametrize(
    ("kind", "positions", "site", "edit"),
    [(*at, edit) for at in SITES for edit in BY_HAND if not (edit == "diagonal" and "cross_attn" in at[2])],
)
def test_one_head_is_edited_as_worked_by_hand_and_the_others_go_on(kind, positions, site, edit):
    model, ids = build(kind, positions), inputs(kind)
    trace, plain = run(model, ids, [{edit: site, "head": 1}]), run(model, ids, [])
    seen = seen_by(model, ids)
    expected = reference.logits(model, ids, seen, {site: changed(1, BY_HAND[edit])})
    equal(trace["logits"], expected)
    untouched_before(trace, plain, site)
    for head in (0, 2):
        assert torch.equal(trace[f"{site}.z"][head], plain[f"{site}.z"][head])
    if edit in ("uniform", "diagonal"):
        satisfies_the_formula(trace)


@pytest.mark.parametrize("edit", BY_HAND)
def test_without_a_head_it_is_every_head(edit):
    model, ids, site = build("decoder"), inputs("decoder"), OWN["decoder"]
    whole = run(model, ids, [{edit: site}])
    each = run(model, ids, [{edit: site, "head": head} for head in (2, 0, 1)])
    equal(whole["logits"], each["logits"], atol=1e-12)
    assert not whole.site(site).head_masks


@pytest.mark.parametrize(("kind", "positions", "site"), SITES)
def test_an_even_look_is_queries_of_zero_and_the_log_of_the_number_of_visible_keys(kind, positions, site):
    model, ids = build(kind, positions), inputs(kind)
    mask = Painted(((2, 0, False), (2, 1, False), (2, 2, False), (1, 4, True)), Window(3, model.native_mask))
    trace = run(model, ids, [{"uniform": site, "head": 2}], mask)
    assert trace[f"{site}.q"][2].eq(0).all()
    count = seen_by(model, ids, mask)[site].sum(-1)
    equal(trace[f"{site}.log_denominator"][2], count.double().log())  # -inf of none
    equal(trace[f"{site}.scores"][2], torch.zeros(len(count), trace[f"{site}.k"].shape[-2]).double())
    satisfies_the_formula(trace)


@pytest.mark.parametrize("head", [None, 1])
@pytest.mark.parametrize(("kind", "positions", "site"), SITES)
def test_a_painted_mask_is_torchs_attention_with_the_same_mask(kind, positions, site, head):
    model, ids = build(kind, positions), inputs(kind)
    empty = [(5, key, False) for key in range(9)]
    cells = [(3, 0, False), (0, 5, True), (4, 4, False), (4, 4, True), (6, 2, False), *empty]
    edit = {"paint": site, "cells": cells} | ({} if head is None else {"head": head})
    trace, plain, seen = run(model, ids, [edit]), run(model, ids, []), seen_by(model, ids)
    painted = seen[site].expand(3, -1, -1).clone()
    for query, key, on in cells:
        painted[slice(None) if head is None else head, query, key] = on
    seen[site] = painted
    equal(trace["logits"], reference.logits(model, ids, seen))
    untouched_before(trace, plain, site)
    satisfies_the_formula(trace)
    for i in range(3):
        assert torch.equal(trace.visible(site, i), painted[i])
        assert trace[f"{site}.pattern"][i][~painted[i]].eq(0).all()
        assert torch.equal(trace.pattern(site, [i])[0], trace[f"{site}.pattern"][i])
    if head is not None:
        assert torch.equal(trace[f"{site}.z"][[0, 2]], plain[f"{site}.z"][[0, 2]])


@pytest.mark.parametrize("mask", MASKS, ids=str)
@pytest.mark.parametrize("kind", ["encoder", "decoder", "encoder-decoder"])
@pytest.mark.parametrize("positions", ["learned", "rotary"])
def test_every_mask_is_torchs_attention_with_the_same_mask_through_the_whole_model(kind, positions, mask):
    model, ids = build(kind, positions), inputs(kind)
    expected = reference.logits(model, ids, seen_by(model, ids, mask))
    equal(run(model, ids, [], mask)["logits"], expected)
    with torch.no_grad():
        equal(model(**ids, mask=mask), expected)


def test_a_query_that_sees_nothing_gets_nothing_in_that_head_alone():
    model, ids, site = build("decoder"), inputs("decoder"), OWN["decoder"]
    edits = [{"paint": site, "head": 0, "cells": [(2, 2, False)]}, {"diagonal": site, "head": 0}]
    trace = run(model, ids, edits)
    assert trace[f"{site}.pattern"][0, 2].eq(0).all()
    assert trace[f"{site}.z"][0, 2].eq(0).all()
    assert trace[f"{site}.log_denominator"][0, 2] == -math.inf
    equal(trace[f"{site}.z"][0, [1, 3]], trace[f"{site}.v"][0, [1, 3]])
    assert trace[f"{site}.pattern"][1, 2].sum() == pytest.approx(1)
    assert trace.no_visible_key(site) == []
    assert run(model, ids, [{**edit, "head": None} for edit in edits]).no_visible_key(site) == [2]


def test_the_order_of_masks_counts_and_a_later_z_is_made_of_the_earlier():
    model, ids, site = build("decoder"), inputs("decoder"), OWN["decoder"]
    paint, diagonal = {"paint": site, "head": 1, "cells": [(5, 0, True), (4, 4, False)]}, {"diagonal": site, "head": 1}
    opened, closed = run(model, ids, [diagonal, paint]), run(model, ids, [paint, diagonal])
    assert opened.visible(site, 1)[5].nonzero().flatten().tolist() == [0, 5]
    assert closed.visible(site, 1)[5].nonzero().flatten().tolist() == [5]
    for trace in (opened, closed):
        assert not trace.visible(site, 1)[4].any()
        assert torch.equal(trace.visible(site), torch.ones(N, N).tril().bool())
    zero, mean = {"zero": site, "head": 1}, {"mean": site, "head": 1}
    for edits in ([zero, mean], [mean, zero]):
        equal(run(model, ids, edits)["logits"], run(model, ids, [zero])["logits"], atol=1e-12)
    uniform = {"uniform": site, "head": 1}
    both = run(model, ids, [mean, uniform])
    equal(both[f"{site}.z"], run(model, ids, [uniform, mean])[f"{site}.z"], atol=1e-12)
    even = run(model, ids, [uniform])[f"{site}.z"][1]
    equal(both[f"{site}.z"][1], even.mean(0).expand_as(even))


MASK_EDIT = st.one_of(
    st.fixed_dictionaries({"diagonal": st.just(OWN["decoder"]), "head": st.sampled_from([None, 0, 1, 2])}),
    st.fixed_dictionaries({
        "paint": st.just(OWN["decoder"]), "head": st.sampled_from([None, 0, 1, 2]),
        "cells": st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), st.booleans()), max_size=8),
    }),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(MASK_EDIT, max_size=6))
def test_any_edits_of_masks_are_torchs_attention_with_the_masks_that_they_make(edits):
    model, ids, site = build("decoder"), inputs("decoder"), OWN["decoder"]
    seen = seen_by(model, ids)
    made = seen[site].expand(3, -1, -1).clone()
    for edit in edits:
        for head in range(3) if edit["head"] is None else [edit["head"]]:
            if "diagonal" in edit:
                made[head] &= torch.eye(N, dtype=torch.bool)
            for query, key, on in edit.get("cells", []):
                made[head, query, key] = on
    trace = run(model, ids, edits)
    equal(trace["logits"], reference.logits(model, ids, {**seen, site: made}))
    satisfies_the_formula(trace)


def test_small_pictures_and_kinds_of_heads_go_by_the_mask_of_the_head():
    model, ids, site = build("decoder"), inputs("decoder"), OWN["decoder"]
    trace, plain = run(model, ids, [{"diagonal": site, "head": 1}]), run(model, ids, [])
    for one in (trace, plain):
        one.tokens = {"target": [Word(int(id)) for id in ids["target"]]}
    assert torch.equal(trace.thumbnails(site), (trace[f"{site}.pattern"].sqrt() * 255).round().to(torch.uint8))
    assert torch.equal(trace.thumbnails(site, [1])[0], torch.eye(N, dtype=torch.uint8) * 255)
    told, before = heads.scores(trace, site), heads.scores(plain, site)
    same, previous = (list(heads.KINDS).index(kind) for kind in ("same", "previous"))
    for name in ("heads", "chance", "n_queries"):
        assert torch.allclose(getattr(told, name)[[0, 2]], getattr(before, name)[[0, 2]], equal_nan=True, atol=1e-6)
        alone = getattr(heads.scores(trace, site, [1]), name)
        assert torch.equal(alone[0].nan_to_num(), getattr(told, name)[1].nan_to_num())
    assert (told.heads[1, same], told.chance[1, same], told.n_queries[1, same]) == (pytest.approx(1), 1, N)
    assert before.chance[1, same] < 0.5
    assert math.isnan(told.heads[1, previous])  # it is never asked
    assert told.n_queries[1, previous] == 0


class Word:
    """A token as far as a kind of head asks."""

    def __init__(self, id):
        self.id, self.text, self.start = id, "word", 0


CROSS = "decoder.blocks.0.cross_attn"


@pytest.mark.parametrize(
    ("edit", "code", "limit"),
    [
        ({}, "bad-edit", None),
        ({"zero": OWN["decoder"], "cells": []}, "bad-edit", None),
        ({"paint": OWN["decoder"]}, "bad-edit", None),
        ({"swap": 1, "side": "target"}, "bad-edit", None),
        ({"mean": "decoder.blocks.9.attn"}, "unknown-site", None),
        ({"uniform": "decoder.blocks.0.attn.q"}, "unknown-site", None),
        ({"uniform": OWN["decoder"], "head": 3}, "unknown-head", 2),
        ({"diagonal": OWN["decoder"], "head": -1}, "unknown-head", 2),
        ({"diagonal": CROSS}, "no-diagonal", None),
        ({"paint": CROSS, "cells": [(N, 0, True)]}, "unknown-cell", None),
        ({"paint": CROSS, "cells": [(0, 0, True), (N - 1, N - 2, True)]}, "unknown-cell", None),
        ({"paint": CROSS, "cells": [(0, -1, True)]}, "unknown-cell", None),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(edit, code, limit):
    model, ids = build("encoder-decoder"), inputs("encoder-decoder")
    with pytest.raises(InputError) as refusal:
        run(model, ids, [{"zero": CROSS}, edit])
    assert (refusal.value.code, refusal.value.field, refusal.value.limit) == (code, "edits", limit)


def test_cross_attention_is_painted_as_far_as_its_own_lengths():
    model, ids = build("encoder-decoder"), inputs("encoder-decoder")
    trace = run(model, ids, [{"paint": CROSS, "cells": [(N - 1, N - 3, False)]}])
    assert trace.visible(CROSS).shape == (N, N - 2)
    assert trace.visible(CROSS).sum() == N * (N - 2) - 1
