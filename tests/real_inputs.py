"""Small models that do not read a text alone, and what each reads."""

from __future__ import annotations

from typing import Any

import torch
from real_models import BART, BERT, CROSS, GPT, LOUDER, A, D, F, L, V, drawn

IMAGE = {
    "hidden_size": D, "num_attention_heads": A, "num_hidden_layers": L, "intermediate_size": F, "image_size": 16,
    "patch_size": 4,
}  # fmt: skip
SOUND = BART | {"num_mel_bins": 8, "max_source_positions": 16, "max_target_positions": 20}
WINDOWS: dict[str, Any] = {
    "image_size": 32, "patch_size": 2, "embed_dim": 16, "depths": [2, 2], "num_heads": [2, 4], "window_size": 4,
}  # fmt: skip

OTHERS: dict[str, tuple[str, str, dict[str, Any], str]] = {  # family -> class, config's class, config, what it reads
    "GPT-2 with cross-attention": ("GPT2LMHeadModel", "GPT2Config", GPT | CROSS, "an encoding"),
    "BERT with cross-attention": ("BertModel", "BertConfig", BERT | CROSS, "an encoding"),
    "ViT": ("ViTModel", "ViTConfig", IMAGE, "a picture"),
    "DINOv2": ("Dinov2Model", "Dinov2Config", IMAGE, "a picture"),
    "DeiT": ("DeiTModel", "DeiTConfig", IMAGE, "a picture"),
    "Swin": ("SwinModel", "SwinConfig", WINDOWS, "a picture"),
    "Swin V2": ("Swinv2Model", "Swinv2Config", WINDOWS, "a picture"),
    "Whisper": ("WhisperForConditionalGeneration", "WhisperConfig", SOUND, "a sound"),
}  # fmt: skip

WEIGHTS_ALONE = {"Swin V2"}  # its attention is one of cosines, which is not handed over
HANDED_OVER = [family for family in OTHERS if family not in WEIGHTS_ALONE]


def made(family: str, attention: str = "sdpa") -> Any:
    """A model of this family; the same weights, whatever computes its attention."""
    model_class, config_class, sizes, _ = OTHERS[family]
    model = drawn(model_class, config_class, sizes, LOUDER.get(family, 3.0)).eval()
    for name, parameter in model.named_parameters():
        if name.endswith("relative_position_bias_table"):  # zeros, before any training
            parameter.data.normal_(0, 0.1)
    model.set_attn_implementation(attention)
    return model


def inputs(family: str) -> dict[str, torch.Tensor]:
    """A batch of one."""
    *_, sizes, reads = OTHERS[family]
    torch.manual_seed(1)
    ids = torch.randint(4, V, (1, 7))
    if reads == "a picture":
        return {"pixel_values": torch.randn(1, 3, sizes["image_size"], sizes["image_size"])}
    if reads == "a sound":
        return {"input_features": torch.randn(1, 8, 32), "decoder_input_ids": ids}
    return {"input_ids": ids, "encoder_hidden_states": torch.randn(1, 5, D)}
