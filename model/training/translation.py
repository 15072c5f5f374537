"""Many texts translated at once: the likeliest token, again and again, until <eos>, or the likeliest of several beams.

    python -m model.training.translation --data FOLDER --weights FILE NAME.txt...

translates texts of a data folder into the other language and writes them beside it, as pairs to be trained on in one
direction only: towards the text that a person wrote (back-translation; Sennrich et al. 2016b, section 3.2).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import torch
from torch import Tensor
from tqdm import tqdm

from ..masks import Prefix
from ..tokenizer import Language, Tokenizer, language, other
from ..transformer import Transformer
from .batches import counts, padded, unpadded
from .checkpoint import Network, load_transformer, save_text

LONGEST = 40  # tokens of a translation
AT_ONCE = 256


@torch.no_grad()
def translate(
    model: Network, tokenizer: Tokenizer, texts: list[str], to: Language, beams: int = 1
) -> list[str | None]:
    """None for a text whose translation came to no end. A decoder sees the whole source (prefix mask)."""
    written: list[str | None] = [None] * len(texts)
    sources = tokenizer.ids(texts)
    order = sorted(range(len(texts)), key=lambda i: len(sources[i]))
    for start in tqdm(range(0, len(texts), AT_ONCE), desc=f"to {to}", unit="batch", disable=len(texts) < 10 * AT_ONCE):
        batch = order[start : start + AT_ONCE]
        read = [sources[i] for i in batch]
        if isinstance(model, Transformer) and model.encoder is not None:
            begun, after = translator(model.eval(), tokenizer, read, to)
        else:
            begun, after = reader(model.eval(), tokenizer, read)
        for i, ids in zip(batch, search(begun, after, tokenizer.id("<eos>"), beams), strict=True):
            written[i] = None if ids is None else tokenizer.decode(ids)
    return written


Rows = list[list[int]]
After = Callable[[Rows, list[int]], Tensor]  # rows, each row's text -> logits of what is next [row, n_vocab]


def translator(model: Transformer, tokenizer: Tokenizer, sources: Rows, to: Language) -> tuple[Rows, After]:
    """How an encoder-decoder goes on: source <eos> is read once, the target begins with its language."""
    read = [[*ids, tokenizer.id("<eos>")] for ids in sources]
    memory = model.encode(padded(read), unpadded(read))

    def after(rows: Rows, of: list[int]) -> Tensor:
        mask = unpadded([read[i] for i in of])
        return model.unembed(model.decode(padded(rows), memory[of], None, mask)[:, -1])

    return [[tokenizer.id(f"<2{to}>")] for _ in sources], after


def reader(model: Network, tokenizer: Tokenizer, sources: Rows) -> tuple[Rows, After]:
    """How a decoder goes on: after <bos> source <sep>."""
    begun = [[tokenizer.id("<bos>"), *ids, tokenizer.id("<sep>")] for ids in sources]

    def after(rows: Rows, of: list[int]) -> Tensor:
        last = torch.tensor([len(row) - 1 for row in rows])
        prefix = Prefix(counts([begun[i] for i in of]))
        seen: dict[str, Any] = {"mask": prefix} if isinstance(model, Transformer) else {}
        return model.unembed(model.trunk(target=padded(rows), **seen)[torch.arange(len(rows)), last])

    return begun, after


def search(begun: Rows, after: After, eos: int, beams: int = 1) -> list[list[int] | None]:
    """What is written after each of these; None where it has no end.

    With one beam the likeliest token is taken each time. With more, that many beginnings are followed at once
    (Sutskever et al. 2014, section 3.2), one less for each that has ended, and of these the one with the highest mean
    log-probability of a token is taken.
    """
    live = {text: [(0.0, row)] for text, row in enumerate(begun)}  # log-probability, tokens so far
    ended: list[list[tuple[float, list[int]]]] = [[] for _ in begun]
    for length in range(1, LONGEST + 1):
        of = [text for text, rows in live.items() for _ in rows]
        if not of:
            break
        log_p = after([row for rows in live.values() for _, row in rows], of).log_softmax(-1)
        best = iter(zip(*(top.tolist() for top in log_p.topk(min(beams, log_p.shape[-1]))), strict=True))
        for text, rows in live.items():
            longer = [
                (score + more, [*row, id]) for score, row in rows for more, id in zip(*next(best), strict=True)
            ]
            kept = sorted(longer, key=lambda one: -one[0])[: beams - len(ended[text])]
            ended[text] += [(score / length, row) for score, row in kept if row[-1] == eos]
            live[text] = [(score, row) for score, row in kept if row[-1] != eos]
    chosen = [max(rows, key=lambda one: one[0])[1] if rows else None for rows in ended]
    return [row and row[len(start) : -1] for row, start in zip(chosen, begun, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--weights", type=Path, required=True, metavar="FILE")
    parser.add_argument("texts", nargs="+", metavar="NAME.txt")
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, _ = load_transformer(args.weights)
    tokenizer = Tokenizer.load(args.weights.with_name("tokenizer.json"))
    for name in args.texts:
        texts = [line for line in (args.data / name).read_text(encoding="utf-8").splitlines() if line.strip()]
        for written in get_args(Language):
            lines = back_translated(model, tokenizer, [text for text in texts if language(text) == written], written)
            if lines:
                path = args.data / f"{Path(name).stem}.{other(written)}-{written}.tsv"
                save_text("".join(f"{line}\n" for line in lines), path)
                print(f"{path}: {len(lines):,} pairs")


def back_translated(model: Transformer, tokenizer: Tokenizer, texts: list[str], written: Language) -> list[str]:
    """Lines of English, a tab, Chinese; the texts are in the language `written`."""
    made_of = zip(texts, translate(model, tokenizer, texts, other(written)), strict=True)
    pairs = [(text, made) for text, made in made_of if made and made.strip() and not set("\t\n") & {*text, *made}]
    return [f"{made}\t{text}" if written == "zh" else f"{text}\t{made}" for text, made in pairs]


if __name__ == "__main__":
    main()
