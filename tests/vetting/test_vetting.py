"""Folders that may be opened as a Hugging Face model, and all those that may not."""

import hashlib
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file
from vetting.spoilt import ROWS, WORDS, change, refusal, write

from model.vetting import vet

ROOT = Path(__file__).resolve().parents[2]


def test_nothing_here_imports_the_library():
    code = "import sys, model.vetting; print(sorted({'transformers', 'fastapi', 'app'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["gpt2", "bert", "albert", "t5", "bart", "sharded"])
def test_a_good_folder_passes(made, name):
    vetted = vet(made[0] / name)
    weights = sorted((made[0] / name).glob("*.safetensors"))
    assert vetted.weights == weights and (len(weights) > 1) == (name == "sharded")
    assert vetted.model_type == ("gpt2" if name == "sharded" else name)
    tensors = [tensor for path in weights for tensor in load_file(path).values()]
    assert vetted.parameters == sum(tensor.numel() for tensor in tensors) == made[1][name]
    assert vetted.nbytes == 4 * vetted.parameters
    assert vetted.config == json.loads((made[0] / name / "config.json").read_text())


def test_the_sum_is_over_config_and_weights(made, folder):
    before = vet(folder).sha256
    told = hashlib.sha256()
    for name in ("config.json", "model.safetensors"):
        told.update(name.encode() + hashlib.sha256((folder / name).read_bytes()).digest())
    assert before == told.hexdigest()
    change(folder / "config.json", n_inner=64)
    assert vet(folder).sha256 != before


def test_a_folder_that_is_not_there(tmp_path):
    refusal(tmp_path / "none", "model-corrupt")


@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json", "below/other.json"])
@pytest.mark.parametrize(
    "told",
    [
        {"auto_map": {"AutoModel": "evil.Evil"}},
        {"text_config": {"more": [{"trust_remote_code": True}]}},
        {"a": [{"custom_pipelines": {"x": {"impl": "evil.Evil"}}}]},
        {"_attn_implementation": "someone/kernels"},
    ],
)
def test_code_that_comes_with_a_model(folder, file, told):
    marker = folder / "marker"
    (folder / "evil.py").write_text(f"open({str(marker)!r}, 'w')\nclass Evil: pass\n")
    (folder / "below").mkdir()
    if not (folder / file).exists():
        write(folder / file, {})
    change(folder / file, **told)
    refusal(folder, "custom-code-refused", any_type=True)
    assert not marker.exists()


def test_no_code_is_no_code(folder):
    write(folder / "tokenizer_config.json", {"trust_remote_code": False})
    write(folder / "modules.json", [{"idx": 0}])
    change(folder / "tokenizer.json", model={"type": "WordLevel", "vocab": WORDS | {"auto_map": 1}})
    vet(folder)


@pytest.mark.parametrize(
    "told",
    [
        {"n_layer": 10**6},
        {"n_layer": 3},
        {"n_layer": True},
        {"n_layer": "2"},
        {"n_layer": 0},
        {"n_embd": 2**31},
        {"n_embd": 18},
        {"hidden_size": 2**31},
        {"n_head": 3},
        {"n_head": 0},
        {"vocab_size": ROWS + 1},
        {"vocab_size": 3_000_000},
        {"n_embd": None},
        {"n_layer": None},
        {"n_head": None},
        {"vocab_size": None},
        {"n_positions": 10**12},
        {"num_key_value_heads": 3},
        {"num_labels": 10**9},
        {"text_config": {"num_hidden_layers": 10**6}},
        {"configuration_files": ["config.4.0.0.json"]},
    ],
)
def test_sizes_that_cannot_be(folder, told):
    change(folder / "config.json", **told)
    refusal(folder, "model-config-refused")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a":' * 100_000, '{"a":' * 40 + "1" + "}" * 40, " " * 2**20 + "{}"])
def test_a_config_that_is_none(folder, text):
    (folder / "config.json").write_text(text)
    refusal(folder, "model-config-refused")


def test_a_folder_without_a_config_is_no_whole_model(folder):
    (folder / "config.json").unlink()
    refusal(folder, "model-corrupt")


def test_a_family_that_was_not_tried(folder):
    change(folder / "config.json", model_type="gpt9")
    refusal(folder, "model-type-refused")
    assert vet(folder, any_type=True).model_type == "gpt9"
    change(folder / "config.json", model_type=["gpt2"])
    refusal(folder, "model-type-refused", any_type=True)


def test_a_link_out_of_the_folder(folder, tmp_path):
    (folder / "kept.txt").write_text("")
    (folder / "inside.txt").symlink_to("kept.txt")
    vet(folder)
    outside = tmp_path / "outside.txt"
    outside.write_text("")
    (folder / "notes.txt").symlink_to(outside)
    refusal(folder, "model-corrupt")
    (folder / "notes.txt").unlink()
    (folder / "round").symlink_to("round")
    refusal(folder, "model-corrupt")
    (folder / "round").unlink()
    os.mkfifo(folder / "config2.json")  # reading it would not end
    refusal(folder, "model-corrupt")


def test_a_folder_by_a_link(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    assert vet(tmp_path / "link").folder == folder.resolve()


def test_without_assertions(folder):
    """python -O takes assert away: no guard is one."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom model.vetting import ModelRefused, vet\n"
        "try:\n    vet(Path(sys.argv[1]))\nexcept ModelRefused as refused:\n    print(refused.code)\n"
        "else:\n    print('passed')\n"
    )

    def told():
        run = [sys.executable, "-O", "-c", code, str(folder)]
        return subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    assert told() == "passed"
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", 2**62))
    assert told() == "model-corrupt"
    for source in ("vetting", "claims", "weights_header", "vocabulary_files", "bounded_json"):
        assert "assert " not in (ROOT / f"model/{source}.py").read_text(encoding="utf-8")
