"""The curve of a head and its checkpoints, in runs that are stopped and fail."""

import itertools
import json
from dataclasses import asdict
from pathlib import Path

import pytest
from safetensors.torch import load_file
from training import one_thread, small, tiny  # noqa: F401

from model.training import checkpoint, train

STEPS = 9


def go_on(kind: str, out: Path, steps: int = STEPS) -> train.Run:
    """Goes on with the run in this folder, or begins it."""
    run = tiny(kind, steps)
    run.task.repeats_first = 0
    state = out / f"{kind}.state.pt"
    if state.exists():
        run.resume(checkpoint.load_state(state))
    train.train(run, out, {"tokenizer": "t"})
    return run


def written(out: Path) -> dict:
    """All that a run leaves, but for the state and how long it took."""
    found = {}
    for path in sorted(out.rglob("*.*")):
        if path.suffix == ".safetensors":
            tensors = load_file(path)
            found[str(path.relative_to(out))] = {name: tensor.tolist() for name, tensor in tensors.items()}
        elif path.suffix == ".json":
            found[path.name] = json.loads(path.read_text())
    return found


@pytest.fixture
def whole(tmp_path_factory, small):  # noqa: F811
    """whole(kind): what an uninterrupted run leaves."""

    def left(kind: str) -> dict:
        if kind not in LEFT:
            out = tmp_path_factory.mktemp(kind)
            go_on(kind, out)
            LEFT[kind] = written(out)
        return LEFT[kind]

    return left


LEFT: dict[str, dict] = {}


class Stopped(Exception):
    pass


@pytest.mark.parametrize("kind", ["decoder", "encoder-decoder"])
def test_the_checkpoints_told_of_are_those_that_are_there(kind, whole):
    left = whole(kind)
    told = left[f"{kind}.births.json"]
    assert (told["checkpoints"][0], told["checkpoints"][-1], len(told["checkpoints"])) == (0, STEPS, 3)
    assert [moment["step"] for moment in told["moments"]] == [0, 2, 4, 6, 8, 9]
    assert [moment["tokens"] for moment in told["moments"]] == sorted(moment["tokens"] for moment in told["moments"])
    assert {len(site) for moment in told["moments"] for site in moment["scores"]} == {2}
    kept = {f"{kind}.checkpoints/{step}.safetensors" for step in told["checkpoints"][:-1]}
    assert set(left) == {f"{kind}.births.json", f"{kind}.safetensors", *kept}


def test_on_the_way_more_are_kept_than_in_the_end(small, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(train.Run, "advance", stopping(8, train.Run.advance))
    with pytest.raises(Stopped):
        go_on("decoder", tmp_path)
    told = json.loads((tmp_path / "decoder.births.json").read_text())["checkpoints"]
    assert (told[0], told[-1], len(told)) == (0, 8, 4)
    assert {f"{step}.safetensors" for step in told} == {
        path.name for path in (tmp_path / "decoder.checkpoints").iterdir()
    }


def stopping(step: int, advance):
    def stopped(run: train.Run) -> None:
        if run.step == step:
            raise Stopped
        advance(run)

    return stopped


@pytest.mark.parametrize("kind", ["decoder", "encoder-decoder"])
@pytest.mark.parametrize("step", [3, 6, 8])
def test_a_run_stopped_on_the_way_leaves_the_same_in_the_end(kind, step, whole, tmp_path, monkeypatch):
    advance = train.Run.advance
    monkeypatch.setattr(train.Run, "advance", stopping(step, advance))
    with pytest.raises(Stopped):
        go_on(kind, tmp_path)
    monkeypatch.setattr(train.Run, "advance", advance)
    if step > 4:
        assert checkpoint.load_state(tmp_path / f"{kind}.state.pt")["step"] == step // 4 * 4
    go_on(kind, tmp_path)
    assert written(tmp_path) == whole(kind)


def test_what_an_earlier_run_left_is_cleared_away(whole, tmp_path):
    go_on("decoder", tmp_path, steps=14)
    (tmp_path / "decoder.state.pt").unlink()
    (tmp_path / "decoder.checkpoints" / f"{STEPS}.safetensors").write_bytes(b"of an earlier run")
    go_on("decoder", tmp_path)
    assert written(tmp_path) == whole("decoder")


def test_a_finished_run_that_is_gone_on_with_adds_nothing(whole, tmp_path):
    go_on("decoder", tmp_path)
    again = go_on("decoder", tmp_path)
    assert again.step == STEPS
    assert written(tmp_path) == whole("decoder")


def full_at(name: str, time: int, replace):
    """Instead of checkpoint.replace: the disk is full when a file of this name is written for this time."""
    left = itertools.count(1)

    def replaced(path: Path, write) -> None:
        def half(temporary: Path) -> None:
            write(temporary)
            temporary.write_bytes(temporary.read_bytes()[:100])
            raise OSError(28, "No space left on device")

        replace(path, half if path.name == name and next(left) == time else write)

    return replaced


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("0.safetensors", 1),
        ("8.safetensors", 1),
        ("decoder.births.json", 4),
        ("decoder.births.json", 5),
        ("decoder.births.json", 6),
        ("decoder.safetensors", 2),
        ("decoder.safetensors", 3),
        ("decoder.state.pt", 1),
        ("decoder.state.pt", 2),
        ("decoder.state.pt", 3),
    ],
)
def test_a_full_disk_loses_nothing_and_the_run_goes_on_to_the_same_end(name, time, whole, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "replace", full_at(name, time, checkpoint.replace))
    with pytest.raises(OSError, match="No space"):
        go_on("decoder", tmp_path)
    told = tmp_path / "decoder.births.json"
    if told.exists():
        steps = json.loads(told.read_text())["checkpoints"]
        for step in steps[:-1] if steps[-1] == STEPS else steps:
            checkpoint.load_weights(tmp_path / "decoder.checkpoints" / f"{step}.safetensors")
    if (tmp_path / "decoder.state.pt").exists():
        checkpoint.load_weights(tmp_path / "decoder.safetensors")
    assert [path for path in tmp_path.rglob(".*")] == []
    go_on("decoder", tmp_path)
    assert written(tmp_path) == whole("decoder")


def test_the_curve_is_taken_up_again_with_the_state(small, tmp_path):  # noqa: F811
    run = go_on("decoder", tmp_path)
    resumed = tiny("decoder", STEPS)
    resumed.resume(checkpoint.load_state(tmp_path / "decoder.state.pt"))
    assert asdict(resumed.births) == asdict(run.births)
