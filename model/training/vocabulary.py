"""Makes a tokenizer from text.

A text is first split, and no piece crosses a split: a word with the space before it, one digit, one mark, a run of
Chinese characters. Chinese is cut into words here, and only here, so that the pieces learnt are words; the tokenizer
itself needs no dictionary. Every Chinese character of the text is in the vocabulary, as are ASCII's and the common
marks.
"""

from __future__ import annotations

import collections
import functools
import json
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import tokenizers
from tokenizers import decoders, models, pre_tokenizers, trainers

from ..tokenizer import BYTES, HAN, SPECIAL, Tokenizer
from .data import BadData

SPLIT = "|".join(
    [
        r"\p{Han}+",  # a run of Chinese characters
        r"'(?:s|t|re|ve|m|ll|d)(?!\p{L})",  # the end of it's, don't, you're, I've, I'm, we'll, she'd
        r" ?[\p{L}&&[^\p{Han}]][\p{L}\p{M}&&[^\p{Han}]]*",  # a word, with the space before it
        r" ?\p{N}",  # a digit
        r" ?[^\s\p{L}\p{M}\p{N}]",  # a mark
        r"\p{M}+",  # marks that combine, where no letter is before them
        r" ",
        r"\s",
    ]
)
ASCII = [chr(code) for code in range(32, 127)]
COMMON = 20  # how often a mark or foreign letter must occur to be worth an entry


def train(texts: Iterable[str], n_vocab: int) -> Tokenizer:
    """Raises BadData if the characters alone fill the vocabulary, or if there is Chinese and no jieba to cut it."""
    texts = list(texts)
    alphabet = characters(texts)
    n_learnt = n_vocab - len(SPECIAL) - len(BYTES)
    if len(alphabet) > n_learnt:
        raise BadData(f"A vocabulary of {n_vocab} is too small for a text of {len(alphabet)} different characters.")
    learner = assemble({}, [])
    trainer = trainers.BpeTrainer(
        vocab_size=n_learnt, initial_alphabet=alphabet, limit_alphabet=len(alphabet), show_progress=False
    )
    learner.train_from_iterator(words(texts), trainer)
    learnt = json.loads(learner.to_str())["model"]
    pieces = [*SPECIAL, *BYTES, *sorted(learnt["vocab"], key=learnt["vocab"].get)]
    return Tokenizer(
        assemble({piece: id for id, piece in enumerate(pieces)}, [(left, right) for left, right in learnt["merges"]])
    )


def assemble(vocab: dict[str, int], merges: list[tuple[str, str]]) -> tokenizers.Tokenizer:
    """No normalizer, and no added tokens, so that nothing a user types can become a special token."""
    bpe = tokenizers.Tokenizer(models.BPE(vocab=vocab, merges=merges, byte_fallback=True))
    bpe.pre_tokenizer = pre_tokenizers.Split(tokenizers.Regex(SPLIT), "isolated")
    bpe.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    return bpe


def characters(texts: Iterable[str]) -> list[str]:
    seen = collections.Counter(character for text in texts for character in text)
    return sorted({*ASCII, *(c for c, count in seen.items() if count >= COMMON or HAN.match(c))})


def words(texts: Iterable[str]) -> Iterator[str]:
    """Runs without Chinese as they are; Chinese in jieba's words."""
    for text in texts:
        if HAN.search(text):
            yield from dictionary().cut(text)
        else:
            yield text


@functools.cache
def dictionary() -> Any:
    try:
        with warnings.catch_warnings(action="ignore"):  # of its older Python
            import jieba
    except ModuleNotFoundError:
        raise BadData(
            "To learn a vocabulary from Chinese, jieba must be installed: pip install headlight[train]."
        ) from None
    jieba.setLogLevel("WARNING")
    return jieba
