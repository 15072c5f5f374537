import collections
import random

import numpy as np
import pytest
import torch

from model.lexicon import links
from model.trace import Tap, Trace
from model.training import alignment
from model.training.alignment import Linked, aligned, lexicon, model_1
from model.transformer import Config, Transformer

Pairs = list[tuple[list[int], list[int]]]


class Vocabulary:
    """What of a tokenizer a lexicon is made with."""

    def __init__(self, pieces: list[str]):
        self.pieces = pieces

    def __len__(self) -> int:
        return len(self.pieces)

    def piece(self, id: int) -> str:
        return self.pieces[id]


NOUNS = ["cat", "dog", "fish", "bird", "book", "house", "water", "tree", "milk", "shoe"]
TRANSLATED = {noun: noun.upper() for noun in NOUNS}
VOCABULARY = Vocabulary(
    ["<eos>", "<0x41>", ".", "7", "the", "of", "OF", "once", "ONCE", *NOUNS, *TRANSLATED.values()]
)


def ids(words: list[str]) -> list[int]:
    return [VOCABULARY.pieces.index(word) for word in words]


def corpus(n: int = 60) -> Pairs:
    """Three nouns with what stands around them; the second language has another order, and no word for "the"."""
    dice, pairs = random.Random(0), []
    for _ in range(n):
        nouns = dice.sample(NOUNS, 3)
        first = ["the", nouns[0], "of", "the", nouns[1], nouns[2], "7", ".", "<eos>"]
        second = ["7", *(TRANSLATED[noun] for noun in reversed(nouns)), "OF", ".", "<eos>"]
        pairs.append((ids(first), ids(second)))
    return pairs


def named(found: alignment.Lexicon) -> set[tuple[str, str]]:
    return {(VOCABULARY.piece(a), VOCABULARY.piece(b)) for a, b in found}


def test_words_that_translate_each_other_are_found_whatever_their_order():
    assert set(TRANSLATED.items()) <= named(lexicon(corpus(), VOCABULARY))


def test_a_word_without_translation_is_in_no_lexicon():
    words = {word for pair in named(lexicon(corpus(), VOCABULARY)) for word in pair}
    assert words - {"of", "OF"} == {*TRANSLATED, *TRANSLATED.values()}


def test_the_lexicon_has_the_first_language_first():
    swapped = lexicon([(b, a) for a, b in corpus()], VOCABULARY)
    assert swapped == {(b, a) for a, b in lexicon(corpus(), VOCABULARY)}


@pytest.mark.parametrize(("n", "found"), [(4, False), (5, True)])
def test_a_pair_of_words_must_be_seen_in_five_sentences(n, found):
    rare = [(ids(["once"]), ids(["ONCE"]))] * n
    assert (("once", "ONCE") in named(lexicon([*corpus(), *rare], VOCABULARY))) == found


def test_a_word_that_is_translated_in_three_ways_is_not_sure():
    pairs = [(ids(["once"]), ids([word])) for word in ("ONCE", "OF", "CAT")] * 20
    assert lexicon(pairs, VOCABULARY) == set()


def test_both_words_must_be_sure_of_each_other():
    pairs = [(ids(["once"]), ids(["ONCE"]))] * 20 + [(ids(["of"]), ids(["ONCE"]))] * 10
    assert named(lexicon(pairs, VOCABULARY)) == {("once", "ONCE")}
    assert named(lexicon([(b, a) for a, b in pairs], VOCABULARY)) == {("ONCE", "once")}


@pytest.mark.parametrize("piece", ["<eos>", "<0x41>", ".", "7"])
def test_what_is_no_word_is_in_no_lexicon_however_often_it_stands_for_itself(piece):
    assert lexicon([(ids([piece]), ids([piece]))] * 20, VOCABULARY) == set()


def test_of_no_pairs_the_lexicon_is_empty():
    assert lexicon([], VOCABULARY) == set()


def by_dictionary(pairs: Pairs, rounds: int) -> dict[tuple[int, int], float]:
    """IBM model 1 (Brown et al. 1993, section 4), where a word that stands in a sentence twice is counted once."""
    p = collections.defaultdict(lambda: 1.0)
    for _ in range(rounds):
        counted, total = collections.Counter(), collections.Counter()
        for given, written in pairs:
            for word in set(written):
                whole = sum(p[g, word] for g in given)
                for g in given:
                    counted[g, word] += p[g, word] / whole
                    total[g] += p[g, word] / whole
        p = {(g, word): share / total[g] for (g, word), share in counted.items()}
    return p


@pytest.mark.parametrize("rounds", [1, 2, 8])
def test_model_1_is_what_a_dictionary_counts(rounds, monkeypatch):
    monkeypatch.setattr(alignment, "ROUNDS", rounds)
    dice = random.Random(1)
    pairs = [(dice.choices(range(6), k=dice.randint(1, 5)), dice.choices(range(6, 13), k=4)) for _ in range(30)]
    a = np.array([x for first, second in pairs for x in first for _ in second])
    b = np.array([y for first, second in pairs for _ in first for y in second])
    sentence = np.array([i for i, (first, second) in enumerate(pairs) for _ in range(len(first) * len(second))])
    cells, cell = np.unique(a * 13 + b, return_inverse=True)
    for pairs_so, given, word in ((pairs, a, b), ([(s, f) for f, s in pairs], b, a)):
        p, expected = model_1(given, word, sentence, cell), by_dictionary(pairs_so, rounds)
        of = {number: (int(g), int(w)) for number, g, w in zip(cell, given, word, strict=True)}
        assert len(p) == len(cells) == len(expected)
        for number in range(len(cells)):
            assert p[number] == pytest.approx(expected[of[number]])


SURE = {(1, 11), (2, 12), (3, 13)}


@pytest.mark.parametrize(
    ("first", "second", "linked"),
    [
        ([1, 2], [12, 11], [(0, 1), (1, 0)]),
        ([1, 5, 3], [13, 15, 16, 11], [(0, 3), (2, 0)]),
        ([1, 2, 1], [12, 11], [(1, 0)]),
        ([1, 2], [11, 12, 11], [(1, 1)]),
        ([1, 1], [11, 11], []),
        ([4, 5], [11, 12], []),
        ([11], [1], []),
        ([], [], []),
    ],
)
def test_words_are_linked_that_stand_once_each(first, second, linked):
    assert links(first, second, SURE) == linked


N = 16  # words, ids and one-hot features alike
KEY_OF = torch.arange(N).roll(5)  # the key that each query looks for


def looking() -> Transformer:
    """Head 0 of the cross-attention looks at the key KEY_OF[query], head 1 at all alike, and nothing else is added."""
    model = Transformer(Config("encoder-decoder", n_vocab=N, d_model=2 * N, n_heads=2, n_layers=1, d_mlp=4)).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" not in name:
                parameter.zero_()
        eye, cross = torch.eye(N), model.decoder.blocks[0].cross_attn
        model.embed.weight.copy_(torch.cat([eye, eye], -1))
        cross.W_q.weight[:N, :N] = 4 * eye[KEY_OF].T
        cross.W_k.weight[:N, :N] = eye
    return model


CROSS = "decoder.blocks.0.cross_attn"


def test_a_head_that_looks_at_the_translation_hits_and_one_that_looks_at_all_alike_is_at_chance():
    query = [3, 0, 9]
    source = [int(KEY_OF[9]), int(KEY_OF[3]), 1, int(KEY_OF[0])]
    row = Linked({"source": source, "target": query}, [(0, 1), (1, 3), (2, 0)])
    found = aligned(looking(), [row], [CROSS])[CROSS]
    assert found.hits[0] == 1
    assert found.weight[0] == pytest.approx(1, abs=1e-4)
    assert found.weight[1] == pytest.approx(1 / 4)
    assert found.chance == pytest.approx(1 / 4)


def test_a_head_that_looks_elsewhere_hits_nothing():
    row = Linked({"source": [int(KEY_OF[3]), 1, 2], "target": [3]}, [(0, 1)])
    found = aligned(looking(), [row], [CROSS])[CROSS]
    assert found.hits[0] == 0
    assert found.weight[0] == pytest.approx(0, abs=1e-4)


def test_all_links_of_all_rows_count_alike():
    right = Linked({"source": [int(KEY_OF[3]), 1], "target": [3]}, [(0, 0)])
    wrong = Linked({"source": [int(KEY_OF[3]), 1, 2, 4], "target": [3, 3, 3]}, [(0, 1), (1, 2), (2, 3)])
    found = aligned(looking(), [right, wrong], [CROSS])[CROSS]
    assert found.hits[0] == pytest.approx(1 / 4)
    assert found.weight[0] == pytest.approx(1 / 4, abs=1e-4)
    assert found.chance == pytest.approx((1 / 2 + 3 / 4) / 4)


def test_what_the_mask_hides_is_not_looked_at():
    torch.manual_seed(0)
    model = Transformer(Config("decoder", n_vocab=N, d_model=8, n_heads=2, n_layers=2, d_mlp=4)).eval()
    with torch.no_grad():
        for block in model.decoder.blocks:
            block.attn.W_q.weight.mul_(100)
            block.attn.W_k.weight.mul_(100)
    sites = [site.name for site in model.sites()]
    row = Linked({"target": [5, 1, 2, 8, 3]}, [(2, 0), (2, 2), (1, 1), (3, 1)])
    found = aligned(model, [row], sites)
    trace = Trace(sites=model.sites())
    with torch.no_grad():
        model(target=torch.tensor(row.inputs["target"]), tap=Tap(trace.record))
    for site in sites:
        pattern = trace.pattern(site)
        cells = [pattern[:, query, key] for query, key in row.links]
        assert torch.allclose(found[site].weight, torch.stack(cells).mean(0), atol=1e-5)
        most = [pattern[:, query].argmax(-1) == key for query, key in row.links]
        assert torch.equal(found[site].hits, torch.stack(most).float().mean(0))
        assert found[site].chance == pytest.approx((1 / 3 + 1 / 3 + 1 / 2 + 1 / 4) / 4)
