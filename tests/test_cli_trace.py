"""`headlight trace` of models of one's own, of texts from a file, with edits; and in which language it refuses."""

import io
import json
import sys

import pytest
import torch
from real_models import saved
from safetensors import safe_open
from safetensors.torch import load_file

from app.cli import main
from app.i18n import of_environment

TEXT = "the cat sat"


@pytest.fixture(autouse=True)
def told_in(monkeypatch, tmp_path):
    """told_in("zh_CN.UTF-8"): the language of the machine, English at first."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HEADLIGHT_THREADS", str(torch.get_num_threads()))
    return lambda value: monkeypatch.setenv("LANG", value)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    pytest.importorskip("transformers")
    root = tmp_path_factory.mktemp("models")
    return {name: saved(root / name, family) for name, family in [("gpt", "GPT-2"), ("t5", "T5"), ("mpnet", "MPNet")]}


def traced(path, *arguments):
    assert main(["trace", *map(str, arguments), "-o", str(path), "--device", "cpu"]) == 0
    return load_file(path)


def refused(capsys, *arguments):
    assert main(["trace", *map(str, arguments)]) == 2
    return capsys.readouterr().err.strip().splitlines()[-1]


@pytest.mark.parametrize(("name", "more"), [("gpt", []), ("mpnet", []), ("t5", ["--target", "a cat"])])
def test_a_folder_is_written_as_python_has_it(folders, tmp_path, capsys, name, more):
    huggingface = pytest.importorskip("model.huggingface")
    tensors = traced(tmp_path / "trace", TEXT, "--model", folders[name], *more)
    trace = huggingface.load(folders[name], name).trace(TEXT, target=more[-1] if more else None)
    assert tensors.keys() == {*trace}
    assert all(torch.equal(tensors[one], trace[one]) for one in trace)
    told = capsys.readouterr()
    begun, *between, done = told.err.splitlines()  # between: what the library has to say of a config
    assert (told.out, begun) == ("", f"Reading {folders[name]} …") and " MB, " in done
    assert "Loading" not in "".join(between)
    with safe_open(tmp_path / "trace", "pt") as file:
        assert json.loads(file.metadata()["model"])["sha256"] == trace.model["sha256"]


def test_the_text_may_come_from_a_file_or_from_standard_input(tmp_path, monkeypatch):
    (tmp_path / "text").write_bytes(b"\xef\xbb\xbf" + f"{TEXT} 猫\r\n".encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{TEXT} 猫\n".encode())))
    texts = [[f"{TEXT} 猫"], ["--from", tmp_path / "text"], ["-"]]
    typed, read, piped = (traced(tmp_path / "out", *text, "--names", "logits")["logits"] for text in texts)
    assert torch.equal(typed, read) and torch.equal(typed, piped)


def test_a_text_that_cannot_be_read_is_said(tmp_path, capsys):
    output = ["-o", tmp_path / "never"]
    assert refused(capsys, "--from", tmp_path / "no", *output).endswith("cannot be read: No such file or directory.")
    (tmp_path / "latin").write_bytes("é".encode("latin-1"))
    assert refused(capsys, "--from", tmp_path / "latin", *output).endswith("latin is not text in UTF-8.")
    with pytest.raises(SystemExit):
        main(["trace", TEXT, "--from", "x", "-o", "y"])
    assert not (tmp_path / "never").exists()


def test_edits_and_halves(tmp_path):
    names = ["--names", "decoder.blocks.0.attn.z"]
    plain = traced(tmp_path / "a", TEXT, *names)["decoder.blocks.0.attn.z"]
    edited = traced(tmp_path / "b", TEXT, *names, "--edit", '{"zero": "decoder.blocks.0.attn", "head": 1}', "--float16")
    (z,) = edited.values()
    assert z.dtype == torch.float16 and not z[1].any() and z[0].any()
    assert torch.equal(z[[0, 2]], plain[[0, 2]].half())


@pytest.mark.parametrize("edit", ["{", "zero"])
def test_an_edit_that_is_no_json_is_answered_with_the_usage(edit, capsys):
    with pytest.raises(SystemExit) as left:
        main(["trace", TEXT, "-o", "x", "--edit", edit])
    assert left.value.code == 2 and "--edit" in capsys.readouterr().err


def test_an_edit_that_does_not_fit_is_refused(tmp_path, capsys):
    asked = [TEXT, "-o", tmp_path / "x", "--edit"]
    assert refused(capsys, *asked, '{"zero": "no.such"}').startswith("An edit names an attention that this model")
    assert refused(capsys, *asked, '{"nothing": 1}').startswith("The field edits")


def test_what_cannot_be_read_is_said_with_the_file(folders, tmp_path, capsys):
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for path in folders["gpt"].iterdir():
        (damaged / path.name).write_bytes(path.read_bytes()[: 1000 if path.suffix == ".safetensors" else None])
    told = refused(capsys, TEXT, "-o", tmp_path / "x", "--model", damaged)
    assert told.startswith("Files of this model are damaged or missing.") and "(model.safetensors: a header of" in told
    assert not (tmp_path / "x").exists()


def test_what_is_wrong_beyond_the_gate_is_said_too(folders, tmp_path, capsys, monkeypatch):
    huggingface = pytest.importorskip("model.huggingface")

    def fails(*_):
        raise RuntimeError("who knows")

    monkeypatch.setattr(huggingface, "tried", fails)
    told = refused(capsys, TEXT, "-o", tmp_path / "x", "--model", folders["gpt"])
    assert told == "This model could not be loaded. (RuntimeError: who knows)"


def test_weights_alone_take_no_mask(folders, tmp_path, capsys):
    told = refused(capsys, TEXT, "-o", tmp_path / "x", "--model", folders["mpnet"], "--mask", "causal")
    assert told.startswith("This model's family hands out its attention weights alone.")


def test_it_refuses_in_the_language_of_the_machine(tmp_path, capsys, told_in):
    cases = [["", "-o", "x"], [TEXT, "-o", tmp_path], [TEXT, "-o", "x", "--model", "gpt2"], ["--from", "no", "-o", "x"]]
    english = [refused(capsys, *case) for case in cases]
    told_in("zh_CN.UTF-8")
    chinese = [refused(capsys, *case) for case in cases]
    assert all(told.isascii() for told in english) and not any(told.isascii() for told in chinese)


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, "en"), ({"LANG": "C.UTF-8"}, "en"), ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "de_DE"}, "en"), ({"LANGUAGE": "zh:en", "LC_ALL": "en_GB"}, "zh"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_CN"}, "zh"),
    ],
)  # fmt: skip
def test_which_language_that_is(environment, lang):
    assert of_environment(environment) == lang
