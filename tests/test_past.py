"""Real models that write on from what they have read, beside the same models that read all anew for each token."""

from __future__ import annotations

import pytest
import torch
from real_models import FAMILIES, saved

transformers = pytest.importorskip("transformers")
huggingface = pytest.importorskip("model.huggingface")

from model.handed import attention  # noqa: E402
from model.masks import Bidirectional  # noqa: E402
from model.past import Past, reads_on  # noqa: E402
from model.trace import Tap, Trace  # noqa: E402

TEXT, TARGET = "the cat sat, 猫!", "a cat"
NEAR = 1e-5
WRITERS = [family for family, (name, *_) in FAMILIES.items() if "LM" in name or "Generation" in name or "MT" in name]
WRITERS = [family for family in WRITERS if "Masked" not in FAMILIES[family][0]] + ["BERT to BERT", "BERT to GPT-2"]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    models = {}

    def load(family):
        if family not in models:
            models[family] = huggingface.load(saved(tmp_path_factory.mktemp("model"), family), "real")
        return models[family]

    return load


@pytest.fixture
def anew(monkeypatch):
    """What a model writes where it keeps nothing."""

    def written(model, write):
        with monkeypatch.context() as patched:
            patched.setattr(model.transformer, "reads_on", False)
            return list(write())

    return written


@pytest.fixture
def lengths(monkeypatch):
    """How many tokens each run of a decoder was given."""
    seen = []

    def inputs(self, n_new, own=Past.inputs):
        seen.append(n_new)
        return own(self, n_new)

    monkeypatch.setattr(Past, "inputs", inputs)
    return seen


def given(model):
    return {"text": TEXT, "target": TARGET if model.kind == "encoder-decoder" else None}


def together(one, other):
    """The same tokens, and their probabilities within rounding."""
    assert [step.id for step in one] == [step.id for step in other]
    for a, b in zip(one, other, strict=True):
        told, expected = {c.id: c.probability for c in [a, *a.top]}, {c.id: c.probability for c in [b, *b.top]}
        for id in told.keys() & expected.keys():
            assert abs(told[id] - expected[id]) <= NEAR
        assert sum(told.values()) == pytest.approx(sum(expected.values()), abs=NEAR)


@pytest.mark.parametrize("family", WRITERS)
def test_logits_after_each_token_are_those_of_one_run_over_all(loaded, family):
    model = loaded(family)
    assert model.transformer.reads_on
    trace = model.trace(**given(model))
    ids = torch.tensor([token.id for token in trace.tokens["target"]])
    source = trace.tokens.get("source")
    memory = None if source is None else model.transformer.encode(model.tensor(source))
    past, spread = Past(model.transformer, memory), trace["logits"].std()
    for i, part in enumerate([ids[:2], *ids[2:].split(1)]):
        torch.testing.assert_close(past.read(part), trace["logits"][i + 1], atol=NEAR * float(spread), rtol=1e-5)


@pytest.mark.parametrize("temperature", [0, 1])
@pytest.mark.parametrize("family", WRITERS)
def test_what_is_written_on_is_what_is_written_anew(loaded, anew, lengths, family, temperature):
    model = loaded(family)
    model.inputs.ends = set()  # on to the last
    asked = {**given(model), "max_new_tokens": 12, "temperature": temperature, "seed": 5, "listed": 260}
    on = list(model.generate(**asked))
    assert len(on) == 12 and lengths[1:] == [1] * 11
    together(on, anew(model, lambda: model.generate(**asked)))
