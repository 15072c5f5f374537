"""`headlight evaluate`: what trained models can do, measured on text that was held out.

The validation split stood by while they were trained; the test split (NAME.test.*) was not opened until then.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from ..heads import KINDS
from ..tokenizer import Language, Tokenizer, other
from ..transformer import Transformer
from . import card, syntax
from .alignment import Linked, aligned
from .batches import Batch
from .bleu import bleu
from .card import Figure, Found, Report
from .checkpoint import BadWeights, Network, load_weights
from .data import BadData, Data, read
from .loss import answers, mean_loss
from .roles import UNIT, pairs, repeats, roles
from .tasks import Continue, FillIn, Task, Translate, task, validation
from .translation import translate

SHIPPED = Path(__file__).parents[1] / "weights"
MOST = 2000  # pairs that are translated
DECODING = ((1, "greedy", "贪心解码"), (4, "beam of 4", "4 路束搜索"))
ON_TEXT, ON_REPEATS = 100, 48  # inputs that heads are told by


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
SHOWN_TWICE = f", on {UNIT} random tokens shown twice", f"（{UNIT} 个随机词元重复两遍）"


@torch.no_grad()
def report(model: Network, tokenizer: Tokenizer, data: Data, test: Data) -> Report:
    """All figures of a model's card."""
    on_valid, on_test = (task(model.config.kind, tokenizer, split, model.config) for split in (data, test))
    valid, tested = figures(model, on_valid, tokenizer, data), figures(model, on_test, tokenizer, test)
    told = [Figure(en, zh, value, tested.get((en, zh), "")) for (en, zh), value in valid.items()]
    return Report(told, list(heads(model, on_valid, tokenizer)) if isinstance(model, Transformer) else [])


def figures(model: Network, trained: Task, tokenizer: Tokenizer, data: Data) -> dict[tuple[str, str], str]:
    """Values by what they say, in English and Chinese."""
    told = {}
    for name, batches in validation(trained).items():
        name_zh = "，".join(IN_CHINESE.get(part, part) for part in name.split(", "))
        told[f"loss, nats a token: {name}", f"损失（奈特/词元）：{name_zh}"] = f"{mean_loss(model, batches):.3f}"
        if isinstance(trained, FillIn) or name.startswith("second"):
            told[f"right: {name}", f"答对：{name_zh}"] = f"{accuracy(model, batches):.1%}"
    if data.valid.pairs and not isinstance(trained, FillIn):
        units: list[tuple[Language, str, str]] = [("zh", "characters", "字"), ("en", "words", "词")]
        for beams, how, how_zh in DECODING if isinstance(trained, Translate) else DECODING[:1]:
            for to, unit, unit_zh in units:
                name = f"{other(to)}-{to}"
                en, zh = f"BLEU of {unit}, {how}: {name}", f"BLEU（按{unit_zh}计，{how_zh}）：{IN_CHINESE[name]}"
                told[en, zh] = f"{translated(model, tokenizer, data, to, beams):.1f}"
    return told


def accuracy(model: Network, batches: list[Batch]) -> float:
    """How often the most likely token is the one asked for."""
    right = n = 0
    for batch in batches:
        logits, labels = answers(model.eval(), batch)
        right, n = right + int((logits.argmax(-1) == labels).sum()), n + len(labels)
    return right / n if n else math.nan


def translated(model: Network, tokenizer: Tokenizer, data: Data, to: Language, beams: int) -> float:
    """BLEU of translations of the held-out pairs."""
    english, chinese = (list(side) for side in zip(*data.valid.pairs[:MOST], strict=True))
    sources, references = (english, chinese) if to == "zh" else (chinese, english)
    return bleu([text or "" for text in translate(model, tokenizer, sources, to, beams)], references)


def heads(model: Transformer, trained: Task, tokenizer: Tokenizer) -> Iterator[Found]:
    """For each kind the head that is most of that kind, on held-out text."""
    on_text = roles(model, tokenizer, trained.held_out(ON_TEXT))
    on_repeats = roles(model, tokenizer, repeats(trained, ON_REPEATS)) if isinstance(trained, Continue) else on_text
    for k, (name, kind) in enumerate(KINDS.items()):
        found = on_repeats if name in ("induction", "duplicate") else on_text
        on, on_zh = ("", "") if found is on_text else SHOWN_TWICE
        scores = found.heads[..., k].nan_to_num(-1)
        i, head = divmod(int(scores.argmax()), scores.shape[1])
        if scores[i, head] >= 0:
            en, zh = f"{kind.en.rstrip('.')}{on}", f"{kind.zh.rstrip('。')}{on_zh}"
            yield Found(en, zh, found.sites[i], head, float(scores[i, head]), float(found.chance[i, k]))
    crosses = trained.reads == "source" and model.decoder is not None
    names = [site.name for site in model.sites() if (site.query != site.key) == crosses]
    for direction, rows in pairs(trained, tokenizer).items():
        if rows:
            en, zh = f"Looks at the word's translation, {direction}", f"看这个词的译文，{IN_CHINESE[direction]}"
            yield most(model, rows, names, en, zh)
    reading = [site.name for site in model.sites() if site.query == site.key == trained.reads]
    for relation, rows in syntax.linked(trained).values():
        if rows:
            yield most(model, rows, reading, relation.en.rstrip("."), relation.zh.rstrip("。"), distances=True)


def most(
    model: Transformer, rows: Sequence[Linked], sites: Sequence[str], en: str, zh: str, distances: bool = False
) -> Found:
    """The head of these sites that looks where the links lead most; beside it, if asked, what it puts on keys at the
    same distances from other queries."""
    by_site = aligned(model, rows, sites)
    site = max(sites, key=lambda name: by_site[name].weight.max())
    head = int(by_site[site].weight.argmax())
    found = by_site[site]
    control = [other for row in rows if (other := others(row)).links] if distances else []
    elsewhere = float(aligned(model, control, [site])[site].weight[head]) if control else None
    return Found(en, zh, site, head, float(found.weight[head]), found.chance, float(found.hits[head]), elsewhere)


def others(row: Linked) -> Linked:
    """The same distances from all other queries of a row."""
    asking, distances = {query for query, _ in row.links}, {query - key for query, key in row.links}
    n = len(row.inputs.get("source", row.inputs.get("target", ())))
    return Linked(row.inputs, [(q, q - d) for q in range(n) if q not in asking for d in distances if 0 <= q - d < n])


def read_report(path: Path, tokenizer: Tokenizer, data: Data, test: Data) -> Report:
    """Measures the weights at `path`. Raises BadWeights."""
    return report(load_weights(path)[0], tokenizer, data, test)


def write_card(path: Path, tokenizer: Tokenizer, data: Data, test: Data) -> Report:
    """Measures the weights at `path` and writes the cards beside them. Raises BadWeights."""
    model, metadata = load_weights(path)
    found = report(model, tokenizer, data, test)
    card.write(path, model, metadata, found, data)
    return found


def plain(name: str, found: Report) -> str:
    """The figures of a model, for a terminal."""
    lines = [name, f"  {'':64}{'valid':>10}{'test':>10}"]
    lines += [f"  {figure.en:64}{figure.valid:>10}{figure.test:>10}" for figure in found.figures]
    for head in found.heads:
        more = "" if head.hits is None else f", looks there most {head.hits:.0%} of the time"
        more += "" if head.elsewhere is None else f", at the same distance elsewhere {head.elsewhere:.2f}"
        told = f"{head.site} head {head.head}: {head.weight:.2f} (chance {head.chance:.2f}{more})"
        lines += [f"  {head.en}", f"      {told}"]
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="the data that the models are from")
    parser.add_argument("--weights", type=Path, default=SHIPPED, metavar="FOLDER", help="(default: the shipped ones)")
    parser.add_argument("--cards", action="store_true", help="write the models' cards anew, beside the weights")


def run(args: argparse.Namespace) -> int:
    """Exit status: 0, or 2 with one sentence on what cannot be measured."""
    try:
        data, test = read(args.data), read(args.data, "test")
        tokenizer = Tokenizer.load(args.weights / "tokenizer.json")
        for path in sorted(args.weights.glob("*.safetensors")):
            measure = write_card if args.cards else read_report
            print(plain(path.stem, measure(path, tokenizer, data, test)), end="\n\n", flush=True)
    except (BadData, BadWeights) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    return 0
