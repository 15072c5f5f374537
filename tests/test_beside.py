"""The three shipped models: they are what they are said to be, and what is told of them is what they compute."""

import json
import math
import re

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from model import beside
from model.training.checkpoint import BadWeights, unpacked

TEXT = "The little boy went to the river and looked at the water."


@pytest.fixture(scope="module")
def three():
    return beside.load()


@pytest.fixture(scope="module")
def ids(three):
    return [token.id for token in three.tokens(TEXT)]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_hand(ids):
    """The RNN's and the LSTM's losses from their files alone, in NumPy, by the recurrences of the papers."""
    found = {}
    for name in ("rnn", "lstm"):
        stored = load_file(beside.FOLDER / f"{name}.safetensors")
        W = {key: value.double().numpy() for key, value in unpacked(stored).items()}
        x, layers = W["embed.weight"][ids], 2
        for layer in range(layers):
            own = {part: W[f"layers.{layer}.{part}_l0"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
            h = c = np.zeros(own["weight_hh"].shape[1])
            rows = []
            for step in x:
                pre = own["weight_ih"] @ step + own["bias_ih"] + own["weight_hh"] @ h + own["bias_hh"]
                if name == "rnn":
                    h = np.tanh(pre)
                else:
                    i, f, g, o = np.split(pre, 4)
                    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
                    h = sigmoid(o) * np.tanh(c)
                rows.append(h)
            x = np.stack(rows)
        logits = (x @ W["project.weight"].T + W["project.bias"]) @ W["embed.weight"].T
        log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        found[name] = [-log_p[at, id] for at, id in enumerate(ids[1:])], h, c
    return found


def test_the_losses_of_the_recurrent_ones_are_those_of_the_papers_recurrences(three, ids):
    for name, (losses, h, c) in by_hand(ids).items():
        read = three.read(name, ids)
        assert read.losses == pytest.approx(losses, abs=1e-3)
        assert read.handed["h"][-1, -1].numpy() == pytest.approx(h, abs=1e-4)
        if name == "lstm":
            assert read.handed["c"][-1, -1].numpy() == pytest.approx(c, abs=1e-3)
        assert read.pattern is None


def test_the_losses_of_the_transformer_are_torchs_cross_entropy_and_its_rows_add_up(three, ids):
    read, net = three.read("transformer", ids), three.nets["transformer"]
    with torch.no_grad():
        plain = F.cross_entropy(net(target=torch.tensor(ids))[:-1], torch.tensor(ids[1:]), reduction="none")
    assert read.losses == pytest.approx(plain.tolist(), abs=1e-4)
    assert read.handed == {}
    n = len(ids)
    assert read.pattern.shape == (net.config.n_layers, net.config.n_heads, n, n)
    assert torch.allclose(read.pattern.sum(-1), torch.ones(1), atol=1e-5)
    assert not read.pattern.triu(1).any()


def test_each_has_learnt_more_than_how_often_a_token_comes(three, ids):
    """A guess by frequency alone is at about 7 nats on such text; ln 8192 is 9.01."""
    for name in beside.NAMES:
        assert np.mean(three.read(name, ids).losses) < 6.5


def test_they_are_of_one_size_and_read_the_same(three):
    infos = [three.info(name) for name in beside.NAMES]
    sizes = [info["parameters"] for info in infos]
    assert max(sizes) / min(sizes) < 1.02
    assert sizes == [sum(p.numel() for p in three.nets[name].parameters()) for name in beside.NAMES]
    assert len({(info["steps"], info["tokens"]) for info in infos}) == 1
    assert len({(told["data"], told["tokenizer"], told["seed"]) for told in three.told.values()}) == 1


def test_the_curves_end_where_training_ended(three):
    curves = beside.curves()
    for name in beside.NAMES:
        first, *_, last = curves[name]
        assert first["step"] == 0 and first["train"] is None
        assert first["valid"] == pytest.approx(math.log(len(three.tokenizer)), abs=0.2)
        assert (last["step"], last["tokens"]) == (three.info(name)["steps"], three.info(name)["tokens"])
        steps = [moment["step"] for moment in curves[name]]
        assert steps == sorted(set(steps))
        assert last["valid"] < first["valid"] - 2
    assert [[m["step"] for m in curves[name]] for name in beside.NAMES] == [steps] * 3


def test_all_together_are_small():
    assert sum(path.stat().st_size for path in beside.FOLDER.iterdir()) < 8e6


def test_a_damaged_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(beside, "FOLDER", tmp_path)
    for name in ("load", "curves"):
        with pytest.raises(BadWeights):
            getattr(beside, name).__wrapped__()


def test_the_card_says_what_the_files_say(three):
    curves = beside.curves()
    for suffix in (".md", ".zh-CN.md"):
        card = (beside.FOLDER / f"card{suffix}").read_text("utf-8")
        rows = [line for line in card.splitlines() if line.startswith("| ")]
        cells = {row.strip("| ").split(" | ")[0]: re.findall(r"[\d.,]+", row.partition(" | ")[2]) for row in rows}
        infos = [three.info(name) for name in beside.NAMES]
        numbers = [value for row in cells.values() for value in row]
        for info, name in zip(infos, beside.NAMES, strict=True):
            assert f"{info['parameters']:,}" in numbers
            assert f"{curves['cpu_ms'][name]:.1f}" in numbers
            assert f"{curves[name][-1]['valid']:.3f}" in numbers
        assert f"{infos[0]['tokens']:,}" in numbers and f"{infos[0]['steps']:,}" in numbers


def test_the_curves_are_plain_json():
    text = (beside.FOLDER / "curves.json").read_text("utf-8")
    assert json.loads(text, parse_constant=lambda name: pytest.fail(name)) == beside.curves()
