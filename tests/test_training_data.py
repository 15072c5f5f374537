import numpy as np
import pytest
from training import DATA, PAIRS, TOKENIZER, folder, one_thread, tiny  # noqa: F401

from model.training import tasks
from model.training.batches import UNASKED
from model.training.data import BadData, Corpus, Data, read
from model.training.tasks import Remember, Translate, validation


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "no text to train on"),
        ({"notes__pdf": "text"}, "no text to train on"),
        ({"empty__txt": "\n\n"}, "no text to train on"),
        ({"latin__txt": "caf\xe9".encode("latin-1")}, "not UTF-8"),
        ({"one__tsv": "Hello.\t你好。\nno tab"}, "one.tsv, line 2: a pair is English, a tab, and Chinese"),
        ({"one__tsv": "Hello.\t"}, "line 1"),
    ],
)
def test_a_folder_that_does_not_match_is_refused_in_a_sentence(files, sentence, tmp_path):
    with pytest.raises(BadData, match=sentence):
        read(folder(tmp_path, **files))


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(BadData, match="There is no folder"):
        read(tmp_path / "nowhere")


def test_files_for_validation_are_not_trained_on_and_those_for_test_not_opened(tmp_path):
    pairs = {"a__train__tsv": "Hi.\t嗨。", "a__valid__tsv": "No.\t不。", "a__test__tsv": b"\xff"}
    files = {**pairs, "b__txt": "Some text."}
    data = read(folder(tmp_path, **files, c__txt="\n".join(f"Line {n}." for n in range(100))))
    assert data.train.pairs == [("Hi.", "嗨。")]
    assert data.valid.pairs == [("No.", "不。")]
    assert data.valid.texts["c.txt"] == ["Line 0.", "Line 50."]
    assert not set(data.train.texts["c.txt"]) & set(data.valid.texts["c.txt"])


def test_a_file_for_one_direction_is_neither_a_pair_nor_held_out(tmp_path):
    one_way = {"a__en-zh__tsv": "Cat.\t猫。\n" * 60, "b__train__zh-en__tsv": "Dog.\t狗。"}
    data = read(folder(tmp_path, a__tsv="Hi.\t嗨。\nNo.\t不。", **one_way))
    assert data.train.one_way == {"en-zh": [("Cat.", "猫。")] * 60, "zh-en": [("Dog.", "狗。")]}
    assert data.train.pairs + data.valid.pairs == [("No.", "不。"), ("Hi.", "嗨。")]
    assert data.valid.one_way == {}
    assert list(data.train) == ["No.", "不。"]


def test_a_file_for_one_direction_must_be_pairs_and_counts_in_the_hash(tmp_path):
    folder(tmp_path, **{"a__tsv": "Hi.\t嗨。\nNo.\t不。"})
    before = read(tmp_path).sha256
    assert read(folder(tmp_path, **{"a__en-zh__tsv": "Cat.\t猫。"})).sha256 != before
    with pytest.raises(BadData, match=r"a\.en-zh\.tsv, line 1"):
        read(folder(tmp_path, **{"a__en-zh__tsv": "Cat."}))


ONE_WAY = {
    "en-zh": [(f"The {a} drinks milk.", f"{b}喝牛奶。") for a, b in (("cat", "猫"), ("dog", "狗"))],
    "zh-en": [("Birds sing.", "鸟会唱歌。")],
}


def two_ways(one_way: dict) -> Data:
    return Data(Corpus(DATA.train.texts, DATA.train.pairs, one_way), DATA.valid, "0")


def directions(trained: Translate, n: int, monkeypatch) -> list[list[tuple[str, str, str]]]:
    """Of n batches the (language token, source, target) of every row."""
    monkeypatch.setattr(tasks, "N_TOKENS", 100)
    batches = [trained.batch(step, np.random.default_rng(step)) for step in range(n)]
    return [
        [
            (TOKENIZER.piece(int(target[0])), TOKENIZER.decode(source.tolist()), TOKENIZER.decode(labels.tolist()))
            for source, target, labels in zip(
                batch.inputs["source"],
                batch.inputs["target"],
                batch.labels.where(batch.labels != UNASKED, batch.labels.new_zeros(())),
                strict=True,
            )
        ]
        for batch in batches
    ]


def test_pairs_for_one_direction_are_translated_in_that_direction_alone(monkeypatch):
    batches = directions(tiny("encoder-decoder", 1, data=two_ways(ONE_WAY)).task, 80, monkeypatch)
    english_first = {("<2zh>", english, chinese) for english, chinese in ONE_WAY["en-zh"]}
    chinese_first = {("<2en>", chinese, english) for english, chinese in ONE_WAY["zh-en"]}
    seen = {row for batch in batches for row in batch}
    both_ways = {row for pair in PAIRS[5:] for row in (("<2zh>", *pair), ("<2en>", *pair[::-1]))}
    assert seen - both_ways == english_first | chinese_first
    assert len(seen & both_ways) > len(PAIRS)
    mixed = [batch for batch in batches if {*batch} & both_ways and {*batch} - both_ways]
    assert mixed == []
    assert len([batch for batch in batches if {*batch} - both_ways]) == pytest.approx(40, abs=15)


def test_without_pairs_for_one_direction_every_batch_is_of_the_others(monkeypatch):
    too_long = [("cat " * 80, "猫" * 80)]
    run = tiny("encoder-decoder", 1, data=two_ways({"en-zh": [], "zh-en": too_long}))
    assert run.task.material.one_way == {}
    assert {row[0] for batch in directions(run.task, 10, monkeypatch) for row in batch} == {"<2zh>", "<2en>"}


@pytest.mark.parametrize("kind", ["encoder", "decoder", "lstm"])
def test_only_a_translator_reads_pairs_for_one_direction(kind):
    without, with_them = (tiny(kind, 1, data=two_ways(one_way)).task for one_way in ({}, ONE_WAY))
    for step in range(4):
        a, b = (trained.batch(step, np.random.default_rng(step)) for trained in (without, with_them))
        side = "source" if kind == "encoder" else "target"
        assert a.inputs[side].tolist() == b.inputs[side].tolist()


def test_a_model_without_attention_learns_the_same_texts_without_masks_and_without_repeats_first():
    run = tiny("lstm", 1)
    assert isinstance(run.task, Remember)
    frame = {TOKENIZER.id("<bos>"), TOKENIZER.id("<sep>"), TOKENIZER.id("<eos>")}
    kinds = set()
    for step in range(40):
        batch = run.task.batch(step, np.random.default_rng(step))
        assert set(batch.inputs) == {"target"}
        asked = batch.labels != UNASKED
        starts = bool(asked[:, 0].all())
        kinds.add((starts, frame & set(batch.inputs["target"].flatten().tolist()) != {TOKENIZER.id("<bos>")}))
    assert kinds == {(True, True), (True, False), (False, False)}  # pairs, texts, and few repeats
    assert all("prefix" not in name for name in validation(run.task))
    assert any("prefix" in name for name in validation(tiny("decoder", 1).task))
    assert len([step for step in range(40) if repeated(run.task, step)]) < 15


def repeated(trained: Remember, step: int) -> bool:
    """Whether a batch is one of repeats: the first copy is not asked for."""
    return not bool((trained.batch(step, np.random.default_rng(step)).labels[:, 0] != UNASKED).any())
