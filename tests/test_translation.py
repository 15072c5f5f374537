import sys

import pytest
import torch
from torch import Tensor
from training import TOKENIZER, build, one_thread  # noqa: F401

from model import zoo
from model.masks import Prefix
from model.tokenizer import language, other
from model.training import translation
from model.training.data import read
from model.training.translation import back_translated, reader, search, translate, translator

ENGLISH = ["I see a dog.", "The cat is sleeping on the chair.", "Where is the station?", "He reads.", "Tom loves Mary."]
CHINESE = ["我看见一只狗。", "他在看书。", "你明天会来学校吗？", "好。"]
EOS = 2


def written_for(model: zoo.Model, text: str) -> list[int]:
    """What the page's greedy writing gives."""
    return [step.id for step in model.generate(text, temperature=0, max_new_tokens=translation.LONGEST)]


def text_of(model: zoo.Model, text: str) -> str | None:
    ids = written_for(model, text)
    return model.tokenizer.decode(ids) if ids[-1] == model.tokenizer.id("<eos>") else None


@pytest.mark.parametrize("texts", [ENGLISH, CHINESE])
def test_many_texts_are_translated_as_each_is_on_the_page(texts):
    model, to = zoo.load("encoder-decoder"), other(language(texts[0]))
    written = translate(model.transformer, model.tokenizer, texts, to)
    assert written == [text_of(model, text) for text in texts]
    assert written == [translate(model.transformer, model.tokenizer, [text], to)[0] for text in texts]
    assert len({*written}) == len(texts)
    assert {language(text) for text in written if text} == {to}


@pytest.mark.parametrize("texts", [ENGLISH, CHINESE])
def test_a_decoder_translates_many_texts_as_it_does_each(texts):
    model, to = zoo.load("decoder"), other(language(texts[0]))
    written = translate(model.transformer, model.tokenizer, texts, to)
    assert written == [translate(model.transformer, model.tokenizer, [text], to)[0] for text in texts]
    assert len({*written}) > 1


def test_a_decoder_sees_its_whole_source_and_then_what_it_wrote():
    model = zoo.load("decoder")
    id, (source,) = model.tokenizer.id, model.tokenizer.ids(ENGLISH[:1])
    begun = [id("<bos>"), *source, id("<sep>")]
    row = list(begun)
    while row[-1] != id("<eos>"):
        assert len(row) < 60
        with torch.no_grad():
            logits = model.transformer(target=torch.tensor(row), mask=Prefix(len(begun)))
        row.append(int(logits[-1].argmax()))
    written = translate(model.transformer, model.tokenizer, ENGLISH[:1], "zh")
    assert written == [model.tokenizer.decode(row[len(begun) : -1])]


def test_more_texts_than_are_taken_at_once_keep_their_places(monkeypatch):
    model = zoo.load("encoder-decoder")
    whole = translate(model.transformer, model.tokenizer, ENGLISH, "zh")
    monkeypatch.setattr(translation, "AT_ONCE", 2)
    assert translate(model.transformer, model.tokenizer, ENGLISH, "zh") == whole
    assert translate(model.transformer, model.tokenizer, [], "zh") == []


def test_a_translation_without_an_end_is_none(monkeypatch):
    model = zoo.load("encoder-decoder")
    lengths = [len(written_for(model, text)) for text in ENGLISH]
    assert len({*lengths}) > 1
    monkeypatch.setattr(translation, "LONGEST", min(lengths))
    written = translate(model.transformer, model.tokenizer, ENGLISH, "zh")
    assert [text is None for text in written] == [length > min(lengths) for length in lengths]


@pytest.mark.parametrize("kind", ["decoder", "encoder-decoder", "lstm"])
def test_what_comes_next_is_what_the_model_says_of_each_row_alone(kind):
    torch.manual_seed(0)
    model = build(kind).eval()
    sources = [[300, 301, 302], [400], [500, 501, 502, 503, 504]]
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(8 if parameter.ndim == 2 else 1)  # so that it matters what is read
        if kind == "encoder-decoder":
            begun, after = translator(model, TOKENIZER, sources, "en")
            assert begun == [[TOKENIZER.id("<2en>")]] * 3
        else:
            begun, after = reader(model, TOKENIZER, sources)
            assert begun == [[TOKENIZER.id("<bos>"), *ids, TOKENIZER.id("<sep>")] for ids in sources]
        rows = [[*row, 600, 601] for row in begun]
        logits = after(rows, [0, 1, 2])
        assert torch.allclose(after(rows[::-1], [2, 1, 0]), logits.flip(0), atol=1e-4)
        for source, start, row, found in zip(sources, begun, rows, logits, strict=True):
            target = torch.tensor(row)
            if kind == "lstm":
                alone = model(target)
            elif kind == "decoder":
                alone = model(target=target, mask=Prefix(len(start)))
                assert len(start) < 4 or not torch.allclose(alone[-1], model(target=target)[-1], atol=1e-2)
            else:
                alone = model(source=torch.tensor([*source, TOKENIZER.id("<eos>")]), target=target)
            assert torch.allclose(found, alone[-1], atol=1e-4)
            assert found.std() > 0.05


def counting(last: dict[int, int]):
    """After 10 comes 11 and so on up to `last` of the row's first token, and then the end."""

    def after(rows: list[list[int]], _of: list[int]) -> Tensor:
        logits = torch.zeros(len(rows), 100)
        for row, found in zip(rows, logits, strict=True):
            found[EOS if row[-1] == last[row[0]] else row[-1] + 1] = 1
        return logits

    return after


def test_each_row_ends_where_it_ends():
    begun = [[10], [20], [7, 30], [40]]
    written = search(begun, counting({10: 12, 20: 20, 7: 33, 40: 99}), EOS)
    assert written == [[11, 12], [], [31, 32, 33], None]
    assert begun == [[10], [20], [7, 30], [40]]


@pytest.mark.parametrize(("longest", "written"), [(3, [[11, 12]]), (2, [None])])
def test_the_end_must_come_within_the_longest(longest, written, monkeypatch):
    monkeypatch.setattr(translation, "LONGEST", longest)
    assert search([[10]], counting({10: 12}), EOS) == written


def after_a_table(table: dict[tuple[int, ...], dict[int, float]]):
    """The probabilities of what comes next after each row; of what the table does not name, nothing."""

    def after(rows: list[list[int]], _of: list[int]) -> Tensor:
        probabilities = torch.zeros(len(rows), 10)
        for row, found in zip(rows, probabilities, strict=True):
            for id, probability in table[tuple(row)].items():
                found[id] = probability
        return probabilities.log()

    return after


def test_a_beam_finds_what_greed_passes_by():
    table = {(0,): {3: 0.6, 4: 0.4}, (0, 3): {5: 0.5, 6: 0.5}, (0, 4): {5: 1.0}}
    table |= {(0, 3, 5): {EOS: 1.0}, (0, 3, 6): {EOS: 1.0}, (0, 4, 5): {EOS: 1.0}}
    assert search([[0]], after_a_table(table), EOS) == [[3, 5]]
    assert search([[0]], after_a_table(table), EOS, beams=2) == [[4, 5]]


def test_the_best_of_the_beams_is_the_likeliest_a_token():
    table = {(0,): {EOS: 0.5, 3: 0.5}, (0, 3): {4: 0.9, EOS: 0.1}, (0, 3, 4): {EOS: 0.9, 5: 0.1}}
    assert search([[0]], after_a_table(table), EOS, beams=2) == [[3, 4]]  # 0.405 over 3 tokens, against 0.5 over 1


def test_beams_of_many_texts_are_those_of_each_alone():
    model = zoo.load("encoder-decoder")
    together = translate(model.transformer, model.tokenizer, ENGLISH, "zh", beams=3)
    assert together == [translate(model.transformer, model.tokenizer, [text], "zh", beams=3)[0] for text in ENGLISH]


def made(texts: dict[str, str | None], monkeypatch) -> None:
    monkeypatch.setattr(translation, "translate", lambda _, __, asked, to: [texts[text] for text in asked])


def test_a_back_translated_line_is_english_then_chinese(monkeypatch):
    made({"Hi.": "嗨。", "嗨。": "Hi."}, monkeypatch)
    assert back_translated(None, None, ["Hi."], "en") == ["Hi.\t嗨。"]
    assert back_translated(None, None, ["嗨。"], "zh") == ["Hi.\t嗨。"]


@pytest.mark.parametrize("nothing", [None, "", "  ", "a\tb", "a\nb"])
def test_what_makes_no_pair_is_left_out(nothing, monkeypatch):
    made({"嗨。": nothing, "不。": "No.", "左\t右": "left, right"}, monkeypatch)
    assert back_translated(None, None, ["嗨。", "左\t右", "不。"], "zh") == ["No.\t不。"]


def test_the_language_to_translate_to_is_the_other_one(monkeypatch):
    asked = []
    monkeypatch.setattr(translation, "translate", lambda _, __, texts, to: asked.append(to) or ["made"] * len(texts))
    back_translated(None, None, ["Hi."], "en")
    back_translated(None, None, ["嗨。"], "zh")
    assert asked == ["zh", "en"]


def test_the_command_writes_pairs_that_training_reads_towards_what_a_person_wrote(tmp_path, monkeypatch, capsys):
    (tmp_path / "mixed.txt").write_text("\n".join(["", *ENGLISH[:2], *CHINESE[:1], "  "]), encoding="utf-8")
    (tmp_path / "a.train.txt").write_text(CHINESE[1] + "\n", encoding="utf-8")
    (tmp_path / "a.tsv").write_text("Hi.\t嗨。\nNo.\t不。\n", encoding="utf-8")
    weights = zoo.WEIGHTS / "encoder-decoder.safetensors"
    words = ["--data", str(tmp_path), "--weights", str(weights), "mixed.txt", "a.train.txt"]
    monkeypatch.setattr(sys, "argv", ["translation", *words])
    translation.main()
    written = {path.name for path in tmp_path.iterdir()} - {"mixed.txt", "a.train.txt", "a.tsv"}
    assert written == {"mixed.zh-en.tsv", "mixed.en-zh.tsv", "a.train.en-zh.tsv"}
    model = zoo.load("encoder-decoder")
    one_way = read(tmp_path).train.one_way
    assert {"en-zh": sorted(one_way["en-zh"]), "zh-en": sorted(one_way["zh-en"])} == {
        "en-zh": sorted((text_of(model, text), text) for text in CHINESE[:2]),
        "zh-en": sorted((text, text_of(model, text)) for text in ENGLISH[:2]),
    }
    assert "mixed.zh-en.tsv: 2 pairs" in capsys.readouterr().out
