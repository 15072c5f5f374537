import math

import pytest
import torch
from safetensors.torch import load

from model import heads, zoo
from model.glossary import GLOSSARY
from model.heads import KINDS, Tokens
from model.masks import Causal
from model.tokenizer import Token
from model.trace import Site, Trace

SITE = "decoder.blocks.0.attn"
IDS = [1, 7, 8, 9, 7, 8, 8, 5, 9]


def tokens(ids: list[int] = IDS, separators: tuple[int, ...] = (0, 7)) -> Tokens:
    n = len(ids)
    return Tokens(
        torch.tensor(ids),
        torch.tensor(ids),
        torch.tensor([at in separators for at in range(n)]),
        torch.arange(n)[:, None] - torch.arange(n)[None, :],
        torch.zeros(n, n, dtype=torch.bool),
    )


LOOKS = {
    "previous": lambda query, key: key == query - 1,
    "next": lambda query, key: key == query + 1,
    "same": lambda query, key: key == query,
    "first": lambda query, key: key == 0 < query,
    "duplicate": lambda query, key: key < query and IDS[key] == IDS[query],
    "induction": lambda query, key: 0 < key < query and IDS[key - 1] == IDS[query],
    "separator": lambda query, key: key == 7,
}


@pytest.mark.parametrize("kind", LOOKS)
def test_a_kind_looks_where_it_says(kind):
    looked = KINDS[kind].looks(tokens()).tolist()
    assert looked == [[LOOKS[kind](query, key) for key in range(9)] for query in range(9)]


def test_a_token_repeated_at_once_is_no_induction_of_itself():
    assert KINDS["induction"].looks(tokens([3, 3, 3]))[1].tolist() == [False, False, False]
    assert KINDS["induction"].looks(tokens([3, 3, 3]))[2].tolist() == [False, True, False]


def a_trace(q: torch.Tensor, k: torch.Tensor, ids: list[int] = IDS) -> Trace:
    site = Site(SITE, 0, len(q), "target", "target", Causal(), 1.0)
    trace = Trace(sites=[site], tokens={"target": [Token(id, "a", at, at + 1) for at, id in enumerate(ids)]})
    hidden = torch.ones(len(ids), len(ids)).triu(1).bool()
    log_denominator = (q @ k.mT).masked_fill(hidden, -math.inf).logsumexp(-1)
    for name, tensor in (("q", q), ("k", k), ("log_denominator", log_denominator)):
        trace.record(f"{SITE}.{name}", tensor)
    return trace


def test_a_head_that_looks_at_all_keys_alike_scores_chance():
    scores = heads.scores(a_trace(torch.zeros(2, 9, 4), torch.randn(2, 9, 4)), SITE)
    assert torch.allclose(scores.heads, scores.chance, equal_nan=True, atol=1e-6)
    by_hand = sum(1 / (query + 1) for query in range(1, 9)) / 8
    assert scores.chance[0, list(KINDS).index("previous")].item() == pytest.approx(by_hand)


def test_a_head_that_always_looks_at_one_place_scores_one_there():
    one_hot = torch.eye(9)[None] * 40
    before = torch.cat([one_hot[:, :1], one_hot[:, :-1]], 1)  # each query is the key before it
    scores = heads.scores(a_trace(before, one_hot), SITE)
    told = dict(zip(KINDS, scores.heads[0].tolist(), strict=True))
    assert told["previous"] == pytest.approx(1)
    assert told["same"] == pytest.approx(1 / 9)  # the first query has only itself
    assert told["first"] == pytest.approx(1 / 8)


def test_a_head_is_as_broad_as_an_even_spread_has_in_common_with_it():
    broad = list(KINDS).index("broad")
    assert heads.scores(a_trace(torch.zeros(1, 9, 4), torch.randn(1, 9, 4)), SITE).heads[0, broad] == pytest.approx(1)
    one_hot = torch.eye(9)[None] * 40
    itself = heads.scores(a_trace(one_hot, one_hot), SITE)  # each query looks at itself alone
    assert itself.heads[0, broad].item() == pytest.approx(sum(1 / (query + 1) for query in range(1, 9)) / 8)
    assert (itself.chance[0, broad], itself.n_queries[0, broad]) == (1, 8)


def test_alignment_is_the_weight_on_the_translation_of_what_is_written_next():
    model = zoo.load("encoder-decoder")
    trace = model.trace("I saw your sister at school yesterday.", target="我昨天在学校看见了你的妹妹。")
    tokens = {side: [token.text.strip() for token in read] for side, read in trace.tokens.items()}
    linked = {(tokens["target"][query + 1], tokens["source"][key]) for query, key in trace.links}
    assert {("昨天", "yesterday"), ("学校", "school"), ("妹妹", "sister")} <= linked
    site = "decoder.blocks.2.cross_attn"
    scores = heads.scores(trace, site)
    at = list(KINDS).index("alignment")
    by_hand = torch.stack([trace[f"{site}.pattern"][:, query, key] for query, key in trace.links])
    assert len({query for query, _ in trace.links}) == len(trace.links) == scores.n_queries[0, at]
    assert torch.allclose(scores.heads[:, at], by_hand.mean(0), atol=1e-6)
    assert scores.chance[0, at] == pytest.approx(1 / len(tokens["source"]))


def test_a_model_without_two_sequences_has_no_links():
    assert zoo.load("decoder").trace("I saw your sister. 我看见了你的妹妹。").links == []


def test_what_the_sentence_cannot_tell_is_not_told():
    scores = heads.scores(a_trace(torch.zeros(1, 3, 4), torch.zeros(1, 3, 4), ids=[4, 5, 6]), SITE)
    for kind in ("duplicate", "induction", "next"):  # no repeats, and causal
        at = list(KINDS).index(kind)
        assert math.isnan(scores.heads[0, at])
        assert math.isnan(scores.chance[0, at])
        assert scores.n_queries[0, at] == 0


def test_the_decoder_has_a_previous_token_head_and_an_induction_head():
    model = zoo.load("decoder")
    words = ["window", "seven", "river", "cold", "teacher", "apple", "night", "green", "doctor", "street"]
    trace = model.trace(" ".join([*words, *words]))
    best = torch.stack([heads.scores(trace, site.name).heads for site in trace.sites]).amax((0, 1))
    told = dict(zip(KINDS, best.tolist(), strict=True))
    chance = dict(zip(KINDS, heads.scores(trace, SITE).chance[0].tolist(), strict=True))
    assert told["previous"] > 0.8
    assert told["induction"] > 0.5
    assert chance["induction"] < 0.1


def test_the_encoder_has_a_next_token_head_and_no_position_is_hidden():
    trace = zoo.load("encoder").trace("I see a small dog in the garden behind the house.")
    best = torch.stack([heads.scores(trace, site.name).heads for site in trace.sites]).amax((0, 1))
    assert dict(zip(KINDS, best.tolist(), strict=True))["next"] > 0.5


def test_of_cross_attention_only_places_are_told():
    scores = heads.scores(zoo.load("encoder-decoder").trace("I see a dog."), "decoder.blocks.0.cross_attn")
    told = [kind for kind, score in zip(KINDS, scores.heads[0].tolist(), strict=True) if not math.isnan(score)]
    assert told == ["first", "separator", "alignment", "broad"]


def test_the_api_sends_the_scores_of_the_heads_asked_for(client):
    body = {"model": "decoder", "text": "a b a b", "names": ["*.0.attn.head_scores"], "heads": [2, 0]}
    sent = load(client.post("/api/trace", json=body).content)["decoder.blocks.0.attn.head_scores"]
    expected = heads.scores(zoo.load("decoder").trace("a b a b"), SITE).heads[[2, 0]]
    assert torch.allclose(sent, expected, equal_nan=True, atol=1e-5)
    chance = {**body, "names": ["*.0.attn.head_chance"]}
    sent = load(client.post("/api/trace", json=chance).content)["decoder.blocks.0.attn.head_chance"]
    expected = heads.scores(zoo.load("decoder").trace("a b a b"), SITE).chance[[2, 0]]
    assert torch.allclose(sent, expected, equal_nan=True, atol=1e-6)
    told = client.post("/api/trace", json=body, headers={"Accept": "application/json"}).json()["tensors"]
    assert told["decoder.blocks.0.attn.head_scores"]["dims"] == ["head", "kind"]
    assert told["decoder.blocks.0.attn.head_scores"]["data"][0][1] is None  # no next token under a causal mask


def test_the_glossary_lists_the_kinds_in_their_order():
    told = GLOSSARY["head_scores"].en
    assert [told.index(kind) for kind in KINDS] == sorted(told.index(kind) for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_explained_in_both_languages(kind):
    assert KINDS[kind].en.endswith(".")
    assert KINDS[kind].zh.endswith("。")


def test_a_text_of_several_bands_is_scored_as_cell_by_cell():
    torch.manual_seed(0)
    n, ids = 300, (torch.arange(300) % 37).tolist()
    trace = a_trace(torch.randn(2, n, 4), torch.randn(2, n, 4), ids)
    found, pattern = heads.scores(trace, SITE), trace.pattern(SITE).double()
    query, key = torch.arange(n)[:, None], torch.arange(n)[None, :]
    id = torch.tensor(ids)
    again = (id[:, None] == id[None, :]) & (key < query)
    for kind, looked in {
        "previous": key == query - 1, "first": (key == 0) & (query > 0), "duplicate": again,
        "induction": torch.cat([torch.zeros(n, 1, dtype=torch.bool), again[:, :-1]], 1) & (key < query),
    }.items():  # fmt: skip
        asking = looked.any(-1)
        at = list(KINDS).index(kind)
        assert found.n_queries[:, at].tolist() == [int(asking.sum())] * 2
        right = (pattern * looked).sum((-1, -2)) / asking.sum()
        torch.testing.assert_close(found.heads[:, at].double(), right, atol=1e-6, rtol=1e-5)
        even = (looked.sum(-1) / (query[:, 0] + 1))[asking].mean()
        torch.testing.assert_close(found.chance[:, at], even.expand(2), atol=1e-6, rtol=1e-5)
