from dataclasses import replace

import pytest
import torch
from torch import Tensor
from training import advanced, one_thread, tiny  # noqa: F401

from model import zoo
from model.recurrent import Config, Recurrent
from model.trace import Tap
from model.training.checkpoint import load_weights, save_weights

SMALL = Config("lstm", n_vocab=30, d_model=6, d_hidden=5, n_layers=3)


@pytest.fixture(params=["lstm", "rnn"])
def model(request) -> Recurrent:
    torch.manual_seed(0)
    made = Recurrent(replace(SMALL, kind=request.param)).eval()
    with torch.no_grad():
        made.embed.weight.mul_(50)  # what is read is heard in every gate
    return made


def ids(*shape: int) -> Tensor:
    return torch.randint(30, shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("shape", [(7,), (4, 7), (1, 1), (1,)])
def test_every_position_has_a_logit_for_every_token_with_batches_and_without(model, shape):
    with torch.no_grad():
        assert model(ids(*shape)).shape == (*shape, 30)
        assert model.trunk(ids(*shape)).shape == (*shape, 6)


def test_a_row_of_a_batch_is_read_as_it_is_alone(model):
    rows = ids(3, 8)
    with torch.no_grad():
        together = model(rows)
        for row, logits in zip(rows, together, strict=True):
            assert torch.allclose(model(row), logits, atol=1e-6)


@pytest.mark.parametrize("at", [0, 3, 7])
def test_a_later_token_changes_no_earlier_answer(model, at):
    before, after = ids(8), ids(8)
    after[at] = (after[at] + 1) % 30
    with torch.no_grad():
        a, b = model(before), model(after)
    assert torch.equal(a[:at], b[:at])
    assert not torch.allclose(a[at], b[at], atol=1e-5)
    assert not torch.allclose(a[-1], b[-1], atol=1e-7)


def by_hand(layer: torch.nn.Module, x: Tensor) -> Tensor:
    """h of every position, one after the other: of an LSTM by its gates in, forget, cell and out."""
    W_x, W_h, b_x, b_h = (
        layer.get_parameter(name) for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    )
    h = c = torch.zeros(W_h.shape[1])
    written = []
    for step in x:
        if isinstance(layer, torch.nn.RNN):
            h = (W_x @ step + b_x + W_h @ h + b_h).tanh()
            written.append(h)
            continue
        i, f, g, o = (W_x @ step + b_x + W_h @ h + b_h).chunk(4)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        written.append(h)
    return torch.stack(written)


def test_every_layer_is_the_recurrence_of_the_paper(model):
    shown = {}
    with torch.no_grad():
        logits = model(ids(9), tap=Tap(lambda name, tensor: shown.setdefault(name, tensor)))
        x = model.embed.weight[ids(9)]
        for i, layer in enumerate(model.layers):
            x = by_hand(layer, x)
            assert torch.allclose(shown[f"layers.{i}.h"], x, atol=1e-6)
        projected = x @ model.project.weight.T + model.project.bias
        assert torch.allclose(logits, projected @ model.embed.weight.T, atol=1e-4)


def test_token_by_token_it_answers_as_it_does_all_at_once(model):
    state, written = None, []
    with torch.no_grad():
        for token in ids(9):
            x, state = model.step(token[None], state)
            written.append(x)
        assert torch.allclose(torch.cat(written), model.trunk(ids(9)), atol=1e-6)
    held = state[-1][0] if model.config.kind == "lstm" else state[-1]
    assert held.shape == (1, 5)


def test_everything_is_shown_in_the_order_in_which_it_is_computed(model):
    shown = {}
    with torch.no_grad():
        logits = model(ids(9), tap=Tap(lambda name, tensor: shown.setdefault(name, tensor)))
    assert list(shown) == ["embed", "layers.0.h", "layers.1.h", "layers.2.h", "projected", "logits"]
    assert torch.equal(shown["logits"], logits)
    assert shown["layers.0.h"].shape == (9, 5)


def test_what_a_tap_gives_back_is_gone_on_with(model):
    def silenced(name: str, tensor: Tensor) -> Tensor:
        return tensor * 0 if name == "layers.1.h" else tensor

    with torch.no_grad():
        assert torch.equal(model(ids(9), Tap(silenced)), model(ids(9).flip(0), Tap(silenced)))


def test_the_forget_gate_begins_open():
    torch.manual_seed(0)
    for layer in Recurrent(SMALL).layers:
        bias = layer.get_parameter("bias_ih_l0").detach().view(4, 5)
        assert bool((bias[1] == 1).all())
        assert bool((bias[[0, 2, 3]].abs() < 5**-0.5).all())


def test_dropout_is_for_training_alone(model):
    with torch.no_grad():
        assert torch.equal(model(ids(9)), model(ids(9)))
        assert not torch.equal(model.train()(ids(9)), model(ids(9)))


def test_as_many_parameters_as_the_decoder_to_a_tenth():
    decoder = zoo.load("decoder")
    n_vocab = len(decoder.tokenizer)
    n = sum(parameter.numel() for parameter in Recurrent(Config(n_vocab=n_vocab)).parameters())
    assert n == pytest.approx(decoder.info()["parameters"], rel=0.1)


@pytest.mark.parametrize("kind", ["lstm", "rnn"])
def test_a_trained_one_that_is_kept_answers_as_before_to_the_rounding(tmp_path, kind):
    run = advanced(tiny(kind, 3), 3)
    path = tmp_path / f"{kind}.safetensors"
    save_weights(run.model, path, {})
    loaded, _ = load_weights(path)
    assert isinstance(loaded, Recurrent)
    read = torch.randint(8192, (20,), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert torch.allclose(loaded(read), run.model.eval()(read), atol=0.01)
