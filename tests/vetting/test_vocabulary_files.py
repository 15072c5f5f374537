"""The files of a tokenizer in a folder."""

import pytest
from vetting.spoilt import ROWS, WORDS, refusal, write

from model.vetting import vet


def test_a_tokenizer_of_a_gigabyte(folder):
    with (folder / "tokenizer.json").open("wb") as file:
        file.truncate(2**30)
    refusal(folder, "tokenizer-refused")


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        {"model": {}},
        {"model": {"vocab": WORDS | {"more": ROWS}}},
        {"model": {"vocab": WORDS | {"more": -1}}},
        {"model": {"vocab": WORDS | {"more": "1"}}},
        {"model": {"vocab": [["w", 0.0]] * (ROWS + 1)}},
        {"model": {"vocab": WORDS}, "added_tokens": [{"id": ROWS}]},
        {"model": {"vocab": WORDS}, "added_tokens": [3]},
        {"model": {"vocab": WORDS, "merges": [0] * 10**7}},
    ],
    ids=range(10),
)
def test_a_tokenizer_that_does_not_belong(folder, told):
    write(folder / "tokenizer.json", told)
    refusal(folder, "tokenizer-refused")


@pytest.mark.parametrize("name", ["spiece.model", "tokenizer.model", "sentencepiece.bpe.model", "source.spm"])
def test_one_that_is_not_converted_is_told_from_one_that_is_damaged(folder, name):
    (folder / name).write_bytes(b"\n\x0f")
    vet(folder)  # tokenizer.json goes before
    (folder / "tokenizer.json").unlink()
    assert refusal(folder, "tokenizer-unconverted").detail == name
    write(folder / "vocab.json", WORDS)  # as Marian has beside it
    refusal(folder, "tokenizer-unconverted")


def test_files_of_a_tokenizer_in_place_of_the_one(folder):
    (folder / "tokenizer.json").unlink()
    refusal(folder, "tokenizer-refused")
    (folder / "vocab.txt").write_text("word\n" * ROWS)
    vet(folder)
    (folder / "vocab.txt").write_text("word\n" * (ROWS + 1))
    refusal(folder, "tokenizer-refused")
    (folder / "vocab.txt").unlink()
    write(folder / "vocab.json", WORDS)
    vet(folder)
    write(folder / "tokenizer_config.json", {"added_tokens_decoder": {str(ROWS): {"content": "x"}}})
    refusal(folder, "tokenizer-refused")
