"""Long inputs on a server: `.venv/bin/python scripts/bench/long.py FOLDER N`, of a model in a folder (a text of bytes
is as many tokens as it has characters, where the tokenizer is one of bytes).

Seconds until each answer and how far the process has grown at its largest, over what it takes with the model loaded: a
first head's q, k and log_denominator, another head, thumbnails of every site, kinds of heads, rows of a pattern, one
whole pattern. Linux alone.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.answers import Answers
from app.schemas import TraceRequest
from app.settings import Settings
from app.wire import SAFETENSORS

WORDS = "the cat sat on the mat and looked at a dog that sat by the door; "


def status(name: str) -> float:
    """MB, as Linux counts them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name))) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tokens", type=int)
    args = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    answers = Answers(Settings(device="cpu", models=[str(args.folder)]))
    id = answers.models.ids()[-1]
    answers.models.read(id)
    text = (WORDS * (args.tokens // len(WORDS) + 1))[: args.tokens]
    before = status("VmRSS")
    model = answers.models.get(id)
    site = model.transformer.sites()[-1].name
    print(f"{id}, {args.tokens} tokens; {before:.0f} MB before")
    for what, more in (
        ("first head", {"names": [f"{site}.q", f"{site}.k", f"{site}.log_denominator"]}),
        ("another head", {"names": [f"{site.replace('3', '0')}.pattern"], "heads": [1], "queries": [0, 1]}),
        ("thumbnails of a site", {"names": [f"{site}.thumbnails"]}),
        ("thumbnails of all", {"names": ["*.thumbnails"]}),
        ("kinds of all heads", {"names": ["*.head_scores"]}),
        ("norms of a site's heads", {"names": [f"{site}.head_out_norm"]}),
        ("8 rows of a pattern", {"names": [f"{site}.pattern"], "heads": [0], "queries": [8, 16]}),
        ("one whole pattern", {"names": [f"{site}.pattern"], "heads": [0]}),
    ):
        Path("/proc/self/clear_refs").write_text("5")  # the largest size begins anew
        begun = time.perf_counter()
        answer = answers.trace(TraceRequest.model_validate({"model": id, "text": text, **more}), SAFETENSORS)
        spent = time.perf_counter() - begun
        header = int.from_bytes(answer.body[:8], "little")
        about = json.loads(answer.body[8 : 8 + header])["__metadata__"]
        print(
            f"{what}: {spent:.2f} s ({answer.timing}), at most {status('VmHWM') - before:.0f} MB more, "
            f"{len(answer.body) / 1e6:.1f} MB sent, {len(about['predictions']) / 1e6:.1f} of them predictions",
            flush=True,
        )
    print(f"kept: {answers.traces.kept.size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
