"""A model card (Mitchell et al. 2019), in English and Chinese, of measured values only.

What the data is and whose it is stands in the data folder's SOURCES.md, if there is one, and is taken over as it is.
"""

from __future__ import annotations

import os
from pathlib import Path
from string import Template

from ..tokenizer import Tokenizer
from ..transformer import Kind
from .checkpoint import load_weights, save_text
from .data import Data
from .evaluate import measures

CARD = Template("""\
# $kind

$does_en It was made to show attention at work, not to be relied on.

| | |
| --- | --- |
| shape | $n_layers blocks${each_en}, $n_heads heads, d_model $d_model, d_mlp $d_mlp, $positions positions, pre-norm |
| parameters | $parameters, kept in half precision |
| vocabulary | $n_vocab entries, shared by English and Chinese |
| longest input | $n_ctx tokens |
| trained on | ${texts_en}$pairs pairs |
| steps | $steps, seed $seed |
| tokens read | $tokens |
| time | $minutes minutes of training steps, $threads thread of a $cores-core CPU |
| loss in training | $train_loss nats a token, the running mean at the end$smoothed_en |

## Measured

On text that was not trained on$valid_en.

| what | value |
| --- | --- |
$measures_en

## Known weaknesses

$weak_en
$sources
## 中文

$does_zh 它是为展示注意力而训练的，不可当作可靠的工具。

| | |
| --- | --- |
| 结构 | ${each_zh}$n_layers 块，$n_heads 个头，d_model $d_model，d_mlp $d_mlp，$positions_zh，前置归一化 |
| 参数 | $parameters，以半精度保存 |
| 词表 | $n_vocab 项，中英共用 |
| 最长输入 | $n_ctx 个词元 |
| 训练数据 | ${texts_zh}$pairs 个句对 |
| 步数 | $steps，随机种子 $seed |
| 读过的词元 | $tokens |
| 时间 | 训练步共 $minutes 分钟，$cores 核 CPU 的 $threads 个线程 |
| 训练损失 | 结束时的滑动平均为每词元 $train_loss 奈特$smoothed_zh |

未参加训练的文本上测得$valid_zh：

| 项目 | 值 |
| --- | --- |
$measures_zh

弱点：$weak_zh
""")

DOES: dict[Kind, tuple[str, str]] = {
    "encoder": (
        "A Transformer encoder that fills in masked tokens of English and Chinese, alone or side by side.",
        "Transformer 编码器：补全被遮住的中英文词元，可读单句，也可读并排的互译句对。",
    ),
    "decoder": (
        "A Transformer decoder that continues English and Chinese text, and translates after `<sep>`.",
        "Transformer 解码器：续写中英文，并在 `<sep>` 之后翻译。",
    ),
    "encoder-decoder": (
        "A Transformer encoder-decoder that translates between English and Chinese.",
        "Transformer 编码器-解码器：中英互译。",
    ),
}

WEAK: dict[Kind, tuple[str, str]] = {
    "encoder": (
        "It has read little, and mostly short everyday sentences: rare words, names, facts and long texts are guessed. "
        "Its guesses carry the habits of its data, among them what the sentences take for granted about men and women.",
        "读得很少，而且多是日常短句：生僻词、人名、事实和长文本只能靠猜。它的猜测带着语料的习惯，包括句子里对男女的成见。",
    ),
    "decoder": (
        "What it continues repeats itself or drifts within a sentence or two, and states no facts. Translations of "
        "short everyday sentences are often near, those with rarer words or more than one clause mostly wrong. It "
        "carries the habits of its data.",
        "续写一两句之内就会重复或跑题，说的也不是事实。日常短句的译文常常接近，词稍生僻或有从句时大多有错。"
        "它带着语料的习惯。",
    ),
    "encoder-decoder": (
        "Short everyday sentences come out near; rarer words are replaced by others that fit the sentence, and "
        "sentences longer than those of its data, some 40 tokens, fall apart. It reads and writes these two languages "
        "alone.",
        "日常短句译得接近；生僻词会被换成句中说得通的别的词；比语料更长（约 40 个词元以上）的句子会散架。"
        "只会这两种语言。",
    ),
}


def write(path: Path, tokenizer: Tokenizer, data: Data) -> None:
    """Measures the weights at `path` and writes the card beside them."""
    model, metadata = load_weights(path)
    c, measured = model.config, list(measures(model, tokenizer, data))
    lines = sum(map(len, data.train.texts.values()))
    both, smoothed = c.kind == "encoder-decoder", c.kind == "encoder-decoder"
    fields = {
        **vars(c),
        **metadata,
        "n_vocab": f"{c.n_vocab:,}",
        "parameters": f"{sum(parameter.numel() for parameter in model.parameters()):,}",
        "steps": f"{int(metadata['steps']):,}",
        "tokens": f"{int(metadata['tokens']):,}",
        "threads": metadata.get("threads", "1"),
        "cores": os.cpu_count(),
        "texts_en": "" if both else f"{lines:,} texts and sentences, and ",
        "texts_zh": "" if both else f"{lines:,} 条文本和句子，",
        "pairs": f"{len(data.train.pairs):,}",
        "each_en": " in each of the two" if both else "",
        "each_zh": "编码器、解码器各 " if both else "",
        "positions_zh": {"rotary": "旋转位置编码", "learned": "学习的位置编码"}[c.positions],
        "smoothed_en": ", label smoothing 0.1 included" if smoothed else "",
        "smoothed_zh": "（含 0.1 的标签平滑）" if smoothed else "",
        "does_en": DOES[c.kind][0],
        "does_zh": DOES[c.kind][1],
        "weak_en": WEAK[c.kind][0],
        "weak_zh": WEAK[c.kind][1],
        "valid_en": f": {len(data.valid.pairs):,} pairs and the texts named",
        "valid_zh": f"（{len(data.valid.pairs):,} 个句对，以及所列文本）",
        "measures_en": "\n".join(f"| {measure.en} | {measure.value} |" for measure in measured),
        "measures_zh": "\n".join(f"| {measure.zh} | {measure.value} |" for measure in measured),
        "sources": f"\n## Data\n\n{data.sources.strip()}\n" if data.sources else "",
    }
    save_text(CARD.substitute(fields), path.with_suffix(".md"))
