"""Six words in two spellings: what is read, how it is written again, and what is refused."""

import pytest

from model import hand, zoo
from model.input_error import InputError

WORDS = hand.words()


def spelt(text: str) -> list[tuple[int, str]]:
    return [(token.id, token.text) for token in WORDS.reading(text).encode(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我爱吃鱼", [(0, "我"), (1, "爱"), (2, "吃"), (3, "鱼")]),
        ("我 爱吃\n饭。", [(0, "我"), (1, "爱"), (2, "吃"), (4, "饭"), (5, "。")]),
        ("。", [(5, "。")]),
        ("I love eating fish", [(0, "I"), (1, "love"), (2, "eating"), (3, "fish")]),
        ("i LOVE  eating rice.", [(0, "i"), (1, "LOVE"), (2, "eating"), (4, "rice"), (5, ".")]),
    ],
)
def test_a_text_is_cut_into_its_words(text, expected):
    assert spelt(text) == expected
    for token in WORDS.reading(text).encode(text):
        assert text[token.start : token.end] == token.text
        assert token.part is None


UNKNOWN = ["我爱猫", "I love cats", "我 love 鱼", "I爱吃鱼", "我爱.", "I love fish。", "Ilove", "I love!", "1"]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_it_does_not_know_is_refused_with_what_it_knows(text):
    with pytest.raises(InputError) as refusal:
        zoo.load("hand").tokens(text)
    assert (refusal.value.code, refusal.value.field) == ("unknown-word", "text")
    for word in [*hand.WORDS["en"], *hand.WORDS["zh"]]:
        assert word in refusal.value.words.split()


@pytest.mark.parametrize("text", ["I love eating fish", "I love rice.", "我爱吃鱼。", "fish love eating I", ". I"])
def test_ids_spell_the_text_again(text):
    words = WORDS.reading(text)
    ids = [token.id for token in words.encode(text)]
    assert words.decode(ids) == text
    assert words.tokens(ids) == words.encode(text)


def test_a_text_of_the_other_language_is_the_same_to_the_model():
    ids = [[token.id for token in zoo.load("hand").tokens(text)["target"]] for text in ("I love rice.", "我爱饭。")]
    assert ids[0] == ids[1] == [0, 1, 4, 5]


def test_predictions_and_what_is_written_are_spelt_as_the_text_is():
    model = zoo.load("hand")
    for lang, text in (("zh", "我爱"), ("en", "I love")):
        trace = model.trace(text, written=[2, 4])
        assert [token.text for token in trace.tokens["target"]] == [hand.WORDS[lang][id] for id in (0, 1, 2, 4)]
        assert {entry["text"] for row in model.predictions(trace) for entry in row} == set(hand.WORDS[lang])
    assert model.trace("I love", written=[2]).tokens["target"][2].start == 7


def test_it_reads_no_more_than_it_has_positions_for():
    model = zoo.load("hand")
    assert len(model.trace("我" * hand.N_CTX).tokens["target"]) == hand.N_CTX
    with pytest.raises(InputError, match="too-many-tokens"):
        model.trace("我" * (hand.N_CTX + 1))
    assert len(list(model.generate("我爱吃鱼我爱", temperature=0))) <= 2


def test_writing_ends_at_the_full_stop_and_may_go_on_after_it():
    model = zoo.load("hand")
    assert [step.id for step in model.generate("我", temperature=0)] == [1, 2, 3, 5]
    assert len(model.trace("我", written=[1, 2, 3, 5]).tokens["target"]) == 5
    assert list(model.generate("我", written=[1, 2, 3, 5], temperature=0, max_new_tokens=1))
    *_, last = model.beams("I", width=2, max_new_tokens=6)
    assert any(beam.finished and beam.ids[-1] == 5 for beam in last.kept) or last.dropped


@pytest.mark.parametrize("edit", [{"swap": 3, "side": "target", "token": 4}])
def test_a_word_can_be_swapped(edit):
    swapped, typed = (zoo.load("hand").trace(*one) for one in ((("我爱吃鱼", None, "native", [edit])), (("我爱吃饭",))))
    assert [token.text for token in swapped.tokens["target"]] == list("我爱吃饭")
    assert all((swapped[name] == typed[name]).all() for name in typed)
