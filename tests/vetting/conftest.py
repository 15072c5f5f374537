import shutil
import warnings
from pathlib import Path

import pytest
from vetting.spoilt import ROWS, TOKENIZER, write


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Small models as the library itself saves them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        transformers = pytest.importorskip("transformers")
        common = {"vocab_size": ROWS, "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 0}
        bert = {"hidden_size": 16, "num_attention_heads": 2, "num_hidden_layers": 2, "intermediate_size": 24}
        gpt2 = transformers.GPT2Config(**common, n_embd=16, n_layer=2, n_head=2, n_positions=32)
        t5 = {"d_model": 16, "d_kv": 4, "d_ff": 24, "num_layers": 2, "num_heads": 2, "decoder_start_token_id": 0}
        bart = {"d_model": 16, "encoder_layers": 2, "decoder_layers": 1, "encoder_attention_heads": 2,
                "decoder_attention_heads": 2, "encoder_ffn_dim": 24, "decoder_ffn_dim": 24}  # fmt: skip
        models = {
            "gpt2": transformers.GPT2LMHeadModel(gpt2),
            "bert": transformers.BertModel(transformers.BertConfig(**common, **bert)),
            "albert": transformers.AlbertModel(transformers.AlbertConfig(**common, **bert, embedding_size=8)),
            "t5": transformers.T5ForConditionalGeneration(transformers.T5Config(**common, **t5)),
            "bart": transformers.BartModel(transformers.BartConfig(**common, **bart)),
            "sharded": transformers.GPT2LMHeadModel(gpt2),
        }
        folder = tmp_path_factory.mktemp("made")
        for name, model in models.items():
            model.save_pretrained(folder / name, **({"max_shard_size": "8KB"} if name == "sharded" else {}))
            write(folder / name / "tokenizer.json", TOKENIZER)
        numbers = {name: sum(p.numel() for p in model.parameters()) for name, model in models.items()}
    return folder, numbers


@pytest.fixture
def folder(made, tmp_path):
    """A good GPT-2, to be spoilt."""
    return Path(shutil.copytree(made[0] / "gpt2", tmp_path / "model"))
