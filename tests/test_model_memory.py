"""What a model will take is counted before it is read."""

import json

import pytest
import torch
from real_models import saved
from safetensors.torch import load_file, save_file

from app.models import Models, size_of
from model.vetting import ModelRefused, needed

transformers = pytest.importorskip("transformers")
huggingface = pytest.importorskip("model.huggingface")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    return [saved(root / name, family) for name, family in [("gpt", "GPT-2"), ("llama", "Llama"), ("t5", "T5")]]


def bytes_of(folder, width=4):
    return sum(width * tensor.numel() for tensor in load_file(folder / "model.safetensors").values())


def test_the_headers_say_what_the_weights_will_take(folders, tmp_path):
    for folder in folders:
        assert needed(folder, folder, torch.float32) == huggingface.needed(folder) == bytes_of(folder)
        assert needed(folder, folder, torch.bfloat16) == bytes_of(folder, 2)
        taken = size_of(huggingface.load(folder, "one"))
        buffers = taken - bytes_of(folder)
        assert 0 <= buffers < bytes_of(folder) / 10


def test_halves_on_disk_are_counted_as_what_they_become(folders, tmp_path):
    folder = tmp_path / "half"
    folder.mkdir()
    for path in folders[0].iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    tensors = load_file(folder / "model.safetensors")
    counts = {"whole": torch.arange(5)}
    save_file({name: t.half() for name, t in tensors.items()} | counts, folder / "model.safetensors")
    assert needed(folder, folder, torch.float32) == bytes_of(folders[0]) + 5 * 8


def test_shards_count_together(folders, tmp_path):
    model = transformers.AutoModelForCausalLM.from_pretrained(folders[0])
    model.save_pretrained(tmp_path, max_shard_size="20KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    assert needed(tmp_path, tmp_path, torch.float32) == bytes_of(folders[0])


def test_what_is_damaged_is_refused_before(folders, tmp_path):
    with pytest.raises(ModelRefused, match="model-corrupt"):
        needed(tmp_path / "none", tmp_path / "none", torch.float32)
    (tmp_path / "config.json").write_text(json.dumps({}))
    (tmp_path / "model.safetensors").write_bytes(b"\1\0")
    with pytest.raises(ModelRefused, match="model-corrupt"):
        needed(tmp_path, tmp_path, torch.float32)


def read(folders, limit, monkeypatch):
    """All of them, one after the other. -> what was loaded when each was being read; their states"""
    load, seen, models = huggingface.load, [], Models([str(folder) for folder in folders], "cpu", limit)

    def watched(source, *rest, **more):
        seen.append((source.name, [id for id, state in states().items() if state == "ready"]))
        return load(source, *rest, **more)

    def states():
        return {one["id"]: one["state"] for one in models.listed("en")}

    monkeypatch.setattr(huggingface, "load", watched)
    for folder in folders:
        models.read(folder.name)
    models.close()
    return seen, states(), models


def test_others_are_unloaded_before_the_next_is_read(folders, monkeypatch):
    gpt, llama = (size_of(huggingface.load(folder, "one")) for folder in folders[:2])
    both = read(folders[:2], gpt + llama, monkeypatch)
    assert both[:2] == ([("gpt", []), ("llama", ["gpt"])], {"gpt": "ready", "llama": "ready"})
    one = read(folders[:2], max(gpt, llama), monkeypatch)
    assert one[:2] == ([("gpt", []), ("llama", [])], {"gpt": "unloaded", "llama": "ready"})


def test_one_that_cannot_fit_is_not_read_and_unloads_none(folders, monkeypatch):
    sizes = {folder.name: bytes_of(folder) for folder in folders}
    small, large = sorted(folders, key=lambda folder: sizes[folder.name])[::2]
    limit = sizes[large.name] - 1
    assert size_of(huggingface.load(small, "one")) <= limit
    seen, states, models = read([small, large], limit, monkeypatch)
    assert seen == [(small.name, [])]
    assert states == {small.name: "ready", large.name: "failed"}
    problem = models.state(large.name).problem
    assert (problem.slug, problem.values) == ("model-too-large", {"limit": limit, "actual": sizes[large.name]})
