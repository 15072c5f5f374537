"""Folders that may be opened as a Hugging Face model, and all those that may not."""

import hashlib
import json
import os
import pickle
import shutil
import struct
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from model.vetting import ModelRefused, vet

ROOT = Path(__file__).resolve().parent.parent
ROWS = 40  # of the embedding
WORDS = {f"w{i}": i for i in range(ROWS - 1)}
TOKENIZER = {"version": "1.0", "added_tokens": [{"id": ROWS - 1, "content": "<end>"}],
             "model": {"type": "WordLevel", "vocab": WORDS, "unk_token": "w0"}}  # fmt: skip


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


def write(path, value):
    path.write_text(json.dumps(value), encoding="utf-8")


def change(path, **values):
    """None takes a name away."""
    told = json.loads(path.read_text(encoding="utf-8")) | values
    write(path, {name: value for name, value in told.items() if value is not None})


def refusal(folder, code, **options):
    with pytest.raises(ModelRefused) as refused:
        vet(folder, **options)
    assert refused.value.code == code, refused.value.detail
    return refused.value


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


class Marks:
    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return (open, (self.marker, "w"))


def test_a_pickle_is_not_opened(folder, tmp_path):
    marker = tmp_path / "marker"
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Marks(marker)))
    refusal(folder, "unsafe-weights")
    assert not marker.exists()


def test_weights_that_lie_elsewhere(folder):
    write(folder / "adapter_config.json", {"base_model_name_or_path": "someone/else"})
    refusal(folder, "unsafe-weights")
    (folder / "adapter_config.json").unlink()
    change(folder / "config.json", transformers_weights="other.safetensors")
    refusal(folder, "unsafe-weights")


def with_header(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(begin, end, shape, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x01\x00",
        struct.pack("<Q", 2**62) + b"{}",
        struct.pack("<Q", 2**64 - 1),
        with_header(b"\xff" * 64),
        with_header(b"[" * 100_000),
        with_header(b"[]"),
        with_header({f"t{i}": tensor(0, 0, [0]) for i in range(100_000)}),
        with_header({"a": tensor(0, 8, [2])}, b"\0" * 4),
        with_header({"a": tensor(0, 4, [1])}, b"\0" * 8),
        with_header({"a": tensor(0, 4, [1]), "b": tensor(8, 12, [1])}, b"\0" * 12),
        with_header({"a": tensor(0, 8, [2]), "b": tensor(4, 12, [2])}, b"\0" * 12),
        with_header({"a": tensor(0, 4, [2])}, b"\0" * 4),
        with_header({"a": tensor(0, 4, [-1])}, b"\0" * 4),
        with_header({"a": tensor(0, 4, [True])}, b"\0" * 4),
        with_header({"a": tensor(0, 4, [1], "F31")}, b"\0" * 4),
        with_header({"a": tensor(0, 4, [2**40, 2**40])}, b"\0" * 4),
        with_header({"a": 1}),
        with_header(b'{"a":' + json.dumps(tensor(0, 4, [1])).encode() + b',"a":1}', b"\0" * 4),
    ],
)
def test_a_damaged_file_of_weights(folder, content):
    (folder / "model.safetensors").write_bytes(content)
    refusal(folder, "model-corrupt")


@pytest.mark.parametrize("left", [0.999, 0.5, 0.01])
def test_a_file_cut_short(folder, left):
    path = folder / "model.safetensors"
    os.truncate(path, int(path.stat().st_size * left))
    refusal(folder, "model-corrupt")


@pytest.mark.parametrize("name", ["../outside.safetensors", "/etc/passwd", "missing.safetensors", "config.json", 3])
def test_an_index_that_names_other_files(made, tmp_path, name):
    folder = Path(shutil.copytree(made[0] / "sharded", tmp_path / "model"))
    shutil.copy(made[0] / "gpt2/model.safetensors", tmp_path / "outside.safetensors")
    index = folder / "model.safetensors.index.json"
    placed = json.loads(index.read_text())["weight_map"]
    change(index, weight_map=placed | {next(iter(placed)): name})
    refusal(folder, "model-corrupt")


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64, torch.float8_e5m2])
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_number_that_is_none(folder, dtype, bad):
    path = folder / "model.safetensors"
    tensors = {name: tensor.to(dtype) for name, tensor in load_file(path).items()}
    save_file(tensors, path)
    vet(folder)
    name = "transformer.h.1.mlp.c_fc.weight"
    spoilt = tensors[name].float()
    spoilt[-1, -1] = bad
    save_file(tensors | {name: spoilt.to(dtype)}, path)
    refused = refusal(folder, "model-not-finite")
    assert name in refused.detail


def test_the_last_number_of_a_large_tensor_is_read(folder):
    path = folder / "model.safetensors"
    large = torch.zeros(5_000_001)  # more than one piece
    large[-1] = float("nan")
    save_file(load_file(path) | {"large": large}, path)
    refusal(folder, "model-not-finite")


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


def test_a_family_that_was_not_tried(folder):
    change(folder / "config.json", model_type="gpt9")
    refusal(folder, "model-type-refused")
    assert vet(folder, any_type=True).model_type == "gpt9"
    change(folder / "config.json", model_type=["gpt2"])
    refusal(folder, "model-type-refused", any_type=True)


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


def test_a_tokenizer_of_a_gigabyte(folder):
    with (folder / "tokenizer.json").open("wb") as file:
        file.truncate(2**30)
    refusal(folder, "tokenizer-refused")


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        {"model": {}},
        {"model": {"vocab": WORDS | {"more": ROWS}}},
        {"model": {"vocab": WORDS | {"more": -1}}},
        {"model": {"vocab": WORDS | {"more": "1"}}},
        {"model": {"vocab": [["w", 0.0]] * (ROWS + 1)}},
        {"model": {"vocab": WORDS}, "added_tokens": [{"id": ROWS}]},
        {"model": {"vocab": WORDS}, "added_tokens": [3]},
        {"model": {"vocab": WORDS, "merges": [0] * 10**7}},
    ],
    ids=range(10),
)
def test_a_tokenizer_that_does_not_belong(folder, told):
    write(folder / "tokenizer.json", told)
    refusal(folder, "tokenizer-refused")


def test_files_of_a_tokenizer_in_place_of_the_one(folder):
    (folder / "tokenizer.json").unlink()
    refusal(folder, "tokenizer-refused")
    (folder / "vocab.txt").write_text("word\n" * ROWS)
    vet(folder)
    (folder / "vocab.txt").write_text("word\n" * (ROWS + 1))
    refusal(folder, "tokenizer-refused")
    (folder / "vocab.txt").unlink()
    write(folder / "vocab.json", WORDS)
    vet(folder)
    write(folder / "tokenizer_config.json", {"added_tokens_decoder": {str(ROWS): {"content": "x"}}})
    refusal(folder, "tokenizer-refused")


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
