import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from training import ALL, DATA, TOKENIZER, one_thread, tiny  # noqa: F401

from model.training import births
from model.training.births import Births, due, measured
from model.training.data import Corpus, Data
from model.training.tasks import Continue, Material
from model.transformer import Config, Transformer


def curve(scores: dict[int, float]) -> Births:
    """Of one site with two heads, the first of which is the one that is born."""
    moments = [{"step": step, "tokens": step, "scores": [[score, score / 2]]} for step, score in scores.items()]
    return Births("induction", ["attn"], 0.03, moments, list(scores))


def test_it_is_measured_often_at_first_and_then_seldom():
    assert [step for step in range(3000) if due(step)] == [*range(0, 1001, 10), *range(1100, 3000, 100)]


@given(
    st.lists(st.integers(1, 20_000), min_size=1, max_size=80, unique=True).map(sorted),
    st.data(),
    st.integers(2, 20),
)
def test_of_the_checkpoints_so_many_are_chosen_the_first_and_the_last_among_them(steps, data, n):
    steps = [0, *steps]
    scores = data.draw(st.lists(st.floats(0, 1), min_size=len(steps), max_size=len(steps)))
    chosen = curve(dict(zip(steps, scores, strict=True))).choose(n)
    assert (chosen[0], chosen[-1]) == (0, steps[-1])
    assert chosen == sorted(set(chosen))
    assert set(chosen) <= set(steps)
    assert len(chosen) == min(n, len(steps))


def sigmoid(step: int, middle: int = 500, width: float = 15) -> float:
    return 0.03 + 0.9 / (1 + math.exp((middle - step) / width))


def test_more_are_chosen_where_the_score_rises():
    chosen = curve({step: sigmoid(step) for step in range(0, 2001, 10)}).choose(10)
    assert len([step for step in chosen if 440 <= step <= 560]) >= 5
    assert len([step for step in chosen if step < 440]) >= 2
    assert len([step for step in chosen if step > 560]) >= 2


def test_a_later_rise_is_followed_there():
    chosen = curve({step: sigmoid(step, middle=1500) for step in range(0, 2001, 10)}).choose(10)
    assert len([step for step in chosen if 1440 <= step <= 1560]) >= 5


@pytest.mark.parametrize("score", [0.0, 0.03])
def test_on_a_flat_curve_more_are_chosen_early(score):
    chosen = curve(dict.fromkeys(range(0, 2001, 10), score)).choose(10)
    assert len(chosen) == 10
    gaps = [b - a for a, b in itertools.pairwise(chosen)]
    assert gaps == sorted(gaps)


def test_the_head_that_is_followed_is_the_best_in_the_end():
    swapped = curve({step: sigmoid(step) for step in range(0, 2001, 10)})
    for moment in swapped.moments:
        moment["scores"] = [[0.9 - moment["scores"][0][0], 0.0], [0.0, moment["scores"][0][0]]]
    assert swapped.choose(10) == curve({step: sigmoid(step) for step in range(0, 2001, 10)}).choose(10)


@pytest.mark.parametrize("kind", ALL)
def test_a_decoder_and_a_translator_are_followed(kind):
    begun = births.begin(tiny(kind, 1).task)
    assert (begun and begun.kind) == {"decoder": "induction", "encoder-decoder": "alignment"}.get(kind)
    assert begun is None or (begun.moments, begun.checkpoints) == ([], [])


@pytest.mark.parametrize("held_out", [[("Goodbye.", "再见。")], []])
def test_where_no_held_out_word_has_a_sure_translation_no_alignment_is_followed(held_out):
    run = tiny("encoder-decoder", 1, data=Data(DATA.train, Corpus({}, held_out), "0"))
    assert len(run.task.material.lexicon) > 0
    assert run.births is None


CODE, PLACES = 48, 64  # features of a token, and of a position


def induction_head() -> Transformer:
    """Layer 0 writes the token before beside each token; layer 1 looks for its own token there."""
    d = 2 * CODE + PLACES
    c = Config("decoder", len(TOKENIZER), n_ctx=PLACES, d_model=d, n_heads=1, n_layers=2, d_mlp=4, positions="learned")
    model = Transformer(c).eval()
    token, before, place = slice(0, CODE), slice(CODE, 2 * CODE), slice(2 * CODE, d)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" not in name:
                parameter.zero_()
        dice = torch.Generator().manual_seed(0)
        model.embed.weight[:, token] = torch.randint(0, 2, (len(TOKENIZER), CODE), generator=dice) * 2.0 - 1
        model.decoder.pos_embed.weight[:, place] = 6 * torch.eye(PLACES)
        first, second = (block.attn for block in model.decoder.blocks)
        first.W_q.weight[place, place] = 10 * torch.eye(PLACES).roll(-1, 0)
        first.W_k.weight[place, place] = torch.eye(PLACES)
        first.W_v.weight[before, token] = torch.eye(CODE)
        first.W_o.weight[before, before] = torch.eye(CODE)
        second.W_q.weight[token, token] = 30 * torch.eye(CODE)
        second.W_k.weight[token, before] = torch.eye(CODE)
    return model


def test_a_perfect_induction_head_scores_one():
    learner = Continue(Material(TOKENIZER, DATA, PLACES))
    sites, scores, chance = measured(induction_head(), learner)
    assert sites == ["decoder.blocks.0.attn", "decoder.blocks.1.attn"]
    assert scores.shape == (2, 1)
    assert scores[1, 0] > 0.95
    assert scores[0, 0] < 0.1
    assert 0.02 < chance < 0.1


@pytest.mark.parametrize("kind", ["decoder", "encoder-decoder"])
def test_heads_that_look_at_all_keys_alike_are_born_at_chance(kind):
    run = tiny(kind, 1)
    with torch.no_grad():
        for name, parameter in run.model.named_parameters():
            if ".W_q." in name:
                parameter.zero_()
    sites, scores, chance = measured(run.model, run.task)
    assert all(("cross_attn" in site) == (kind == "encoder-decoder") for site in sites)
    assert scores.shape == (2, 2)
    assert torch.allclose(scores, chance.expand_as(scores), atol=1e-6)
    assert 0 < chance < 0.5
