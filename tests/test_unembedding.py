"""Logits of many positions, made a part of the vocabulary at a time, and what is listed of them."""

import pytest
import torch
from torch import nn

from model import generate, unembedding
from model.unembedding import MANY, ROWS, Unembedding, in_parts


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("n", [1, MANY, 2 * MANY + 1])
def test_the_parts_of_a_vocabulary_make_up_what_the_map_gives(n, bias):
    module, x = nn.Linear(24, 2 * ROWS + 300, bias=bias), torch.randn(n, 24)
    with torch.no_grad():
        torch.testing.assert_close(in_parts(module, x), module(x), atol=1e-6, rtol=1e-5)


def test_a_map_of_another_kind_does_what_it_does():
    class Doubled(nn.Linear):
        def forward(self, x):
            return 2 * super().forward(x)

    module, x = Doubled(8, 2 * ROWS), torch.randn(MANY, 8)
    with torch.no_grad():
        assert torch.equal(in_parts(module, x), module(x))


def test_a_cap_is_the_one_written_out():
    module, x = nn.Linear(8, 3 * ROWS), torch.randn(MANY, 8) * 9

    class Config:
        final_logit_softcapping = 2.0

        def get_text_config(self):
            return self

    class Model:
        config = Config()

    after = unembedding.afters(Model())[-1]
    with torch.no_grad():
        torch.testing.assert_close(Unembedding(module, after)(x), 2 * (module(x) / 2).tanh())


@pytest.mark.parametrize("n_positions", [1, generate.ROWS + 1, 2 * generate.PREDICTED + 5])
def test_the_likeliest_of_all_positions_are_those_of_one_softmax(n_positions):
    logits, asked = 4 * torch.randn(n_positions, 500), list[int]()

    def few(rows):
        asked.append(rows.stop - rows.start)
        return logits[rows]

    found = generate.likeliest_of_all(few, n_positions, 7)
    top = logits.double().softmax(-1).topk(7)
    assert [[id for id, _ in row] for row in found] == top.indices.tolist()
    torch.testing.assert_close(torch.tensor([[p for _, p in row] for row in found]), top.values.float())
    assert sum(asked) == n_positions and max(asked) <= generate.PREDICTED
