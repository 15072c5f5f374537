"""Short relations between words that can be found without a parser, to see whether a head follows them.

Only ends that are two or more tokens apart count: between neighbours a head that looks one back would do as well.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..tokenizer import Tokenizer
from .alignment import Linked
from .batches import Ids
from .tasks import Continue, FillIn, Task, Translate

DETERMINERS = {"the", "a", "an", "my", "your", "his", "our", "their", "this", "these"}
QUESTION_WORDS = {"who", "what", "where", "when", "why", "how", "which"}
QUESTION_WORDS |= {"谁", "什么", "哪", "哪里", "怎么", "为什么", "几", "多少"}
HIS, HERS = {"he", "him", "his", "他"}, {"she", "her", "她"}
HIS_NAMES = {"tom", "john", "jack", "bill", "ken", "mike", "汤姆", "约翰"}
HER_NAMES = {"mary", "jane", "lucy", "alice", "emily", "nancy", "玛丽"}
NUMERALS = {"一", "两", "三", "四", "五", "六", "七", "八", "九", "十", "几"}
CLASSIFIERS = {"个", "本", "只", "条", "张", "辆", "件", "位", "杯", "家", "把", "块", "棵", "封", "座"}
ENDS = {"。", ".", "!", "！", "?", "？"}
PAUSES = ENDS | {",", "，", ";", "；", ":", "：", "、"}

NOUN = 0.5  # how often a noun follows a determiner directly, at least
SEEN = 20  # times in the training texts, at least
MOST = 300  # texts that a relation is measured on

Words = list[str]  # the tokens of a text, in lower case and without their spaces
Ends = list[tuple[int, int]]  # (query, key), positions in the text


@dataclass(frozen=True)
class Relation:
    find: Callable[[Words], Ends]
    en: str
    zh: str


def relations(nouns: set[str]) -> dict[str, Relation]:
    return {
        "determiner": Relation(
            lambda words: determiners(words, nouns),
            "Looks from a noun at its determiner, over a word between them.",
            "从名词看它的限定词，中间隔着别的词。",
        ),
        "question": Relation(
            questions, "Looks from a question mark at the question word.", "从问号看疑问词。"
        ),
        "pronoun": Relation(
            pronouns, "Looks from a pronoun at the name before it.", "从代词看前面的人名。"
        ),
        "numeral": Relation(
            numerals, "Looks from what follows a classifier at the numeral before it.", "从量词后面的词看量词前的数词。"
        ),
    }  # fmt: skip


def nouns_of(texts: Iterable[Words]) -> set[str]:
    """Words that mostly follow a determiner."""
    seen, after = Counter[str](), Counter[str]()
    for words in texts:
        seen.update(words)
        after.update(word for before, word in itertools.pairwise(words) if before in DETERMINERS)
    return {word for word, n in after.items() if seen[word] >= SEEN and n >= NOUN * seen[word]}


def determiners(words: Words, nouns: set[str]) -> Ends:
    found = []
    for key, word in enumerate(words):
        if word in DETERMINERS:
            for query in range(key + 1, min(key + 5, len(words))):
                if words[query] in PAUSES | DETERMINERS:
                    break
                if words[query] in nouns:
                    found += [(query, key)] if query - key >= 2 else []
                    break
    return found


def questions(words: Words) -> Ends:
    """Of a sentence with one question word."""
    found, start = [], 0
    for query, word in enumerate(words):
        if word in ENDS:
            asking = [key for key in range(start, query - 1) if words[key] in QUESTION_WORDS]
            found += [(query, asking[0])] if word in "?？" and len(asking) == 1 else []
            start = query + 1
    return found


def pronouns(words: Words) -> Ends:
    """Where one name alone stands before it that fits."""
    found = []
    for query, word in enumerate(words):
        names = HIS_NAMES if word in HIS else HER_NAMES if word in HERS else set()
        fitting = [key for key in range(query - 1) if words[key] in names]
        found += [(query, fitting[0])] if len(fitting) == 1 else []
    return found


def numerals(words: Words) -> Ends:
    """Numeral, classifier, word."""
    return [
        (key + 2, key)
        for key in range(len(words) - 2)
        if words[key] in NUMERALS and words[key + 1] in CLASSIFIERS and words[key + 2] not in PAUSES
    ]


def words_of(tokenizer: Tokenizer, ids: Ids) -> Words:
    return [tokenizer.piece(id).strip().lower() for id in ids]


def linked(trained: Task) -> dict[str, tuple[Relation, list[Linked]]]:
    """By relation: held-out texts that have it, as this model reads them."""
    material, tokenizer = trained.material, trained.material.tokenizer
    seen = [ids for examples in (*material.texts.values(), material.pairs) for e in examples.examples for ids in e]
    held = [ids for e in material.valid_pairs.examples for ids in e]
    held += [ids for examples in material.valid_texts.values() for (ids,) in examples.examples]
    found: dict[str, tuple[Relation, list[Linked]]] = {}
    for name, relation in relations(nouns_of(words_of(tokenizer, ids) for ids in seen)).items():
        rows = [(ids, ends) for ids in held if (ends := relation.find(words_of(tokenizer, ids)))][:MOST]
        found[name] = relation, [framed(trained, ids, ends) for ids, ends in rows]
    return found


def framed(trained: Task, ids: Ids, ends: Ends) -> Linked:
    """A text with the special tokens that this model is used to."""
    id = trained.material.tokenizer.id
    if isinstance(trained, Translate):
        return Linked({"source": [*ids, id("<eos>")], "target": [id("<2zh>")]}, ends)
    later = [(query + 1, key + 1) for query, key in ends]
    if isinstance(trained, Continue):
        return Linked({"target": [id("<bos>"), *ids]}, later)
    assert isinstance(trained, FillIn)
    return Linked({"source": trained.frame(ids)}, later)
