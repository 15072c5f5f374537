"""The logit lens: what each block would have the model say."""

import pytest
import torch
from networks import build

from model import zoo
from model.lens import RANKS, lens

TEXT = "我看见一只狗。"


@pytest.mark.parametrize("id", ["encoder", "decoder", "encoder-decoder"])
def test_after_the_last_block_it_is_the_prediction_exactly(id):
    model = zoo.load(id)
    trace = model.trace(TEXT)
    predicted = model.predictions(trace, RANKS)
    assert trace["lens_ids"][-1].tolist() == [[entry["id"] for entry in row] for row in predicted]
    assert trace["lens_probabilities"][-1].tolist() == [[entry["probability"] for entry in row] for row in predicted]


@pytest.mark.parametrize("id", ["encoder", "decoder", "encoder-decoder"])
def test_after_each_block_it_is_what_a_model_that_ends_there_predicts(id):
    model = zoo.load(id)
    trace, transformer = model.trace(TEXT), model.transformer
    last = transformer.encoder if id == "encoder" else transformer.decoder
    sides = {side: model.tensor(tokens) for side, tokens in trace.tokens.items()}
    blocks = last.blocks
    try:
        for i in range(len(blocks)):
            last.blocks = blocks[: i + 1]
            with torch.no_grad():
                top = transformer(**sides).softmax(-1).topk(RANKS)
            assert trace["lens_ids"][i].tolist() == top.indices.tolist()
            assert torch.allclose(trace["lens_probabilities"][i], top.values, rtol=0, atol=1e-6)
    finally:
        last.blocks = blocks


def test_what_is_edited_shows_in_the_blocks_after_it():
    model = zoo.load("decoder")
    before, after = model.trace(TEXT), model.trace(TEXT, edits=[{"zero": "decoder.blocks.2.attn"}])
    same = [torch.equal(before["lens_probabilities"][i], after["lens_probabilities"][i]) for i in range(4)]
    assert same == [True, True, False, False]


def test_a_small_vocabulary_is_listed_whole():
    model = build("decoder")
    few = lens([torch.randn(2, 24, dtype=torch.float64)] * 3, lambda x: model.read_out(x)[..., :4])
    assert few.ids.shape == few.probabilities.shape == (3, 2, 4)
    assert few.ids.dtype == torch.int32
    assert torch.allclose(few.probabilities.sum(-1), torch.ones(3, 2, dtype=torch.float64))
