"""The training of the three models that stand beside one another."""

import json

import numpy as np
import torch
from training import DATA, TOKENIZER, one_thread  # noqa: F401

from model.beside import NAMES
from model.training import beside
from model.training.checkpoint import load_weights
from model.training.tasks import Material, ReadOn


def task():
    return ReadOn(Material(TOKENIZER, DATA, beside.N_CTX))


def test_the_three_are_of_one_size_to_a_fiftieth():
    sizes = [sum(p.numel() for p in beside.build(name, len(TOKENIZER)).parameters()) for name in NAMES]
    assert max(sizes) / min(sizes) < 1.02


def test_all_read_the_same_batches_of_texts_and_pairs_alone():
    a, b = task(), task()
    for step in (0, 5):
        batches = [one.batch(step, np.random.default_rng([0, step])) for one in (a, b)]
        assert torch.equal(batches[0].inputs["target"], batches[1].inputs["target"])
        assert "mask" not in batches[0].inputs
    assert not any("random" in name for name in a.valid(np.random.default_rng(0)))


def test_a_recurrent_network_begins_by_handing_lengths_on_and_hearing_what_it_reads():
    torch.manual_seed(0)
    for name in ("rnn", "lstm"):
        net = beside.build(name, len(TOKENIZER))
        for layer in net.layers:
            for gate in layer.weight_hh_l0.split(net.config.d_hidden):
                assert torch.allclose(gate @ gate.T, torch.eye(net.config.d_hidden), atol=1e-4)
        with torch.no_grad():
            heard = net.embed.weight @ net.layers[0].weight_ih_l0.T
        assert 0.6 < float(heard.std()) < 1


def test_the_loss_is_measured_at_the_start_and_at_the_end_and_thinner_on_the_way():
    for steps in (1, 10, 700):
        found = beside.moments(steps)
        assert found[0] == 0 and found[-1] == steps and found == sorted(set(found))
    gaps = np.diff([moment for moment in beside.moments(1000) if moment >= 10])
    assert (np.diff(gaps) >= -1).all()


def test_a_run_writes_weights_and_a_curve_and_another_is_added(tmp_path):
    for name in ("rnn", "transformer"):
        beside.made(name, task(), tmp_path, seed=0, steps=2, metadata={"tokenizer": TOKENIZER.sha256})
    curves = json.loads((tmp_path / "curves.json").read_text("utf-8"))
    assert curves.keys() == {"held_out_tokens", "rnn", "transformer"}
    assert [moment["step"] for moment in curves["rnn"]] == [0, 2]
    assert curves["rnn"][0]["train"] is None and curves["rnn"][1]["train"] > 0
    net, metadata = load_weights(tmp_path / "rnn.safetensors")
    assert net.config.kind == "rnn" and metadata["steps"] == "2"
