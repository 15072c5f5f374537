"""Which options of lesson 8 are right, worked out by measuring."""

import pytest
import torch
from lessons.documents import lesson, right

from model import zoo
from model.fresh import Fresh
from model.gradients import at_depths, at_distances

NETWORKS = (Fresh("rnn", 32, 1), Fresh("lstm", 32, 1), Fresh("transformer", 32, 2))


def adds() -> str:
    trace = zoo.load("decoder").trace("The cat sat on the mat.")
    before, brought, after = (trace[f"decoder.blocks.0.{name}"] for name in ("resid_pre", "attn_out", "resid_mid"))
    found = {"a": torch.allclose(after, brought, atol=1e-4), "b": torch.allclose(after, before + brought, atol=1e-4)}
    weight = trace["decoder.blocks.0.attn.pattern"].mean(0).diagonal()[:, None]
    found["c"] = torch.allclose(after, before * weight, atol=1e-4)
    return "".join(letter for letter in "abc" if found[letter])


def sixty_three() -> str:
    """How much of the gradient at distance 1 is left at 63, with every seed."""
    left = []
    for network in NETWORKS:
        of_seeds = [at_distances(network, 64, seed) for seed in range(5)]
        left.append([float(one[63] / one[1]) for one in of_seeds])
    rnn, lstm, transformer = left
    found = {
        "a": all(0.1 < one < 10 for of in left for one in of),
        "b": max(rnn) < 1e-12 and max(lstm) < 1e-6 and all(0.3 < one < 4 for one in transformer),
        "c": max(rnn) < 1e-12 and min(lstm) > 0.5 and all(0.4 < one < 0.6 for one in transformer),
    }
    return "".join(letter for letter in "abc" if found[letter])


def healthy() -> str:
    """In the middle of three seeds."""
    network = Fresh("transformer", 64, 24, "post", residual=False)
    measured = [at_depths(network, 16, seed) for seed in range(3)]
    share = sorted(float(gradient[0] / gradient[-1]) for gradient, _, _ in measured)[1]
    unlike = sorted(float(diverse[-1]) for _, diverse, _ in measured)[1]
    found = {"a": 0.1 < share < 10 and unlike > 0.01, "b": 0.1 < share < 10 and unlike < 1e-9, "c": share == 0}
    return "".join(letter for letter in "abc" if found[letter])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_marked_options_are_right(lang):
    assert right("08-gradients", lang) == {"adds": adds(), "sixty-three": sixty_three(), "healthy": healthy()}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_figures_measure_what_the_text_tells(lang):
    """The same sizes and seeds, so that the numbers beside a figure are those in it."""
    figures = {
        one.attributes["view"]: one.attributes for one in lesson("08-gradients", lang).article.all("live-figure")
    }
    assert (figures["gradient-distance"]["positions"], figures["gradient-distance"]["seeds"]) == ("64", "5")
    assert (figures["gradient-depth"]["blocks"], figures["gradient-depth"]["seeds"]) == ("24", "3")
    assert figures["saturation"]["d_head"] == "64"
