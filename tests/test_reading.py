"""A decoder that keeps keys and values, beside the same decoder that reads everything anew."""

import pytest
import torch
from networks import build, inputs

from model import zoo
from model.cache import Cache, lasting
from model.edits import edited
from model.masks import Bidirectional, Causal, Painted, Prefix, Window
from model.trace import Tap, Trace

RUNS = [(kind, positions) for kind in ("decoder", "encoder-decoder") for positions in ("learned", "rotary")]
MASKS = [Causal(), Window(3, Causal()), Prefix(4), Painted(((5, 1, False), (6, 6, False), (1, 3, True)), Causal())]


@pytest.fixture(params=RUNS, ids="-".join)
def run(request):
    """A model, the ids of its target, and the encoder's output."""
    model, ids = build(*request.param), inputs(request.param[0])
    memory = model.encode(ids["source"]).detach() if "source" in ids else None
    return model, ids["target"], memory


@torch.no_grad()
def whole(model, ids, memory, mask=None, tap=None):
    """Logits of every position, at once."""
    return model.unembed(model.decode(ids, memory, mask, **({} if tap is None else {"tap": tap})))


@pytest.mark.parametrize("mask", MASKS, ids=lambda mask: str(mask.spec))
@pytest.mark.parametrize("parts", [[5, 1, 1, 1, 1, 1, 1], [4, 3, 4], [11]], ids=str)
def test_reading_on_gives_what_reading_all_gives(run, mask, parts):
    model, ids, memory = run
    cache, at = Cache(model, mask, memory), 0
    expected = whole(model, ids, memory, mask)
    for n in parts:
        logits = cache.read(ids[at : at + n])
        at += n
        assert cache.n_read == at
        assert torch.allclose(logits, expected[at - 1], rtol=0, atol=1e-12)


@pytest.mark.parametrize("id", ["decoder", "encoder-decoder"])
def test_the_shipped_models_read_on_as_they_read_all(id):
    model = zoo.load(id)
    tokens = model.tokens("Once upon a time there was a little girl who loved to play in the park.")
    ids = torch.tensor([token.id for token in tokens["target"]])
    with torch.no_grad():
        memory = model.transformer.encode(model.tensor(tokens["source"])) if "source" in tokens else None
    expected = whole(model.transformer, ids, memory)
    cache = Cache(model.transformer, Causal(), memory)
    for i in range(len(ids)):
        assert torch.allclose(cache.read(ids[i : i + 1]), expected[i], rtol=0, atol=2e-5)


def test_only_what_is_new_is_computed(run):
    model, ids, memory = run
    cache = Cache(model, Causal(), memory)
    cache.read(ids[:6])
    shapes = {}
    cache.read(ids[6:7], Tap(lambda name, x: (shapes.update({name: x.shape}), x)[1]))
    for name, shape in shapes.items():
        new = 0 if name.endswith(("cross_attn.k", "cross_attn.v")) else 1  # the source was read at the first time
        assert shape[-1 if name.endswith("log_denominator") else -2] == new, name


def test_a_tap_sees_each_token_once_as_in_one_run(run):
    model, ids, memory = run
    at_once, steps = Trace(), [Trace(), Trace(), Trace()]
    whole(model, ids, memory, tap=Tap(at_once.record))
    cache = Cache(model, Causal(), memory)
    for trace, part in zip(steps, ids.split([6, 1, 4]), strict=True):
        cache.read(part, Tap(trace.record))
    for name in at_once:
        if name != "logits":
            axis = -1 if name.endswith("log_denominator") else -2
            together = torch.cat([trace[name] for trace in steps], axis)
            assert torch.allclose(together, at_once[name], rtol=0, atol=1e-12), name


def test_what_a_tap_changes_is_what_is_read_on_from(run):
    model, ids, memory = run
    edits = [{"zero": "decoder.blocks.0.attn", "head": 1}, {"zero": "decoder.blocks.2.attn"}]
    change = Tap(edited(edits, model.sites()))
    expected = whole(model, ids, memory, tap=change)
    cache = Cache(model, Causal(), memory)
    for i in range(len(ids)):
        assert torch.allclose(cache.read(ids[i : i + 1], change), expected[i], rtol=0, atol=1e-12)
    assert not torch.allclose(whole(model, ids, memory), expected)


def test_beams_are_taken_up_again_in_any_order(run):
    model, ids, memory = run
    cache = Cache(model, Causal(), None if memory is None else memory[None])
    cache.read(ids[None, :5])
    rows = [ids[:5].tolist()]
    for taken, new in [([0, 0, 0], [1, 2, 3]), ([2, 0], [4, 5]), ([1, 1, 0], [6, 7, 8])]:
        cache.take(taken)
        rows = [[*rows[row], id] for row, id in zip(taken, new, strict=True)]
        logits = cache.read(torch.tensor(new)[:, None])
        for row, of in zip(rows, logits, strict=True):
            assert torch.allclose(of, whole(model, torch.tensor(row), memory)[-1], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("mask", "begun", "lasts"),
    [
        (Causal(), 1, True),
        (Window(2, Causal()), 1, True),
        (Bidirectional(), 1, False),
        (Bidirectional(), 8, True),  # all of it at once
        (Prefix(3), 3, True),
        (Prefix(4), 3, False),
        (Painted(((1, 2, True),), Causal()), 3, True),
        (Painted(((1, 3, True),), Causal()), 3, False),
        (Painted(((5, 1, False),), Causal()), 1, True),
    ],
)
def test_a_mask_lasts_where_nothing_sees_what_is_read_after_it(mask, begun, lasts):
    assert lasting(mask, begun, 8) is lasts
    model, ids = build("decoder"), inputs("decoder")["target"][:8]
    cache = Cache(model, mask)
    same = torch.allclose(cache.read(ids[:begun]), whole(model, ids[:begun], None, mask)[-1])
    for i in range(begun, 8):
        same &= torch.allclose(cache.read(ids[i : i + 1]), whole(model, ids[: i + 1], None, mask)[-1])
    assert same is lasts
