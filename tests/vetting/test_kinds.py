"""What a model reads, and the two models that make up one."""

import json
import shutil
from pathlib import Path

import pytest
from vetting.spoilt import ROWS, TOKENIZER, change, refusal, write

from model.vetting import vet


@pytest.mark.parametrize(
    ("config", "code"),
    [
        (("ViTConfig", {}), "reads-pictures"), (("Dinov2Config", {}), "reads-pictures"),
        (("SwinConfig", {}), "reads-pictures"), (("CLIPConfig", {}), "reads-pictures"),
        (("WhisperConfig", {}), "reads-sound"), (("Wav2Vec2Config", {}), "reads-sound"),
        (("MambaConfig", {}), "model-type-refused"),
    ],
)  # fmt: skip
def test_a_model_that_reads_no_text_is_told_from_a_kind_that_is_not_known(folder, config, code):
    transformers = pytest.importorskip("transformers")
    name, sizes = config
    getattr(transformers, name)(**sizes).save_pretrained(folder)
    refusal(folder, code)


@pytest.fixture(scope="module")
def pair(made, tmp_path_factory):
    """A BERT that writes what a BERT has read."""
    transformers = pytest.importorskip("transformers")
    both = {"vocab_size": ROWS, "hidden_size": 16, "num_attention_heads": 2, "num_hidden_layers": 2,
            "intermediate_size": 24}  # fmt: skip
    read = transformers.BertConfig(**both)
    writes = transformers.BertConfig(**both, is_decoder=True, add_cross_attention=True)
    folder = tmp_path_factory.mktemp("pair")
    config = transformers.EncoderDecoderConfig(encoder=read.to_dict(), decoder=writes.to_dict())
    transformers.EncoderDecoderModel(config).save_pretrained(folder)
    write(folder / "tokenizer.json", TOKENIZER)
    return folder


def test_two_models_that_make_up_one(pair):
    assert vet(pair).model_type == "encoder-decoder"


@pytest.mark.parametrize(
    ("side", "told", "code"),
    [
        ("encoder", {"model_type": "vit", "image_size": 8}, "reads-pictures"),
        ("encoder", {"model_type": "gpt9"}, "model-type-refused"),
        ("decoder", {"model_type": "encoder-decoder"}, "model-type-refused"),
        ("decoder", {"vocab_size": ROWS + 1}, "model-config-refused"),
        ("decoder", {"num_hidden_layers": 3}, "model-config-refused"),
        ("encoder", {"hidden_size": 2**30}, "model-config-refused"),
        ("encoder", None, "model-config-refused"),
        ("decoder", {"auto_map": {"AutoModel": "x.Y"}}, "custom-code-refused"),
    ],
)  # fmt: skip
def test_each_of_two_models_is_held_to_its_own_weights(pair, tmp_path, side, told, code):
    folder = Path(shutil.copytree(pair, tmp_path / "pair"))
    own = json.loads((folder / "config.json").read_text(encoding="utf-8"))[side]
    change(folder / "config.json", **{side: told and own | told})
    refusal(folder, code)
