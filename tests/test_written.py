"""Token ids that a model wrote, read again exactly as they are."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model import zoo
from model.edits import steady

TEXT = "I see a dog"
IDS = ["decoder", "encoder-decoder"]


def ids_of(tokens):
    return [token.id for token in tokens]


@pytest.mark.parametrize("id", IDS)
def test_what_was_written_stands_last_without_being_tokenized_again(id):
    model = zoo.load(id)
    begun = model.tokens(TEXT, None if id == "decoder" else "我")["target"]
    a, ab = model.tokenizer.encode(" a")[0].id, ids_of(model.tokenizer.encode(" about"))
    written = [a, *ids_of(model.tokenizer.encode("bout")), *ab]  # spells " about about", but is other ids at first
    tokens = model.tokens(TEXT, None if id == "decoder" else "我", written)["target"]
    assert ids_of(tokens) == [*ids_of(begun), *written]
    spelt = model.tokenizer.decode(written)
    assert ids_of(model.tokenizer.encode(spelt)) != written
    whole = "".join(token.text for token in begun[1:]) + spelt
    assert [whole[token.start : token.end] for token in tokens[1:]] == [token.text for token in tokens[1:]]


def test_a_character_written_in_bytes_is_shown_whole_once_it_is_whole():
    model = zoo.load("decoder")
    spelt = ids_of(model.tokenizer.encode("𠮷"))
    assert len(spelt) == 4  # it is in no vocabulary
    begun = len(model.tokens("a")["target"])
    for n in range(1, 5):
        tokens = model.tokens("a", None, spelt[:n])["target"][begun:]
        if n < 4:
            assert [(token.text, token.part) for token in tokens] == [("\ufffd", None)] * n
        else:
            assert [(t.text, t.start, t.end, t.part) for t in tokens] == [("𠮷", 1, 2, (i, 4)) for i in range(4)]
    assert torch.isfinite(model.trace("a", written=spelt[:2])["logits"]).all()


def test_an_encoder_decoder_writes_no_target_where_written_is_given():
    model = zoo.load("encoder-decoder")
    assert [token.text for token in model.tokens(TEXT, None, [])["target"]] == ["<2zh>"]
    assert len(model.tokens(TEXT)["target"]) > 1
    full = model.tokens(TEXT)["target"]
    assert model.tokens(TEXT, None, ids_of(full)[1:])["target"] == full


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize("mask", ["native", "bidirectional", {"window": 2}, {"prefix": 2}, {"prefix": 7}])
def test_greedy_writing_is_the_traces_argmax_step_by_step(id, mask):
    model, written = zoo.load(id), []
    steps = list(model.generate(TEXT, temperature=0, max_new_tokens=6, mask=mask))
    for step in steps:
        trace = model.trace(TEXT, mask=mask, written=written)
        probabilities = trace["next_probabilities"]
        assert step.id == int(probabilities.argmax())
        assert step.probability == pytest.approx(float(probabilities.max()), abs=1e-5)
        written.append(step.id)
    assert len(written) > 1


def edits_of(id):
    """One kind of edit a case; of an encoder-decoder, in its encoder and its cross-attention, too."""
    site, other = "decoder.blocks.1.attn", "decoder.blocks.2.attn"
    yield [{"zero": site}, {"uniform": other, "head": 1}]
    yield [{"diagonal": site, "head": 2}, {"paint": other, "cells": [[2, 0, False]]}]
    yield [{"mean": site, "head": 0}]
    if id == "encoder-decoder":
        yield [{"mean": "encoder.blocks.0.attn"}, {"zero": "decoder.blocks.2.cross_attn", "head": 2}]
        yield [{"mean": "decoder.blocks.2.cross_attn"}]
        yield [{"swap": 1, "side": "source", "token": 300}]
    else:
        yield [{"swap": 2, "side": "target", "token": 300}]


RUNS = [(id, {"edits": edits}) for id in IDS for edits in edits_of(id)] + [
    (id, {"checkpoint": zoo.load(id).checkpoints[-2]}) for id in IDS
]


@pytest.mark.parametrize(("id", "run"), RUNS)
def test_an_edited_model_and_a_checkpoint_write_what_their_traces_predict(id, run):
    model, written = zoo.load(id), []
    begun = None if id == "decoder" else "你们说"
    for step in model.generate(TEXT, begun, temperature=0, max_new_tokens=5, **run):
        trace = model.trace(TEXT, begun, written=written, **run)
        assert step.id == int(trace["next_probabilities"].argmax())
        assert step.probability == pytest.approx(float(trace["next_probabilities"].max()), abs=1e-5)
        written.append(step.id)
    beams = [step.kept[0].ids[-1] for step in model.beams(TEXT, begun, width=1, max_new_tokens=5, **run)]
    assert beams == written
    if not steady(run.get("edits", [])):
        return  # what was read has changed with what came after it, so no one trace has all the numbers of a search
    widest = list(model.beams(TEXT, begun, width=3, max_new_tokens=4, **run))[-1].kept[0]
    log_p = model.trace(TEXT, begun, written=widest.ids[:-1], **run)["logits"].double().log_softmax(-1)
    each = [float(row[id]) for row, id in zip(log_p[-len(widest.ids) :], widest.ids, strict=True)]
    assert widest.total == pytest.approx(sum(each), abs=1e-4)


MODES = [
    {"temperature": 0}, {"temperature": 0.8, "seed": 3}, {"temperature": 1.5, "top_k": 20, "seed": 8},
    {"temperature": 1.0, "top_p": 0.9, "mask": {"prefix": 4}},
]  # fmt: skip
ACTIONS = st.lists(
    st.tuples(st.just("write"), st.integers(1, 4))
    | st.tuples(st.just("back"), st.integers(1, 5))
    | st.tuples(st.just("branch"), st.integers(0, 9)),
    min_size=3, max_size=9,
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(IDS), st.sampled_from(MODES), ACTIONS)
def test_writing_going_back_and_branching_leave_nothing_behind(id, mode, actions):
    """Whatever came between, the same ids are followed by the same line, and many steps are one step many times."""
    model, written, seen = zoo.load(id), [], {}

    def next_steps(n):
        return list(model.generate(TEXT, max_new_tokens=n, written=written, **mode))

    for action, n in actions:
        if written and written[-1] in model.inputs.ends:
            written.pop()  # nothing is written after an end
        if action == "back":
            written = written[: max(0, len(written) - n)]
        elif action == "branch":
            written.append(next_steps(1)[0].top[n].id)
        else:
            for step in next_steps(n):
                seen.setdefault(tuple(written), step)
                same(seen[tuple(written)], step)
                written.append(step.id)
    for before, step in seen.items():
        written = list(before)
        same(step, next_steps(1)[0])


def same(one, other):
    assert one.id == other.id
    assert one.probability == pytest.approx(other.probability, abs=1e-5)
    assert {c.id: c.after_top_p for c in one.top} == pytest.approx({c.id: c.after_top_p for c in other.top}, abs=1e-4)


@pytest.mark.parametrize("id", IDS)
def test_beams_go_on_from_what_was_written_with_the_traces_own_numbers(id):
    model = zoo.load(id)
    written = [step.id for step in model.generate(TEXT, temperature=0, max_new_tokens=1)]
    steps = list(model.beams(TEXT, written=written, width=3, max_new_tokens=5))
    for beam in steps[-1].kept:
        ids = [*written, *beam.ids]
        trace = model.trace(TEXT, written=ids[:-1])
        log_p = trace["logits"].double().log_softmax(-1)[-len(beam.ids) :]
        each = [float(row[id]) for row, id in zip(log_p, beam.ids, strict=True)]
        assert beam.log_probability == pytest.approx(each[-1], abs=1e-4)
        assert beam.total == pytest.approx(sum(each), abs=1e-4)


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize("text", [TEXT, "我爱吃鱼", "Where is the station?"])
def test_one_beam_is_greedy(id, text):
    model = zoo.load(id)
    greedy = [step.id for step in model.generate(text, temperature=0, max_new_tokens=12)]
    steps = list(model.beams(text, width=1, max_new_tokens=12))
    assert [step.kept[0].ids[-1] for step in steps] == greedy
