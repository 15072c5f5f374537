"""Two models built at once, in one process: each is as if it had been built alone."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from real_models import saved

from model import hand, zoo
from model.fresh import Fresh

transformers = pytest.importorskip("transformers")
TEXT = "the cat sat"


def predictions(folder):
    return zoo.load(folder).trace(TEXT, target="a" if "T5" in folder.name else None)["logits"]


def test_models_that_are_loaded_at_once_are_the_models_that_are_loaded_alone(tmp_path):
    folders = [saved(tmp_path / family, family) for family in ("GPT-2", "BERT", "T5", "Llama")]
    alone = [predictions(folder) for folder in folders]
    with ThreadPoolExecutor(4) as pool:
        for together, expected in zip(pool.map(predictions, folders * 3), alone * 3, strict=True):
            assert torch.equal(together, expected)


@pytest.mark.parametrize(
    "built",
    [
        lambda: Fresh("transformer", 8, 1, n_heads=2).stack(1).blocks[0].attn.W_q.weight,
        lambda: Fresh("rnn", 8, 1).cells(1).get_parameter("weight_ih_l0"),
        lambda: hand.transformer(2).embed.weight,
    ],
    ids=["stack", "cells", "hand"],
)
def test_a_network_that_is_built_while_a_model_is_loaded_in_bfloat16_has_all_its_digits(tmp_path, monkeypatch, built):
    from model import huggingface

    alone, begun, done = built(), threading.Event(), threading.Event()
    folder, init = saved(tmp_path, "GPT-2"), transformers.GPT2LMHeadModel.__init__

    def slow(self, config):
        init(self, config)
        begun.set()
        done.wait(0.5)  # as long as whoever does not wait for this needs to build theirs

    monkeypatch.setattr(transformers.GPT2LMHeadModel, "__init__", slow)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(huggingface.load, folder, "real", "cpu", torch.bfloat16)
        assert begun.wait(20)
        together = built()
        done.set()
        loading.result()
    assert together.dtype == alone.dtype and torch.equal(together, alone)
