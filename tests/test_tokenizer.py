from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import model
from model.tokenizer import BYTES, SPECIAL, LoneSurrogate, Token, Tokenizer, language, other
from model.training import vocabulary
from model.training.data import BadData

TOKENIZER = Tokenizer.load(Path(model.__file__).parent / "weights" / "tokenizer.json")

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LIKELY_TEXT = st.text(st.sampled_from("我爱吃鱼龘，。 the cat's 12\t\n\r▁<>é\u0301👩\u200d🚀"), max_size=40)

HARD = [
    "",
    " ",
    "   two  spaces   ",
    "line\r\nline\n\ttab",
    "nul \0 inside",
    "👨‍👩‍👧‍👦 family, 👩🏽‍🚀 skin tone, 🇨🇳 flag",
    "\u200d\ufe0f alone",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!",
    "שלום, مرحبا بالعالم",
    "▁ is no space, and neither is \u3000 or \u00a0",
    "<mask> </s> <pad> <0x41> [CLS]",
    "龘靐齉 𪚥 ㄅㄆㄇ かな 한국어",
    "\ufeff\ufffd\U0010ffff",
    "cafe\u0301 and café",
]


def ids(text: str) -> list[int]:
    return [token.id for token in TOKENIZER.encode(text)]


@given(ANY_TEXT | LIKELY_TEXT)
def test_any_text_comes_back_from_its_ids(text):
    assert TOKENIZER.decode(ids(text)) == text


@pytest.mark.parametrize("text", HARD)
def test_hard_texts_come_back_and_are_covered(text):
    assert TOKENIZER.decode(ids(text)) == text
    assert_spans_cover(text, TOKENIZER.encode(text))


@given(ANY_TEXT | LIKELY_TEXT)
def test_spans_cover_the_text_in_order(text):
    assert_spans_cover(text, TOKENIZER.encode(text))


def assert_spans_cover(text: str, tokens: list[Token]) -> None:
    """Spans slice to the token's text and follow on each other; the parts of a character share its span, in order."""
    end = 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        assert token.text == text[token.start : token.end] != ""
        if token.part and token.part[0]:
            assert before is not None
            assert (token.start, token.end) == (before.start, before.end)
            assert before.part == (token.part[0] - 1, token.part[1])
        else:
            assert token.start == end
        end = token.end
    assert end == len(text)


def test_a_character_outside_the_vocabulary_is_shown_as_parts():
    tokens = TOKENIZER.encode("a🚀")
    assert [(token.text, token.start, token.end, token.part) for token in tokens] == [
        ("a", 0, 1, None),
        *(("🚀", 1, 2, (k, 4)) for k in range(4)),
    ]
    assert [TOKENIZER.piece(token.id) for token in tokens[1:]] == [f"<0x{byte:02X}>" for byte in "🚀".encode()]


def test_a_byte_that_is_a_whole_character_has_no_part():
    assert TOKENIZER.encode("\0")[0].part is None


def test_a_word_keeps_its_space_and_marks_stand_alone():
    texts = [token.text for token in TOKENIZER.encode("It's a cat, 12.")]
    assert texts == ["It", "'s", " a", " cat", ",", " 1", "2", "."]


def test_common_characters_are_never_split():
    text = "我昨天在图书馆看了一本有趣的书。小猫因为太累而没有过马路！"
    assert all(token.part is None for token in TOKENIZER.encode(text))


def test_typed_special_tokens_are_plain_text():
    special = {TOKENIZER.id(piece) for piece in SPECIAL}
    assert special.isdisjoint(ids("".join(SPECIAL)))
    assert set(range(len(SPECIAL), len(SPECIAL) + len(BYTES))).isdisjoint(ids("<0x41>"))


def test_special_tokens_have_no_span_and_spell_nothing():
    tokens = TOKENIZER.for_encoder("The cat")
    assert tokens[0] == Token(TOKENIZER.id("<cls>"), "<cls>")
    assert TOKENIZER.decode(token.id for token in tokens) == "The cat"


def test_each_kind_of_model_has_its_frame():
    def pieces(tokens: list[Token]) -> list[str]:
        return [token.text for token in tokens]

    assert pieces(TOKENIZER.for_encoder("The")) == ["<cls>", "The", "<sep>"]
    assert pieces(TOKENIZER.for_encoder("The", "猫")) == ["<cls>", "The", "<sep>", "猫", "<sep>"]
    assert pieces(TOKENIZER.for_decoder("The")) == ["<bos>", "The"]
    assert pieces(TOKENIZER.for_decoder("The", "猫")) == ["<bos>", "The", "<sep>", "猫"]
    assert pieces(TOKENIZER.for_source("The")) == ["The", "<eos>"]
    assert pieces(TOKENIZER.for_target("猫", "zh")) == ["<2zh>", "猫"]


def test_a_lone_surrogate_is_refused_with_its_position():
    with pytest.raises(LoneSurrogate, match="character 2") as refusal:
        TOKENIZER.encode("ab\ud83d")
    assert refusal.value.position == 2


def test_each_byte_that_makes_no_character_is_replaced():
    ids = [TOKENIZER.id(piece) for piece in ("a", "<0xF0>", "<0x9F>", "b")]
    assert TOKENIZER.decode(ids) == "a\ufffd\ufffdb"
    assert [(token.id, token.start, token.part) for token in TOKENIZER.tokens(ids)] == [
        (id, at, None) for at, id in enumerate(ids)
    ]


def test_written_ids_have_the_tokens_of_their_text():
    for text in HARD:
        tokens = TOKENIZER.encode(text)
        framed = [TOKENIZER.id("<bos>"), *(token.id for token in tokens), TOKENIZER.id("<eos>")]
        assert TOKENIZER.tokens(framed)[1:-1] == tokens


def test_many_texts_have_the_ids_of_each():
    assert TOKENIZER.ids(HARD) == [ids(text) for text in HARD]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我爱吃鱼", "zh"),
        ("I love fish", "en"),
        ("我爱Python", "zh"),
        ("The character 猫 means cat", "en"),
        ("", "en"),
        ("123 !?", "en"),
        ("，。", "en"),
    ],
)
def test_language_goes_by_script(text, expected):
    assert language(text) == expected
    assert other(expected) != expected


def test_every_chinese_character_of_the_text_is_learnt_whole():
    pytest.importorskip("jieba")
    text = "鼋鼍龟鳖在湖边晒太阳。"
    learnt = vocabulary.train([text] * 3, 400)
    assert all(token.part is None for token in learnt.encode("鼋湖鼍边晒鳖"))
    assert [token.text for token in learnt.encode("太阳")] == ["太阳"]


def test_a_vocabulary_too_small_for_the_characters_is_refused():
    with pytest.raises(BadData, match="too small"):
        vocabulary.train(["text"], 300)
