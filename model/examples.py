"""Sentences to begin with, in both languages, each with a cell that shows something true of the shipped weights.

tests/test_examples.py holds that it is so: in that row the head looks at that key more than at any other.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    model: str
    lang: str  # of the sentence
    text: str
    site: str
    head: int
    query: int  # positions in the model's input, special tokens included
    key: int
    en: str  # what is to be seen there
    zh: str
    target: str | None = None


EXAMPLES = [
    Example(
        "decoder", "en", "Tom likes music. Mary likes music. Tom likes", "decoder.blocks.1.attn", 2, 6, 3,
        en="the second “likes” looks at “music”, which followed “likes” the last time: an induction head.",
        zh="第二个“likes”看着“music”，上次“likes”后面就是它：这是归纳头。",
    ),
    Example(
        "decoder", "zh", "小红有一只猫，小明有一只狗。小红有一只", "decoder.blocks.1.attn", 2, 10, 5,
        en="the second “一只” looks at “猫”, which followed “一只” the last time: an induction head.",
        zh="第二个“一只”看着“猫”，上次“一只”后面就是它：这是归纳头。",
    ),
    Example(
        "encoder", "en", "Mary said that she was tired.", "encoder.blocks.1.attn", 1, 6, 4,
        en="“tired” looks back over “was” at “she”: who is tired.",
        zh="“tired”越过“was”看着“she”：累的是她。",
    ),
    Example(
        "encoder", "zh", "我昨天在学校门口看见了你的妹妹。", "encoder.blocks.2.attn", 0, 3, 7,
        en="“在” looks ahead at the verb “看见”: a bidirectional encoder may.",
        zh="“在”往后看到动词“看见”：双向的编码器可以这样看。",
    ),
    Example(
        "encoder-decoder", "en", "I saw your sister at school yesterday.", "decoder.blocks.2.cross_attn", 0, 1, 6,
        en="before “昨天” is written, “我” looks at “yesterday”.",
        zh="写出“昨天”之前，“我”看着“yesterday”。",
    ),
    Example(
        "encoder-decoder", "zh", "我昨天看见了你的妹妹。", "decoder.blocks.2.cross_attn", 0, 1, 3,
        en="before “saw” is written, “I” looks at “看见”.",
        zh="写出“saw”之前，“I”看着“看见”。",
    ),
]  # fmt: skip
