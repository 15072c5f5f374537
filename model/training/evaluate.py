"""What a trained model can do, measured on the text that was held out.

    python -m model.training.evaluate --data FOLDER WEIGHTS...

measures the weights and writes their cards anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..heads import KINDS, scores
from ..masks import Prefix
from ..tokenizer import Language, Tokenizer, other
from ..trace import Tap, Trace
from ..transformer import Transformer
from .batches import Batch, Ids, counts, padded, unpadded
from .bleu import bleu
from .data import Data, read
from .loss import answers, mean_loss
from .tasks import Continue, FillIn, Task, Translate, task, validation

N_TRANSLATED = 300  # pairs, evenly from all for validation
LONGEST = 40  # tokens of a translation
UNIT = 20  # random tokens, shown twice, to measure copying


@dataclass(frozen=True)
class Measure:
    en: str
    zh: str
    value: str


IN_CHINESE = {
    "en": "英文",
    "zh": "中文",
    "pair": "互译句对",
    "en-zh": "英译中",
    "zh-en": "中译英",
    "causal mask": "因果掩码",
    "prefix mask": "前缀掩码",
    f"second copy of {UNIT} random tokens": f"{UNIT} 个随机词元的第二遍",
}


@torch.no_grad()
def measures(model: Transformer, tokenizer: Tokenizer, data: Data) -> Iterator[Measure]:
    """All figures of a model's card."""
    trained = task(model.config.kind, tokenizer, data, model.config)
    for name, batches in validation(trained).items():
        name_zh = "，".join(IN_CHINESE.get(part, part) for part in name.split(", "))
        loss = f"{mean_loss(model, batches):.3f}"
        yield Measure(f"loss (nats a token): {name}", f"损失（奈特/词元）：{name_zh}", loss)
        if isinstance(trained, FillIn) or name.startswith("second"):
            yield Measure(f"accuracy: {name}", f"准确率：{name_zh}", f"{accuracy(model, batches):.1%}")
    yield from heads(model, trained, tokenizer)
    yield from translations(model, trained, tokenizer, data)


def accuracy(model: Transformer, batches: list[Batch]) -> float:
    """How often the most likely token is the one asked for."""
    right = n = 0
    for batch in batches:
        logits, labels = answers(model.eval(), batch)
        right, n = right + int((logits.argmax(-1) == labels).sum()), n + len(labels)
    return right / n


def heads(model: Transformer, trained: Task, tokenizer: Tokenizer) -> Iterator[Measure]:
    """For each kind of head the one that is most of that kind, on sentences held out, beside chance."""
    for name, found in best(model, tokenizer, trained.held_out(100)).items():
        if name != "induction":
            yield found
    if isinstance(trained, Continue):
        repeats = trained.repeat(np.random.default_rng(1), UNIT, copies=2).inputs["target"].tolist()
        found = best(model, tokenizer, [{"target": row} for row in repeats])["induction"]
        on, on_zh = f"{UNIT} random tokens shown twice", f"{UNIT} 个随机词元重复两遍"
        yield Measure(f"{found.en}, on {on}", f"{found.zh}（{on_zh}）", found.value)


def best(model: Transformer, tokenizer: Tokenizer, rows: list[dict[str, Ids]]) -> dict[str, Measure]:
    """By kind of head; a kind that these rows cannot tell is left out."""
    sites = model.sites()
    weight, chance = torch.zeros(len(sites), model.config.n_heads, len(KINDS)), torch.zeros(len(sites), len(KINDS))
    n = torch.zeros(len(sites), len(KINDS))
    for row in rows:
        trace = Trace(sites=sites, tokens={side: tokenizer.tokens(ids) for side, ids in row.items()})
        model(**{side: torch.tensor(ids) for side, ids in row.items()}, tap=Tap(trace.record))
        for i, site in enumerate(sites):
            scored = scores(trace, site.name)
            weight[i] += (scored.heads * scored.n_queries).nan_to_num()
            chance[i] += (scored.chance * scored.n_queries).nan_to_num()
            n[i] += scored.n_queries
    found = {}
    for k, (name, kind) in enumerate(KINDS.items()):
        if n[:, k].any():
            means = (weight[:, :, k] / n[:, None, k]).nan_to_num()  # [site, head]
            i, head = divmod(int(means.argmax()), means.shape[1])
            value = f"{means[i, head]:.2f} ({sites[i].name} head {head}; chance {chance[i, k] / n[i, k]:.2f})"
            found[name] = Measure(f"head “{name}”: {kind.en.rstrip('.')}", f"“{name}”头：{kind.zh.rstrip('。')}", value)
    return found


def translations(model: Transformer, trained: Task, tokenizer: Tokenizer, data: Data) -> Iterator[Measure]:
    """BLEU of greedy translations, both ways."""
    if isinstance(trained, FillIn) or not data.valid.pairs:
        return
    step = max(1, len(data.valid.pairs) // N_TRANSLATED)
    english, chinese = (list(side) for side in zip(*data.valid.pairs[::step][:N_TRANSLATED], strict=True))
    directions: list[tuple[list[str], list[str], Language]] = [(english, chinese, "zh"), (chinese, english, "en")]
    for sources, references, to in directions:
        written = [tokenizer.decode(ids) for ids in translate(model, trained, tokenizer, sources, to)]
        name = f"{other(to)}-{to}"
        english_name = f"BLEU: {name}, greedy, {len(written)} pairs, of {'characters' if to == 'zh' else 'words'}"
        chinese_name = f"BLEU：{IN_CHINESE[name]}，贪心解码，{len(written)} 对，按{'字' if to == 'zh' else '词'}计"
        yield Measure(english_name, chinese_name, f"{bleu(written, references):.1f}")


def translate(
    model: Transformer, trained: Task, tokenizer: Tokenizer, texts: list[str], to: Language
) -> list[list[int]]:
    """The most likely token, again and again, until <eos>; a decoder sees the whole source (prefix mask)."""
    eos, sources = tokenizer.id("<eos>"), tokenizer.ids(texts)
    if isinstance(trained, Translate):
        read = [[*ids, eos] for ids in sources]
        rows = [[tokenizer.id(f"<2{to}>")] for _ in texts]
    else:
        rows = [[tokenizer.id("<bos>"), *ids, tokenizer.id("<sep>")] for ids in sources]
    prefix = [list(row) for row in rows]
    for _ in range(LONGEST):
        last = torch.tensor([len(row) - 1 for row in rows])
        if isinstance(trained, Translate):
            logits = model(source=padded(read), target=padded(rows), source_mask=unpadded(read))
        else:
            logits = model(target=padded(rows), mask=Prefix(counts(prefix)))
        best = logits[torch.arange(len(rows)), last].argmax(-1).tolist()
        for row, id in zip(rows, best, strict=True):
            if row[-1] != eos:
                row.append(id)
    return [row[len(start) :] for row, start in zip(rows, prefix, strict=True)]


def main() -> None:
    from . import card

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("weights", type=Path, nargs="+")
    args = parser.parse_args()
    torch.set_num_threads(1)
    data = read(args.data)
    for path in args.weights:
        card.write(path, Tokenizer.load(path.with_name("tokenizer.json")), data)


if __name__ == "__main__":
    main()
