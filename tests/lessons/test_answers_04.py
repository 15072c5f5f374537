"""Which options of lesson 4 are right, worked out from the model."""

import pytest
import torch
from lessons.documents import right

from model import zoo

SITE = "decoder.blocks.0.attn"


@pytest.fixture(scope="module")
def trace():
    return zoo.load("hand-one").trace("我爱吃鱼", mask="bidirectional")


def query_from(trace) -> str:
    """The query is made anew from the word's own row alone, and from the mean of all rows."""
    W_q = dict(zoo.load("hand-one").transformer.named_parameters())[f"{SITE}.W_q.weight"]
    x, q = trace["decoder.blocks.0.resid_pre"], trace[f"{SITE}.q"][0, 2]
    assert not torch.allclose(W_q @ x.mean(0), q) and not torch.allclose(W_q @ x.sum(0), q)
    return "b" if torch.allclose(W_q @ x[2], q) else ""


def row_weights(trace) -> str:
    q, k = trace[f"{SITE}.q"][0], trace[f"{SITE}.k"][0]
    dots = q[2] @ k.T
    weights = torch.softmax(dots / 2, 0)
    found = ""
    if torch.allclose(weights, torch.tensor([0.5, 0, -1, 0.5])):
        found += "a"
    if weights[0] == weights[3] and 0 < weights[2] < 0.05:
        found += "b"
    if weights[2] == 0:
        found += "c"
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_marked_options_are_right(trace, lang):
    worked = {"query-from": query_from(trace), "row-weights": row_weights(trace)}
    assert right("04-scaled-dot-product", lang) == worked
