"""Runs that begin with the weights of an earlier one, and runs that come to nothing."""

import json
import math

import pytest
import torch
from training import DATA, PAIRS, TOKENIZER, advanced, command, folder, one_thread, same, small, tiny  # noqa: F401

from model.training import checkpoint, tasks, train
from model.training.batches import UNASKED, Batch
from model.training.tasks import Continue

TOLD = {"tokenizer": TOKENIZER.sha256, "data": DATA.sha256, "threads": "1"}


@pytest.fixture
def data(tmp_path):
    (tmp_path / "data").mkdir()
    pairs = "\n".join("\t".join(pair) for pair in PAIRS)
    return folder(tmp_path / "data", pairs__tsv=pairs, text__txt="A cat.\nA dog.")


def finished(kind: str, out, steps: int) -> train.Run:
    out.mkdir(exist_ok=True)
    TOKENIZER.save(out / "tokenizer.json")
    run = tiny(kind, steps)
    run.task.repeats_first = 0
    train.train(run, out, TOLD)
    return run


@pytest.mark.parametrize("kind", ["encoder", "lstm"])
def test_a_run_begins_with_the_weights_it_is_given_and_counts_on(kind, tmp_path, data):
    earlier = finished(kind, tmp_path / "early", 3)
    weights = tmp_path / "early" / f"{kind}.safetensors"
    out = tmp_path / "out"
    assert command("--kind", kind, "--data", data, "--out", out, "--steps", 2, "--from", weights) == 0
    model, metadata = checkpoint.load_weights(out / f"{kind}.safetensors")
    assert (metadata["steps"], metadata["begun"]) == ("5", "3")
    assert int(metadata["tokens"]) > earlier.n_tokens
    assert model.config == earlier.model.config
    moved = [(a - b).abs().max() for a, b in zip(model.parameters(), earlier.model.parameters(), strict=True)]
    assert 0 < max(moved) < 0.1
    assert "had 3 steps behind them" in (out / f"{kind}.md").read_text(encoding="utf-8")
    assert "已训练 3 步" in (out / f"{kind}.zh-CN.md").read_text(encoding="utf-8")


def test_the_learning_rate_begins_anew(tmp_path):
    run = advanced(tiny("encoder", 4), 4)
    later = train.Run(run.model, run.task, 0, 104, step=4, begun=4, learning_rate=1e-3)
    advanced(later, 1)
    assert later.optimizer.param_groups[0]["lr"] == pytest.approx(1e-3 * train.rate(0, 100))


def test_the_curve_and_the_checkpoints_go_on(tmp_path, small):  # noqa: F811
    finished("decoder", tmp_path / "early", 4)
    run = train.continued(
        tmp_path / "early" / "decoder.safetensors", tmp_path / "out", "decoder", TOKENIZER, DATA, seed=0, steps=4
    )
    run.task.repeats_first = 0
    train.train(run, tmp_path / "out", TOLD)
    curve = json.loads((tmp_path / "out" / "decoder.births.json").read_text())
    assert [moment["step"] for moment in curve["moments"]] == [0, 2, 4, 6, 8]
    assert (curve["checkpoints"][0], curve["checkpoints"][-1], len(curve["checkpoints"])) == (0, 8, 3)
    kept = {int(path.stem) for path in (tmp_path / "out" / "decoder.checkpoints").iterdir()}
    assert kept == {*curve["checkpoints"][:-1]}


def test_such_a_run_can_be_stopped_and_goes_on_to_the_same_weights(tmp_path, small, monkeypatch):  # noqa: F811
    monkeypatch.setattr(Continue, "repeats_first", 0)
    finished("decoder", tmp_path / "early", 2)
    weights = tmp_path / "early" / "decoder.safetensors"

    def begin(out):
        return train.continued(weights, out, "decoder", TOKENIZER, DATA, seed=1, steps=4)

    whole = advanced(begin(tmp_path / "whole"), 4)
    checkpoint.save_state({**advanced(begin(tmp_path / "part"), 2).state(), **TOLD}, tmp_path / "state")
    again = train.resumed(tmp_path / "state", "decoder", TOKENIZER, DATA)
    assert (again.step, again.steps, again.begun) == (4, 6, 2)
    assert same(whole.model, advanced(again, 2).model)


@pytest.mark.parametrize("kind", ["decoder", "encoder"])
def test_weights_that_do_not_fit_are_refused_in_one_sentence(kind, tmp_path, data, capsys):
    finished("encoder", tmp_path / "early", 1)
    weights = tmp_path / "early" / "encoder.safetensors"
    if kind == "encoder":
        loaded, metadata = checkpoint.load_weights(weights)
        checkpoint.save_weights(loaded, weights, {**metadata, "tokenizer": "another"})
    capsys.readouterr()
    assert command("--kind", kind, "--data", data, "--out", tmp_path / "out", "--steps", 1, "--from", weights) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "encoder.safetensors" in told


def test_weights_without_their_tokenizer_are_refused_in_one_sentence(tmp_path, data, capsys):
    finished("encoder", tmp_path / "early", 1)
    (tmp_path / "early" / "tokenizer.json").unlink()
    capsys.readouterr()
    words = ["--kind", "encoder", "--data", data, "--out", tmp_path / "out", "--steps", 1]
    assert command(*words, "--from", tmp_path / "early" / "encoder.safetensors") == 2
    assert capsys.readouterr().err.startswith("There is no tokenizer.json beside")


def test_a_run_may_go_on_in_the_folder_of_its_weights(tmp_path, small):  # noqa: F811
    finished("decoder", tmp_path, 4)
    run = train.continued(tmp_path / "decoder.safetensors", tmp_path, "decoder", TOKENIZER, DATA, seed=0, steps=2)
    assert [moment["step"] for moment in run.births.moments] == [0, 2, 4]
    assert (tmp_path / "decoder.checkpoints" / "4.safetensors").exists()


def test_a_file_of_no_weights_is_refused_in_one_sentence(tmp_path, data, capsys):
    (tmp_path / "bad.safetensors").write_bytes(b"nothing")
    TOKENIZER.save(tmp_path / "tokenizer.json")
    words = ["--kind", "encoder", "--data", data, "--out", tmp_path / "out", "--steps", 1]
    assert command(*words, "--from", tmp_path / "bad.safetensors") == 2
    assert capsys.readouterr().err.startswith("bad.safetensors cannot be read")


def test_a_batch_that_asks_for_nothing_leaves_the_weights_and_the_told_loss_sound():
    run = advanced(tiny("encoder", 4), 1)
    told, batch = run.loss, run.task.batch

    def nothing(step, rng):
        real = batch(step, rng)
        return Batch(real.inputs, torch.full_like(real.labels, UNASKED))

    run.task.batch = nothing
    advanced(run, 1)
    assert run.loss == told
    assert all(bool(parameter.isfinite().all()) for parameter in run.model.parameters())


def test_a_run_whose_loss_is_no_number_ends_with_a_sentence_and_keeps_what_was_saved(
    tmp_path, data, capsys, monkeypatch
):
    monkeypatch.setattr(train, "SAVED_EVERY", 1)
    monkeypatch.setattr(tasks, "N_TOKENS", 100)
    real = train.loss_of
    losses = iter([1.0, 1.0, math.nan])
    monkeypatch.setattr(train, "loss_of", lambda *args: real(*args) * next(losses))
    TOKENIZER.save(tmp_path / "tokenizer.json")
    assert command("--kind", "lstm", "--data", data, "--out", tmp_path, "--steps", 5) == 2
    assert "The loss is no number at step 2" in capsys.readouterr().err
    loaded, metadata = checkpoint.load_weights(tmp_path / "lstm.safetensors")
    assert metadata["steps"] == "2"
    assert all(bool(parameter.isfinite().all()) for parameter in loaded.parameters())
