"""Small models of many families, made from a config and saved to a folder as a user's would be."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import tokenizers
import torch
from tokenizers import decoders, pre_tokenizers
from tokenizers.models import BPE

SPECIAL = ("<pad>", "<s>", "</s>", "<mask>")
V, D, A, F, L = 4 + 256, 32, 4, 37, 2

BERT = {
    "vocab_size": V, "hidden_size": D, "num_attention_heads": A, "num_hidden_layers": L, "intermediate_size": F,
    "max_position_embeddings": 64,
}  # fmt: skip
LLAMA = BERT | {"num_key_value_heads": 2, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
GEMMA = LLAMA | {"head_dim": 8, "query_pre_attn_scalar": 8, "sliding_window": 4}
BART = {
    "vocab_size": V, "d_model": D, "encoder_layers": L, "decoder_layers": L, "encoder_attention_heads": A,
    "decoder_attention_heads": A, "encoder_ffn_dim": F, "decoder_ffn_dim": F, "max_position_embeddings": 64,
    "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2,
}  # fmt: skip
T5 = {
    "vocab_size": V, "d_model": D, "d_kv": 8, "d_ff": F, "num_layers": L, "num_heads": A, "pad_token_id": 0,
    "decoder_start_token_id": 0,
}  # fmt: skip
GPT = {"vocab_size": V, "n_embd": D, "n_layer": L, "n_head": A, "n_positions": 64}
GPT_OSS = LLAMA | {
    "intermediate_size": 64, "head_dim": 8, "num_local_experts": 2, "num_experts_per_tok": 1, "sliding_window": 4,
}  # fmt: skip
PAIR = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "decoder_start_token_id": 1}
CROSS = {"is_decoder": True, "add_cross_attention": True}

FULL: dict[str, tuple[str, str, dict[str, Any]]] = {  # family -> class, config's class, config
    "GPT-2": ("GPT2LMHeadModel", "GPT2Config", GPT),
    "BERT": ("BertForMaskedLM", "BertConfig", BERT),
    "BERT without a head": ("BertModel", "BertConfig", BERT),
    "RoBERTa": ("RobertaForMaskedLM", "RobertaConfig", BERT),
    "DistilBERT": (
        "DistilBertModel", "DistilBertConfig",
        {"vocab_size": V, "dim": D, "n_heads": A, "n_layers": L, "hidden_dim": F, "max_position_embeddings": 64},
    ),
    "ALBERT": ("AlbertModel", "AlbertConfig", BERT | {"embedding_size": 16}),
    "ELECTRA": ("ElectraModel", "ElectraConfig", BERT | {"embedding_size": 16}),
    "ModernBERT": ("ModernBertForMaskedLM", "ModernBertConfig", BERT | {"pad_token_id": 0, "local_attention": 8}),
    "T5": ("T5ForConditionalGeneration", "T5Config", T5),
    "mT5": ("MT5ForConditionalGeneration", "MT5Config", T5),
    "BART": ("BartForConditionalGeneration", "BartConfig", BART),
    "mBART": ("MBartForConditionalGeneration", "MBartConfig", BART),
    "Marian": ("MarianMTModel", "MarianConfig", BART | {"decoder_vocab_size": V}),
    "M2M100": ("M2M100ForConditionalGeneration", "M2M100Config", BART),
    "Pegasus": ("PegasusForConditionalGeneration", "PegasusConfig", BART),
    "BERT to BERT": (
        "EncoderDecoderModel", "EncoderDecoderConfig",
        {"encoder": BERT | {"model_type": "bert"}, "decoder": BERT | CROSS | {"model_type": "bert"}, **PAIR},
    ),
    "BERT to GPT-2": (
        "EncoderDecoderModel", "EncoderDecoderConfig",
        {"encoder": BERT | {"model_type": "bert", "hidden_size": 16},
         "decoder": GPT | CROSS | {"model_type": "gpt2", "bos_token_id": 1, "eos_token_id": 2}, **PAIR},
    ),
    "Llama": ("LlamaForCausalLM", "LlamaConfig", LLAMA),
    "Qwen2": ("Qwen2ForCausalLM", "Qwen2Config", LLAMA),
    "Qwen3": ("Qwen3ForCausalLM", "Qwen3Config", LLAMA | {"head_dim": 8}),
    "Mistral": ("MistralForCausalLM", "MistralConfig", LLAMA | {"sliding_window": 4}),
    "Phi3": ("Phi3ForCausalLM", "Phi3Config", LLAMA),
    "Gemma2": ("Gemma2ForCausalLM", "Gemma2Config", GEMMA),
    "Gemma3": ("Gemma3ForCausalLM", "Gemma3TextConfig", GEMMA),
    "OLMo 2": ("Olmo2ForCausalLM", "Olmo2Config", LLAMA),
    "GPT-OSS": ("GptOssForCausalLM", "GptOssConfig", GPT_OSS),
    "GPT-NeoX": ("GPTNeoXForCausalLM", "GPTNeoXConfig", BERT),
    "OPT": (
        "OPTForCausalLM", "OPTConfig",
        {"vocab_size": V, "hidden_size": D, "num_attention_heads": A, "num_hidden_layers": L, "ffn_dim": F,
         "max_position_embeddings": 64, "word_embed_proj_dim": D},
    ),
    "CLIP text": ("CLIPTextModel", "CLIPTextConfig", BERT | {"bos_token_id": 1, "eos_token_id": 2}),
}  # fmt: skip
PATTERN: dict[str, tuple[str, str, dict[str, Any]]] = {
    "GPT-Neo": (
        "GPTNeoForCausalLM", "GPTNeoConfig",
        {"vocab_size": V, "hidden_size": D, "num_layers": L, "num_heads": A,
         "attention_types": [[["global", "local"], 1]], "max_position_embeddings": 64},
    ),
    "GPT-J": ("GPTJForCausalLM", "GPTJConfig", GPT | {"rotary_dim": 4}),
    "BLOOM": ("BloomForCausalLM", "BloomConfig", {"vocab_size": V, "hidden_size": D, "n_layer": L, "n_head": A}),
    "Falcon": (
        "FalconForCausalLM", "FalconConfig",
        {"vocab_size": V, "hidden_size": D, "num_hidden_layers": L, "num_attention_heads": A},
    ),
    "DeBERTa-v2": ("DebertaV2Model", "DebertaV2Config", BERT),
    "XLNet": ("XLNetModel", "XLNetConfig", {"vocab_size": V, "d_model": D, "n_layer": L, "n_head": A, "d_inner": F}),
    "MPNet": ("MPNetModel", "MPNetConfig", BERT),
}  # fmt: skip
LOUDER = {"ALBERT": 12.0, "ELECTRA": 12.0, "T5": 1.0, "mT5": 1.0}  # T5's scores have no scale that makes them small
FAMILIES = FULL | PATTERN


def saved(folder: Path, family: str, **config: Any) -> Path:
    """The folder with a model of this family, its weights as transformers draws them, and a tokenizer of bytes."""
    model_class, config_class, sizes = FAMILIES[family]
    drawn(model_class, config_class, sizes | config, LOUDER.get(family, 3.0)).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def drawn(model_class: str, config_class: str, sizes: dict[str, Any], by: float) -> Any:
    """A model with weights as transformers draws them, its matrices larger."""
    import transformers

    torch.manual_seed(0)
    model = getattr(transformers, model_class)(getattr(transformers, config_class)(**sizes))
    return model.apply(partial(louder, by=by))


def louder(module: torch.nn.Module, by: float) -> None:
    """Larger matrices, so that attention is not even everywhere."""
    if isinstance(module, torch.nn.Linear) or type(module).__name__ == "Conv1D":
        module.weight.data *= by


def tokenizer() -> Any:
    from transformers import PreTrainedTokenizerFast

    pieces = {piece: id for id, piece in enumerate([*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())])}
    bytes_ = tokenizers.Tokenizer(BPE(pieces, []))
    bytes_.pre_tokenizer, bytes_.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    named = dict(zip(("pad_token", "bos_token", "eos_token", "mask_token"), SPECIAL, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=bytes_, **named)
