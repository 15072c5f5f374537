"""What a token costs that a real model writes: `.venv/bin/python scripts/bench/written_on.py [--read N] [--written N]`.

GPT-2 small's shape, random weights, a vocabulary of bytes in a matrix of 50,257 rows; float32, one thread, greedy. With
what it has read kept, with all read anew for each token, and by transformers' own `generate`, in turn, in one process;
of each the median of the rounds. Needs the extra `hf`.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import tokenizers
import torch
import transformers
from tokenizers import decoders, pre_tokenizers
from tokenizers.models import BPE

from model import huggingface
from model.ready import Model

ROUNDS = 3


def saved(folder: Path) -> Path:
    torch.manual_seed(0)
    transformers.GPT2LMHeadModel(transformers.GPT2Config(eos_token_id=None, bos_token_id=None)).save_pretrained(folder)
    pieces = {piece: id for id, piece in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    of_bytes = tokenizers.Tokenizer(BPE(pieces, []))
    of_bytes.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    of_bytes.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    transformers.PreTrainedTokenizerFast(tokenizer_object=of_bytes).save_pretrained(folder)
    return folder


def written(model: Model, text: str, n: int, kept: bool) -> list[int]:
    model.transformer.reads_on = kept
    return [step.id for step in model.generate(text, max_new_tokens=n, temperature=0)]


def medians(works: dict[str, Callable[[], list[int]]]) -> dict[str, float]:
    """Seconds of each, taken in turn, when all have written the same."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        answers = []
        for name, work in works.items():
            begun = time.perf_counter()
            answers.append(work())
            taken[name].append(time.perf_counter() - begun)
        assert all(answer == answers[0] for answer in answers), answers
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> None:
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--read", type=int, default=256)
    parser.add_argument("--written", type=int, default=32)
    asked = parser.parse_args()
    n_read, n = asked.read, asked.written
    text = ("the cat sat on the mat, " * n_read)[:n_read]
    with tempfile.TemporaryDirectory() as folder:
        model = huggingface.load(saved(Path(folder)), "gpt-2's shape")
        theirs = transformers.GPT2LMHeadModel.from_pretrained(folder).eval()
    assert model.transformer.reads_on
    ids = torch.tensor([[token.id for token in model.tokens(text)["target"]]])
    found = medians({
        "kept": lambda: written(model, text, n, True),
        "anew": lambda: written(model, text, n, False),
        "transformers": lambda: theirs.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=n, do_sample=False
        )[0, ids.shape[1]:].tolist(),
    })  # fmt: skip
    kept, anew, generate = found["kept"], found["anew"], found["transformers"]
    print(
        f"{n} tokens after {ids.shape[1]}: kept {kept:.2f} s, anew {anew:.2f} s ({anew / kept:.1f} times), "
        f"transformers' generate {generate:.2f} s (kept: {kept / generate:.2f} of it)"
    )


if __name__ == "__main__":
    main()
