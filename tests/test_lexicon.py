import shutil

import pytest

from model import zoo
from model.lexicon import alignment, dump, load
from model.tokenizer import Tokenizer

TOKENIZER = Tokenizer.load(zoo.WEIGHTS / "tokenizer.json")


def test_a_query_predicts_the_word_after_it():
    assert alignment([5, 6, 7, 2], [3, 60, 50], {(5, 50), (60, 6)}) == [(1, 0), (0, 1)]
    assert alignment([5], [50], {(5, 50)}) == []  # nothing stands before the first
    assert alignment([5], [3, 50], set()) == []


def test_a_lexicon_is_read_as_it_was_written_and_by_its_own_tokenizer_alone(tmp_path):
    path = tmp_path / "lexicon.json"
    assert load(path, TOKENIZER) == set()
    path.write_text(dump({(500, 600), (7, 8)}, TOKENIZER))
    assert load(path, TOKENIZER) == {(500, 600), (7, 8)}
    path.write_text(path.read_text().replace(TOKENIZER.sha256, "another"))
    assert load(path, TOKENIZER) == set()


@pytest.mark.parametrize("damaged", ["", "[]", "{}", "null"])
def test_a_damaged_lexicon_is_said_to_be_so(tmp_path, monkeypatch, damaged):
    for name in ("encoder.safetensors", "tokenizer.json"):
        shutil.copy(zoo.WEIGHTS / name, tmp_path)
    monkeypatch.setattr(zoo, "WEIGHTS", tmp_path)
    (tmp_path / "lexicon.json").write_text(damaged)
    with pytest.raises(zoo.BadWeights, match=r"lexicon\.json"):
        zoo.shipped.__wrapped__("encoder")
