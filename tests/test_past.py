"""Real models that write on from what they have read, beside the same models that read all anew for each token."""

from __future__ import annotations

import pytest
import torch
from real_models import FAMILIES, saved

transformers = pytest.importorskip("transformers")
huggingface = pytest.importorskip("model.huggingface")

from model.past import Past, beams_together, reads_on  # noqa: E402
from model.sampling import Sampling  # noqa: E402
from model.trace import Tap, Trace  # noqa: E402

TEXT, TARGET = "the cat sat, 猫!", "a cat"
NEAR = 1e-5
ENDS = ("CausalLM", "LMHeadModel", "ForConditionalGeneration", "MTModel", "EncoderDecoderModel")
WRITERS = [family for family, (name, *_) in FAMILIES.items() if name.endswith(ENDS)]


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

    def inputs(self, n_new, beams=1, own=Past.inputs):
        seen.append(n_new)
        return own(self, n_new, beams)

    monkeypatch.setattr(Past, "inputs", inputs)
    return seen


def given(model):
    return {"text": TEXT, "target": TARGET if model.kind == "encoder-decoder" else None}


def written(model, temperature, target=TARGET, most=12, text=TEXT, **run):
    """On to the last, whatever ends a text."""
    writing = model.writing(text, target if model.kind == "encoder-decoder" else None, **run)
    writing.ends = set()
    return list(writing.steps(most, Sampling(temperature, None, None, 5), 260))


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


@pytest.mark.parametrize("family", WRITERS)
def test_what_is_written_on_is_what_is_written_anew(loaded, anew, lengths, family):
    """Drawn, so that no text runs in circles."""
    model = loaded(family)
    lengths.clear()  # of its trial
    on = written(model, 1)
    assert len(on) == 12 and lengths[1:] == [1] * 11
    lengths.clear()
    together(on, anew(model, lambda: written(model, 1)))
    assert lengths == list(range(lengths[0], lengths[0] + 12))


@pytest.mark.parametrize("family", ["Llama", "Gemma3", "T5", "BLOOM"])
def test_beams_written_on_are_those_written_anew(loaded, anew, lengths, family):
    model = loaded(family)
    search = lambda: model.beams(**given(model), max_new_tokens=8, width=3)  # noqa: E731
    lengths.clear()
    on = list(search())
    assert set(lengths[1:]) == {1}
    alone = anew(model, search)
    assert [[beam.ids for beam in step.kept] for step in on] == [[beam.ids for beam in step.kept] for step in alone]
    for one, other in zip(on, alone, strict=True):
        assert [beam.total for beam in one.kept] == pytest.approx([beam.total for beam in other.kept], abs=NEAR)


@pytest.mark.parametrize("family", ["GPT-2", "Mistral", "Gemma3", "GPT-OSS", "T5", "BART", "BERT to GPT-2", "BLOOM"])
def test_beams_read_as_a_batch_have_the_numbers_of_each_read_by_itself(loaded, lengths, monkeypatch, family):
    model = loaded(family)
    edits = {"edits": [one for run in KEPT_RUNS[3:] for one in run["edits"]]}
    runs = [{}, *([] if family == "BLOOM" else [KEPT_RUNS[0], KEPT_RUNS[2], edits])]  # it refuses them
    asked = {"text": TEXT, "target": "a cat sa" if model.kind == "encoder-decoder" else None}
    assert model.transformer.beams_together
    for run in runs:
        asked |= {"max_new_tokens": 8, "width": 3, "mask": "native", "edits": ()} | run
        lengths.clear()
        batch = list(model.beams(**asked))
        assert len(lengths) == len(batch)  # one run a step
        with monkeypatch.context() as patched:
            patched.setattr(model.transformer, "beams_together", False)
            alone = list(model.beams(**asked))
        assert len(lengths) > 2 * len(batch)
        for one, other in zip(batch, alone, strict=True):
            assert [beam.ids for beam in one.kept] == [beam.ids for beam in other.kept]
            for a, b in zip(one.kept, other.kept, strict=True):
                assert a.log_probability == pytest.approx(b.log_probability, abs=1e-6)


def test_beams_that_a_batch_would_change_are_read_one_by_one(loaded, monkeypatch):
    model = loaded("Llama")
    own = type(model.transformer.model).forward

    def forward(self, input_ids, **named):
        out = own(self, input_ids, **named)
        out.logits = out.logits + (len(input_ids) - 1) * torch.arange(out.logits.shape[-1])
        return out

    monkeypatch.setattr(type(model.transformer.model), "forward", forward)
    assert reads_on(model.transformer)
    assert not beams_together(model.transformer)


KEPT_RUNS = [
    {"mask": {"window": 3}, "edits": [{"zero": "decoder.blocks.0.attn", "head": 1}]},
    {"mask": {"prefix": 4}, "edits": [{"uniform": "decoder.blocks.1.attn", "head": 0}]},
    {"mask": {"painted": [[6, 5, False], [7, 7, False], [7, 1, True]]}},  # the last sees farther than a window lets it
    {"edits": [{"diagonal": "decoder.blocks.0.attn", "head": 2}]},
]
ANEW_RUNS = [
    {"mask": "bidirectional"},
    {"edits": [{"mean": "decoder.blocks.0.attn", "head": 1}]},
]


@pytest.mark.parametrize("family", ["GPT-2", "Llama", "Mistral", "GPT-OSS", "T5"])
@pytest.mark.parametrize("run", KEPT_RUNS + ANEW_RUNS, ids=str)
def test_masks_and_edits_hold_of_what_is_written(loaded, lengths, monkeypatch, family, run):
    """Each step is what a trace of all that stands before it predicts, under the same mask and edits."""
    model, text, target = loaded(family), "a cat sa", None
    if family == "T5":
        text, target = TEXT, "a cat sa"
    monkeypatch.setattr(model.inputs, "check_written", lambda _: None)  # it may be what ends a text
    lengths.clear()
    plain, steps = written(model, 0, target, 6, text), written(model, 0, target, 6, text, **run)
    assert (set(lengths[7:]) == {1}) == (run in KEPT_RUNS)
    ids = [step.id for step in steps]
    for i, step in enumerate(steps):
        predicted = model.trace(text, target=target, written=ids[:i], **run)["logits"][-1].softmax(-1)
        for one in [step, *step.top]:
            assert abs(one.probability - float(predicted[one.id])) <= NEAR / 10
    assert max(abs(a.probability - b.probability) for a, b in zip(plain, steps, strict=True)) > NEAR


def test_a_cross_attention_edited_is_edited_for_every_token(loaded, lengths, monkeypatch):
    model, run = loaded("BART"), {"edits": [
        {"uniform": "decoder.blocks.0.cross_attn", "head": 1},
        {"paint": "decoder.blocks.1.cross_attn", "cells": [[2, 3, False], [2, 5, False]]},
        {"mean": "encoder.blocks.0.attn"},
    ]}  # fmt: skip
    monkeypatch.setattr(model.inputs, "check_written", lambda _: None)
    lengths.clear()
    steps = written(model, 0, TARGET, 6, **run)
    assert set(lengths[1:]) == {1}
    for i, step in enumerate(steps):
        before = [one.id for one in steps[:i]]
        predicted = model.trace(TEXT, target=TARGET, written=before, **run)["logits"][-1].softmax(-1)
        assert abs(step.probability - float(predicted[step.id])) <= NEAR


def test_two_that_write_in_turns_write_what_each_writes_alone(loaded):
    for family in ("Llama", "T5", "GPT-OSS"):
        model, target = loaded(family), TARGET if family == "T5" else None
        asked = [
            {"text": text, "target": target, "max_new_tokens": 8, "temperature": 1, "seed": seed}
            for seed, text in enumerate(["a dog", "seven ships, 船"])
        ]
        alone = [list(model.generate(**one)) for one in asked]
        in_turns = list(zip(*(model.generate(**one) for one in asked), strict=False))
        for a, b in zip(alone, zip(*in_turns, strict=True), strict=True):
            together(a[: len(in_turns)], b)


@pytest.mark.parametrize("family", ["GPT-2", "Mistral", "T5", "BART", "BERT to GPT-2"])
def test_a_tap_sees_each_token_once_as_in_one_run(loaded, family):
    model = loaded(family)
    whole = model.trace(**given(model))
    ids, source = model.tensor(whole.tokens["target"]), whole.tokens.get("source")
    memory = None if source is None else model.transformer.encode(model.tensor(source))
    past, steps = Past(model.transformer, memory), [Trace(), Trace(), Trace()]
    for trace, part in zip(steps, ids.split([2, 1, len(ids) - 3]), strict=True):
        past.read(part, Tap(trace.record))
    compared = 0
    for name in whole:
        if name.startswith("decoder.blocks.") and not name.endswith("relative_bias"):
            axis = -1 if name.endswith("log_denominator") else -2
            parts = torch.cat([trace[name] for trace in steps], axis)
            torch.testing.assert_close(parts, whole[name], atol=NEAR * max(1, float(whole[name].abs().max())), rtol=0)
            compared += 1
    assert compared >= 12


@pytest.mark.parametrize("family", ["Mistral", "Gemma2"])
def test_a_window_wider_than_the_trial_is_left_behind_while_writing(tmp_path, anew, family):
    model = huggingface.load(saved(tmp_path, family, sliding_window=40), "real")
    on = written(model, 1, None, 40)
    n_begun = len(model.tokens(TEXT)["target"])
    assert n_begun < 24 and n_begun + len(on) > 50
    together(on, anew(model, lambda: written(model, 1, None, 40)))


def test_a_cache_that_is_not_for_a_family_is_not_used(loaded, monkeypatch):
    real = loaded("Llama").transformer

    class Forgetful(transformers.DynamicCache):
        """Keeps nothing, as what a family keeps elsewhere."""

        def update(self, key_states, value_states, *args, **kwargs):
            return key_states, value_states

    assert reads_on(real)
    monkeypatch.setattr(real, "no_past", Forgetful)
    assert not reads_on(real)
    monkeypatch.setattr(real, "no_past", lambda: 7)
    assert not reads_on(real)


def test_a_model_whose_mask_is_another_while_it_writes_is_found_out(loaded):
    real = loaded("GPT-2").transformer
    past = Past(real)
    past.read(torch.tensor([5, 6, 7]))
    past.inputs = lambda _: Past.inputs(past, 1) | {"attention_mask": torch.tensor([[1, 0, 1, 1]])}
    with pytest.raises(ValueError, match="mask"):
        past.read(torch.tensor([8]))
