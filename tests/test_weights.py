import json
import resource
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from training import ALL, build, one_thread, tiny  # noqa: F401

from model.training import checkpoint
from model.training.checkpoint import BadWeights, load_transformer, load_weights, packed, save_weights, unpacked

FINEST = 2**-24  # the smallest half-precision number


@pytest.mark.parametrize("size", [1e-9, 1e-7, 1e-6, 1.9e-5, 1e-4, 1e-3, 0.02, 1.0, 300.0, 1e6])
def test_a_row_comes_back_to_half_a_step(size):
    matrix = torch.randn(40, 64, generator=torch.Generator().manual_seed(0)) * size
    stored = packed("W", matrix)
    assert {name: tensor.dtype for name, tensor in stored.items()} == {"W": torch.int8, "W.scale": torch.float16}
    step = stored["W.scale"].float()[:, None]
    assert bool(((unpacked(stored)["W"] - matrix).abs() <= 0.5001 * step).all())
    finest = matrix.abs().amax(-1, keepdim=True) / 127
    assert bool((step <= finest * (1 + 2**-10) + FINEST).all())


def test_each_row_has_its_own_step():
    matrix = torch.tensor([[1e-3, 5e-4], [100.0, -50.0], [0.0, 0.0]])
    read = unpacked(packed("W", matrix))["W"]
    assert torch.allclose(read, matrix, rtol=0.01, atol=0)
    assert read[2].tolist() == [0, 0]


def test_a_vector_is_kept_in_half_precision():
    vector = torch.linspace(-3, 3, 50)
    stored = packed("b", vector)
    assert {name: tensor.dtype for name, tensor in stored.items()} == {"b": torch.float16}
    assert torch.equal(unpacked(stored)["b"], vector.half().float())


@pytest.mark.parametrize("kind", ALL)
def test_a_model_comes_back_and_computes_with_what_was_kept(kind, tmp_path):
    run = tiny(kind, 1)
    run.advance()
    path = tmp_path / "tiny.safetensors"
    save_weights(run.model, path, {"steps": "1"})
    loaded, metadata = load_weights(path)
    assert loaded.config == run.model.config
    assert metadata["steps"] == "1"
    assert not loaded.training
    assert {tensor.dtype for tensor in loaded.state_dict().values()} == {torch.float32}
    for name, tensor in run.model.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], unpacked(packed(name, tensor))[name])
    expected = build(kind).eval()
    expected.load_state_dict(loaded.state_dict())
    batch = run.task.batch(5, np.random.default_rng(0))
    with torch.no_grad():
        assert torch.equal(loaded(**batch.inputs), expected(**batch.inputs))


def test_a_kept_matrix_takes_a_byte_a_number(tmp_path):
    model = build("decoder")
    save_weights(model, tmp_path / "tiny.safetensors", {})
    n = sum(parameter.numel() for parameter in model.parameters())
    assert (tmp_path / "tiny.safetensors").stat().st_size < 1.2 * n


@pytest.fixture
def weights(tmp_path) -> Path:
    save_weights(build("decoder"), tmp_path / "tiny.safetensors", {})
    return tmp_path / "tiny.safetensors"


W_IN = "decoder.blocks.1.mlp.W_in.weight"


def change(path: Path, tensors: dict[str, torch.Tensor | None] | None = None, **shape) -> None:
    """The file again, with other tensors (None: without) and another config."""
    changed = {**load_file(path), **(tensors or {})}
    config = {**asdict(build("decoder").config), **shape}
    kept = {name: tensor for name, tensor in changed.items() if tensor is not None}
    save_file(kept, path, {"config": json.dumps({name: value for name, value in config.items() if value is not None})})


def test_a_file_changed_in_nothing_is_read(weights):
    change(weights)
    assert load_weights(weights)[0].config == build("decoder").config


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes()[:40]),
        lambda path: path.write_bytes(b"\x80\x04 a pickle, or anything"),
        lambda path: save_file({"x": torch.zeros(2)}, path),
        lambda path: save_file(load_file(path), path),
        lambda path: save_file(load_file(path), path, {"config": "not JSON"}),
        lambda path: save_file(load_file(path), path, {"config": "[]"}),
        lambda path: change(path, kind=None),
        lambda path: change(path, kind="lstm"),
        lambda path: change(path, kind="encoder"),
        lambda path: change(path, surprise=1),
        lambda path: change(path, n_heads=0),
        lambda path: change(path, n_heads=3),
        lambda path: change(path, n_layers=1),
        lambda path: change(path, n_layers="2"),
        lambda path: change(path, n_vocab=-1),
        lambda path: change(path, {W_IN: None}),
        lambda path: change(path, {W_IN + ".scale": None}),
        lambda path: change(path, {W_IN: None, W_IN + ".scale": torch.ones(32).half()}),
        lambda path: change(path, {"no.such.weight.scale": torch.ones(32).half()}),
        lambda path: change(path, {W_IN + ".scale": torch.ones(31).half()}),
        lambda path: change(path, {W_IN + ".scale": torch.tensor(1.0)}),
        lambda path: change(path, {"decoder.norm.bias.scale": torch.ones(16).half()}),
        lambda path: change(path, {"decoder.norm.bias": torch.ones(17).half()}),
    ],
)
def test_what_is_no_model_of_ours_is_refused_by_name(weights, damage):
    damage(weights)
    with pytest.raises(BadWeights, match=r"tiny\.safetensors (cannot be read|does not hold)"):
        load_weights(weights)


@pytest.mark.parametrize("number", [torch.nan, torch.inf, -torch.inf])
@pytest.mark.parametrize("name", [W_IN + ".scale", "decoder.norm.bias"])
def test_a_number_that_is_not_finite_is_refused_with_its_place(weights, name, number):
    tensor = load_file(weights)[name]
    tensor[3] = number
    change(weights, {name: tensor})
    with pytest.raises(BadWeights, match=rf"tiny\.safetensors.*not finite, in {name.removesuffix('.scale')}$"):
        load_weights(weights)


def test_weights_too_large_to_be_kept_are_refused_when_they_are_read(weights):
    model = build("decoder")
    with torch.no_grad():
        model.decoder.blocks[1].mlp.W_in.weight[3, 5] = 1e7
    save_weights(model, weights, {})
    with pytest.raises(BadWeights, match=f"not finite, in {W_IN}$"):
        load_weights(weights)


def test_a_config_of_absurd_width_is_refused_without_taking_the_memory(weights):
    change(weights, d_mlp=8_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadWeights, match=r"tiny\.safetensors"):
        load_weights(weights)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB; the weights would be 2 GB


def test_a_config_of_absurd_depth_is_refused_before_it_is_built(weights, monkeypatch):
    def build(config):
        raise AssertionError

    monkeypatch.setattr(checkpoint, "Transformer", build)
    change(weights, n_layers=10**9)
    with pytest.raises(BadWeights, match=r"tiny\.safetensors"):
        load_weights(weights)


def test_where_a_transformer_is_wanted_an_lstm_is_refused(tmp_path):
    path = tmp_path / "lstm.safetensors"
    save_weights(build("lstm"), path, {})
    assert load_weights(path)[0].config.kind == "lstm"
    with pytest.raises(BadWeights, match=r"lstm\.safetensors.*without attention"):
        load_transformer(path)


def test_where_a_transformer_is_wanted_one_is_given(weights):
    assert load_transformer(weights)[0].config.kind == "decoder"


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "weights"
    checkpoint.save_text("old", path)

    def fail(temporary: Path) -> None:
        temporary.write_text("half of the ne")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        checkpoint.replace(path, fail)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]
