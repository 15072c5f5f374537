"""How far the attention of each family of models is from transformers' own, as a table.

    python scripts/families.py
    python scripts/families.py --device cuda

Each model is small and freshly drawn, saved to a folder and loaded as a user's would be; or, where it reads no text
alone, run by `model.forward_pass.traced`. Beside it runs the same model with transformers' eager attention, in the same
precision and on the same device. Each cell is the largest difference of any number: of the attention weights, of the
residual stream as it enters a block, of what the heads add one by one and what the attention adds.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_VERBOSITY": "error"}
os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")

import eager  # noqa: E402
import real_inputs  # noqa: E402
import real_models  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402

from app import devices  # noqa: E402
from model import forward_pass, huggingface  # noqa: E402
from model.trace import Trace  # noqa: E402

TEXT, TARGET = "the cat sat, 猫!", "a cat"
HEAD = ["family", "captures", "weights", "stream", "heads", "weights, float16", "weights, bfloat16"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--device", default="cpu")
    asked = options.parse_args()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    devices.exact()
    print(f"torch {torch.__version__}, transformers {transformers.__version__}, {asked.device}\n")
    print("|".join(["", *(f" {word} " for word in HEAD), ""]))
    print("|".join(["", *(" --- " for _ in HEAD), ""]))
    for family in (*real_models.FAMILIES, *real_inputs.OTHERS):
        with tempfile.TemporaryDirectory() as folder:
            cells = row(family, Path(folder), asked.device)
        print("|".join(["", *(f" {cell} " for cell in cells), ""]), flush=True)


def row(family: str, folder: Path, device: str) -> list[str]:
    trace, out, model = run(family, folder, device, torch.float32)
    kind, captures = trace.model["kind"], trace.sites[0].captures
    errors = [eager.pattern_error(trace, out, kind)]
    if captures == "full":
        errors += [eager.hidden_error(trace, out, kind), eager.heads_error(trace, model)]
    cells = [family, captures, *(f"{error:.0e}" for error in errors), *[""] * (3 - len(errors))]
    for dtype in (torch.float16, torch.bfloat16):
        try:
            trace, out, _ = run(family, folder, device, dtype)
            cells.append(f"{eager.pattern_error(trace, out, kind):.0e}")
        except huggingface.ModelRefused as refused:
            cells.append(refused.code)
    return cells


def run(family: str, folder: Path, device: str, dtype: torch.dtype) -> tuple[Trace, object, torch.nn.Module]:
    """The trace, what eager attention gives, and the model."""
    if family in real_inputs.OTHERS:
        return of_inputs(family, device, dtype)
    return of_text(family, folder, device, dtype)


def of_text(family: str, folder: Path, device: str, dtype: torch.dtype) -> tuple[Trace, object, torch.nn.Module]:
    real_models.saved(folder, family)
    model = huggingface.load(folder, "model", device, dtype)
    trace = model.trace(TEXT, target=TARGET if model.kind == "encoder-decoder" else None)
    own = getattr(transformers, real_models.FAMILIES[family][0])
    theirs = own.from_pretrained(folder, attn_implementation="eager", dtype=dtype).to(device).eval()
    return trace, eager.run(theirs, eager.ids(trace, device)), model.transformer.model


def of_inputs(family: str, device: str, dtype: torch.dtype) -> tuple[Trace, object, torch.nn.Module]:
    ours, theirs = (real_inputs.made(family, how).to(device, dtype) for how in ("sdpa", "eager"))
    given = {
        name: value.to(device, dtype if value.is_floating_point() else None)
        for name, value in real_inputs.inputs(family).items()
    }
    return forward_pass.traced(ours, **given), eager.run(theirs, given), ours


if __name__ == "__main__":
    main()
