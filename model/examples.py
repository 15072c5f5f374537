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
        "decoder", "zh", "小红有一只猫，小明有一只狗。小红有一只", "decoder.blocks.1.attn", 0, 10, 5,
        en="the second “一只” looks at “猫”, which followed “一只” the last time: an induction head.",
        zh="第二个“一只”看着“猫”，上次“一只”后面就是它：这是归纳头。",
    ),
    Example(
        "decoder", "en", "The old man sat down in front of the big red house.", "decoder.blocks.3.attn", 3, 12, 9,
        en="“house” looks at its own “the”, over “big red”, and not at the first one.",
        zh="“house”越过“big red”看着自己的“the”，不看句首那个。",
    ),
    Example(
        "decoder", "en", "What did you buy for your mother yesterday?", "decoder.blocks.1.attn", 1, 9, 1,
        en="“?” looks at “What”, eight tokens before, as every word of this question does.",
        zh="“?”看着八个词元之前的“What”，这个问句里每个词都这样看。",
    ),
    Example(
        "decoder", "zh", "你昨天为什么没有来上课？", "decoder.blocks.2.attn", 1, 7, 3,
        en="before the question mark is written, “课” looks at “为什么”, which asks for one.",
        zh="写问号之前，“课”看着“为什么”：有它才要问号。",
    ),
    Example(
        "encoder", "en", "Mary said that she was tired.", "encoder.blocks.1.attn", 1, 6, 4,
        en="“tired” looks back over “was” at the pronoun “she”: who is tired.",
        zh="“tired”越过“was”看着代词“she”：累的是她。",
    ),
    Example(
        "encoder", "zh", "我昨天在学校门口看见了你的妹妹。", "encoder.blocks.2.attn", 0, 3, 7,
        en="“在” looks ahead at the verb “看见”: a bidirectional encoder may.",
        zh="“在”往后看到动词“看见”：双向的编码器可以这样看。",
    ),
    Example(
        "encoder-decoder", "en", "I saw your sister at school yesterday.", "decoder.blocks.2.cross_attn", 2, 1, 6,
        en="before “昨天” is written, “我” looks at “yesterday”, at the other end of the sentence.",
        zh="写“昨天”之前，“我”看着句子另一头的“yesterday”。",
    ),
    Example(
        "encoder-decoder", "zh", "我昨天在公园看见了你的妹妹。", "decoder.blocks.2.cross_attn", 2, 7, 1,
        en="before “yesterday” is written, “park” looks at “昨天”, at the other end of the sentence.",
        zh="写“yesterday”之前，“park”看着句子另一头的“昨天”。",
    ),
    Example(
        "encoder-decoder", "zh", "他每天早上去公园跑步。", "decoder.blocks.2.cross_attn", 2, 5, 1,
        en="before “every” is written, “park” looks back at “每天”: the order is crossed.",
        zh="写“every”之前，“park”回头看着“每天”：次序交叉了。",
    ),
]  # fmt: skip
