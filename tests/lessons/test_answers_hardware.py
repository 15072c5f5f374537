"""Lesson 10: the right options and the numbers it says, worked out by other ways."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from app.lessons import Library
from model import beside, facts, zoo
from model.transformer import Config, Transformer

SLUG = "10-hardware"
LANGUAGES = ("en", "zh")


def article(lang):
    (lesson,) = [lesson for lesson in Library(zoo.load).lessons(lang) if lesson.slug == SLUG]
    return lesson.article


def right(lang):
    """name -> the places of the options that are marked"""
    return {
        node.attributes["name"]: [
            i for i, option in enumerate(node.all("ol", "options")[0].elements) if "data-right" in option.attributes
        ]
        for node in article(lang).all("predict-question")
    }


def counted(n, d):
    """The flops of one block of ours at n tokens as torch counts them, without computing anything: matrix, rest."""
    with torch.device("meta"):
        net = Transformer(Config(n_vocab=8, n_ctx=n, d_model=d, n_heads=2, n_layers=1, d_mlp=4 * d))
        block = net.decoder.blocks[0]
        q = torch.zeros(2, n, d // 2)
        with FlopCounterMode(display=False) as linear:
            for layer in (block.attn.W_q, block.attn.W_k, block.attn.W_v, block.attn.W_o, block.mlp.W_in):
                layer(torch.zeros(n, d))
            block.mlp.W_out(torch.zeros(n, 4 * d))
        with FlopCounterMode(display=False) as matrix:
            (q @ q.mT) @ q
    return matrix.get_total_flops(), linear.get_total_flops()


def passes(n):
    """How often the decoder's first block runs while n tokens are written."""
    model, runs = zoo.load("decoder"), []
    hook = model.transformer.decoder.blocks[0].register_forward_hook(lambda *_: runs.append(1))
    try:
        written = list(model.generate("One day a little girl", max_new_tokens=n, temperature=0))
    finally:
        hook.remove()
    assert len(written) == n
    return len(runs)


def double():
    (matrix, rest), (matrix_2, rest_2) = counted(1024, 768), counted(2048, 768)
    grown, whole = matrix_2 / matrix, (matrix_2 + rest_2) / (matrix + rest)
    options = [grown == whole == 2, grown == whole == 4, grown == 4 and 2 < whole < 4, grown == 2 and whole == 4]
    return [i for i, holds in enumerate(options) if holds]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_marked_options_are_right(lang):
    one_each = passes(7) == 7  # so 20 for 20, and what is written waits for what was written
    assert right(lang) == {"passes": [1] if one_each else [], "double": double(), "writing": [1] if one_each else []}


def test_the_flops_are_those_that_torch_counts():
    for n, d in ((16, 32), (1024, 768)):
        matrix, rest = counted(n, d)
        for part, own in (("matrix", matrix), ("rest", rest), ("whole", matrix + rest)):
            assert facts.value("flops", part=part, n=str(n), d_model=str(d)) == own
        assert facts.value("matrix_share", n=str(n), d_model=str(d)) == pytest.approx(matrix / (matrix + rest))
    assert facts.value("grows", part="matrix", n="1024", d_model="768") == 4


@pytest.mark.parametrize("d", [128, 768])
def test_at_the_crossover_both_sides_cost_the_same(d):
    n = facts.value("crossover", d_model=str(d))
    matrix, rest = counted(n, d)
    assert matrix == rest


def test_a_matrix_of_scores_takes_what_torch_says_it_takes():
    for n, unit, size in ((1024, "MiB", 2**20), (32_768, "GiB", 2**30), (131_072, "GiB", 2**30)):
        stored = torch.empty(n, n, dtype=torch.float16, device="meta")
        assert facts.value("score_size", n=str(n), unit=unit) == stored.nbytes / size
    assert facts.value("score_sizes", lengths="1024,2048,4096,8192") == [2, 8, 32, 128]


def test_a_token_that_is_written_is_a_pass():
    for n in (1, 5):
        assert facts.value("passes", written=str(n)) == passes(n)


def test_what_is_told_of_the_training_is_in_the_files():
    three, curves = beside.load(), beside.curves()
    for net in beside.NAMES:
        assert facts.value("trained", what="tokens", net=net) == int(three.told[net]["tokens"])
        assert facts.value("trained", what="loss", net=net) == curves[net][-1]["valid"]
        ratio = curves["cpu_ms"][net] / curves["cpu_ms"]["transformer"]
        assert facts.value("trained_ratio", what="cpu_ms", net=net) == pytest.approx(ratio)
