"""Families that were never tried here: let in only where that is asked for, and held to the rest of the gate."""

import json

import pytest
import torch
from real_models import BERT, tokenizer

from app.models import Models

transformers = pytest.importorskip("transformers")
huggingface = pytest.importorskip("model.huggingface")

OLMO = BERT | {"num_key_value_heads": 4, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}


@pytest.fixture
def folder(tmp_path):
    torch.manual_seed(0)
    path = tmp_path / "olmo"
    transformers.OlmoForCausalLM(transformers.OlmoConfig(**OLMO)).save_pretrained(path)
    tokenizer().save_pretrained(path)
    return path


def states(folder, **options):
    models = Models([str(folder)], "cpu", 2**30, **options)
    models.read(folder.name)
    models.close()
    one = models.state(folder.name)
    return one.state, one.problem and one.problem.slug


def test_it_is_refused_unless_that_is_asked_for(folder):
    assert states(folder) == ("failed", "model-type-refused")
    assert states(folder, any_type=True) == ("ready", None)


def test_its_pattern_is_eager_attentions(folder):
    trace = huggingface.load(folder, "olmo", any_type=True).trace("the cat sat")
    eager = transformers.AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    with torch.no_grad():
        ids = torch.tensor([[token.id for token in trace.tokens["target"]]])
        weights = eager(ids, output_attentions=True).attentions
    assert len(trace.sites) == 2
    for site, pattern in zip(trace.sites, weights, strict=True):
        torch.testing.assert_close(trace[f"{site.name}.pattern"], pattern[0], atol=1e-5, rtol=0)


def test_code_and_pickles_are_refused_all_the_same(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModel": "evil.Evil"}}))
    assert states(folder, any_type=True) == ("failed", "custom-code-refused")
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert states(folder, any_type=True) == ("failed", "unsafe-weights")
