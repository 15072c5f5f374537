"""A model card (Mitchell et al. 2019) in English, KIND.md, and in Chinese, KIND.zh-CN.md, of measured values only.

What the data is and whose it is stands in the data folder's SOURCES.md, if there is one, and is taken over as it is.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .checkpoint import Network, save_text
from .data import Data
from .tasks import Kind

TEMPLATES = FileSystemLoader(Path(__file__).parent)
CARD = Environment(loader=TEMPLATES, undefined=StrictUndefined, keep_trailing_newline=True)
SUFFIX: dict[str, str] = {"en": ".md", "zh": ".zh-CN.md"}


@dataclass(frozen=True)
class Figure:
    """A number of a model's card, and what it says."""

    en: str
    zh: str
    valid: str
    test: str = ""


@dataclass(frozen=True)
class Found:
    """The head that is most of a kind."""

    en: str
    zh: str
    site: str
    head: int
    weight: float  # of its attention that falls where this kind would look
    chance: float  # of a head that looks at all visible keys alike
    hits: float | None = None  # how often it looks there more than anywhere else
    elsewhere: float | None = None  # its weight at the same distances from all other queries


@dataclass(frozen=True)
class Report:
    figures: list[Figure]
    heads: list[Found]


DOES: dict[Kind, dict[str, str]] = {
    "encoder": {
        "en": "A Transformer encoder that fills in masked tokens of English and Chinese, alone or side by side.",
        "zh": "Transformer 编码器：补全被遮住的中英文词元，可读单句，也可读并排的互译句对。",
    },
    "decoder": {
        "en": "A Transformer decoder that continues English and Chinese text, and translates after `<sep>`.",
        "zh": "Transformer 解码器：续写中英文，并在 `<sep>` 之后翻译。",
    },
    "encoder-decoder": {
        "en": "A Transformer encoder-decoder that translates between English and Chinese.",
        "zh": "Transformer 编码器-解码器：中英互译。",
    },
    "lstm": {
        "en": "A language model without attention (LSTM), beside which the decoder can be seen.",
        "zh": "没有注意力的语言模型（LSTM），用来与解码器对照。",
    },
    "rnn": {
        "en": "A language model without attention (a plain recurrent network), beside which the decoder can be seen.",
        "zh": "没有注意力的语言模型（最简单的循环网络），用来与解码器对照。",
    },
}
TASK: dict[Kind, dict[str, str]] = {
    "encoder": {
        "en": "15 % of the tokens are asked for, of texts and of pairs side by side: 80 % of these are masked, 10 % "
        "are another token, 10 % stand as they are.",
        "zh": "文本和并排的互译句对里，15 % 的词元要猜：其中 80 % 被遮住，10 % 换成别的词元，10 % 照原样。",
    },
    "decoder": {
        "en": "Next tokens. First 800 steps of nothing but short units of random tokens, repeated, until it can copy "
        "by looking back; then a tenth of the batches repeats, and of the others half pairs (`source <sep> target`, "
        "half of them with a prefix mask) and half texts.",
        "zh": "猜下一个词元。先有 800 步只看随机短串的重复，直到学会回看照抄；此后十分之一的批次是重复，"
        "其余一半是句对（`source <sep> target`，其中一半用前缀掩码），一半是文本。",
    },
    "encoder-decoder": {
        "en": "Pairs in both directions, label smoothing 0.1. Where there are pairs for one direction alone (texts "
        "whose other side was written by an earlier model, always as the source), half of the batches are of these.",
        "zh": "两个方向的句对，标签平滑 0.1。若有只用于一个方向的句对（原文由先前的模型译出，只作源句），"
        "批次的一半用它们。",
    },
    "lstm": {
        "en": "Next tokens of the decoder's texts and pairs, in the same shares and with the same tokenizer. What "
        "differs: no steps of repeats before all else, no prefix mask (it has no mask), no position encoding (it reads "
        "in order).",
        "zh": "与解码器相同的文本和句对，比例相同，词表相同，猜下一个词元。不同之处：开头没有只看重复的步数；"
        "没有前缀掩码（它没有掩码）；没有位置编码（它按顺序读）。",
    },
}
TASK["rnn"] = TASK["lstm"]
WEAK: dict[Kind, dict[str, str]] = {
    "encoder": {
        "en": "It has read little, and mostly short everyday sentences: rare words, names, facts and long texts are "
        "guessed. Its guesses carry the habits of its data, among them what the sentences take for granted about men "
        "and women.",
        "zh": "读得很少，而且多是日常短句：生僻词、人名、事实和长文本只能靠猜。它的猜测带着语料的习惯，"
        "包括句子里对男女的成见。",
    },
    "decoder": {
        "en": "After a whole sentence it often writes `<sep>` and a translation of it, as in its data. An English "
        "story mostly keeps its people for three sentences (top-p 0.9 at a temperature of 0.9), but little follows "
        "from what came before; nearer to the likeliest token it repeats itself, and at a temperature of 1 it wanders. "
        "A Chinese story soon falls apart. It states no facts. "
        "Translations of short everyday sentences are often near, those with rarer words or more than one clause "
        "mostly wrong. It carries the habits of its data, and may write a coarse word.",
        "zh": "读完一整句，它常常接着写 `<sep>` 和译文，因为语料就是这样。英文故事里的人多半能留住三句"
        "（温度 0.9、top-p 0.9），但前后很少有因果；"
        "越接近最可能的词元越会重复，温度到 1 就跑题。中文故事很快就散了。它说的不是事实。"
        "日常短句的译文常常接近，词稍生僻或有从句时大多有错。它带着语料的习惯，偶尔会写出粗话。",
    },
    "encoder-decoder": {
        "en": "Short everyday sentences come out near; rarer words are replaced by others that fit the sentence, and "
        "sentences longer than those of its data, some 40 tokens, fall apart. It reads and writes these two languages "
        "alone.",
        "zh": "日常短句译得接近；生僻词会被换成句中说得通的别的词；比语料更长（约 40 个词元以上）的句子会散架。"
        "只会这两种语言。",
    },
    "lstm": {
        "en": "It cannot copy what it has not learnt by heart: of a second copy of random tokens it gets next to none "
        "right. What it writes after `<sep>` is a sentence, but mostly another one.",
        "zh": "没记熟的东西它照抄不了：随机词元的第二遍几乎一个也猜不对。`<sep>` 之后写出的是一句话，但多半是另一句。",
    },
    "rnn": {
        "en": "It cannot copy what it has not learnt by heart, and soon forgets how a sentence began.",
        "zh": "没记熟的东西它照抄不了；句子开头是什么，它很快就忘了。",
    },
}


def write(path: Path, model: Network, metadata: dict[str, str], found: Report, data: Data) -> None:
    """Both cards, beside the weights at `path`."""
    kind = model.config.kind
    shared = {
        **metadata,
        "c": model.config,
        "kind": kind,
        "recurrent": kind in ("lstm", "rnn"),
        "n_vocab": f"{model.config.n_vocab:,}",
        "parameters": f"{sum(parameter.numel() for parameter in model.parameters()):,}",
        "megabytes": f"{path.stat().st_size / 1e6:.2f}",
        "steps": f"{int(metadata['steps']):,}",
        "begun": f"{int(metadata['begun']):,}" if "begun" in metadata else "",
        "tokens": f"{int(metadata['tokens']):,}",
        "cores": metadata.get("cores", os.cpu_count()),
        "figures": found.figures,
        "heads": found.heads,
        "sources": data.sources.strip(),
    }
    for lang, suffix in SUFFIX.items():
        words = {"does": DOES[kind][lang], "task": TASK[kind][lang], "weak": WEAK[kind][lang]}
        words["trained_on"] = trained_on(kind, data)[lang]
        save_text(CARD.get_template(f"card.{lang}.jinja").render(**shared, **words), path.with_name(path.stem + suffix))


def trained_on(kind: Kind, data: Data) -> dict[str, str]:
    texts, pairs = sum(map(len, data.train.texts.values())), len(data.train.pairs)
    one_way = sum(map(len, data.train.one_way.values()))
    if kind == "encoder-decoder":
        more = f", and {one_way:,} texts with a source written by a model" if one_way else ""
        more_zh = f"，以及 {one_way:,} 条由模型补写原文的文本" if one_way else ""
        return {"en": f"{pairs:,} pairs{more}", "zh": f"{pairs:,} 个句对{more_zh}"}
    return {
        "en": f"{texts:,} texts and sentences, and {pairs:,} pairs",
        "zh": f"{texts:,} 条文本和句子，{pairs:,} 个句对",
    }
