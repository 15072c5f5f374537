"""Training: the same seed gives the same weights, the loss falls, and what is asked for is answered."""

import random

import numpy as np
import pytest
import torch
from training import ALL, DATA, PAIRS, TOKENIZER, advanced, command, folder, one_thread, same, tiny  # noqa: F401

from model.training import checkpoint, train
from model.training.batches import UNASKED, Examples, padded
from model.training.bleu import bleu
from model.training.data import BadData, Corpus, Data
from model.training.loss import answers
from model.training.tasks import Continue, Material, task, validation
from model.transformer import Config


@pytest.mark.parametrize("kind", ALL)
def test_a_stopped_run_that_goes_on_gives_the_same_weights(kind, tmp_path):
    whole = advanced(tiny(kind, 4), 4)
    checkpoint.save_state(advanced(tiny(kind, 4), 2).state(), tmp_path / "state")
    resumed = tiny(kind, 4)
    resumed.resume(checkpoint.load_state(tmp_path / "state"))
    assert resumed.step == 2
    assert same(whole.model, advanced(resumed, 2).model)


def test_the_seed_decides_the_weights():
    assert same(advanced(tiny("decoder", 2), 2).model, advanced(tiny("decoder", 2), 2).model)
    assert not same(advanced(tiny("decoder", 2), 2).model, advanced(tiny("decoder", 2, seed=1), 2).model)


@pytest.mark.parametrize("kind", ALL)
def test_a_short_run_lowers_the_loss_on_text_held_out(kind):
    run = tiny(kind, 12)
    batches = next(iter(validation(run.task).values()))
    before = train.mean_loss(run.model, batches)
    assert train.mean_loss(advanced(run, 12).model, batches) < before - 0.05


def test_the_learning_rate_rises_and_falls():
    rates = [train.rate(step, 1000) for step in range(1000)]
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert max(rates) == pytest.approx(1, abs=1e-4)
    assert rates[-1] == pytest.approx(0.02, abs=1e-3)


@pytest.mark.parametrize("kind", ALL)
def test_only_what_is_asked_for_is_answered_and_as_the_model_would(kind):
    run = tiny(kind, 1)
    batch = run.task.batch(5, np.random.default_rng(0))
    run.model.eval()
    logits, labels = answers(run.model, batch)
    asked = batch.labels != UNASKED
    assert torch.allclose(logits, run.model(**batch.inputs)[asked], atol=1e-5)
    assert torch.equal(labels, batch.labels[asked])


def test_padding_changes_no_answer():
    run = tiny("encoder-decoder", 1)
    run.model.eval()
    short, long = run.task.material.pairs.examples[0], run.task.material.pairs.examples[-1]
    alone = run.task.ask([short], [1])
    both = run.task.ask([short, (list(long[0]) * 2, list(long[1]) * 2)], [1, 1])
    n = int((alone.labels != UNASKED).sum())
    assert torch.allclose(answers(run.model, alone)[0], answers(run.model, both)[0][:n], atol=1e-5)


def test_a_prefix_leaves_nothing_to_be_told_of_the_source():
    learner = Continue(Material(TOKENIZER, DATA, 64))
    rows = learner.material.pairs.examples[:4]
    prefix, causal = learner.translate(rows, prefix=True), learner.translate(rows, prefix=False)
    for (source, target), labels in zip(rows, prefix.labels, strict=True):
        assert labels[labels != UNASKED].tolist() == [*target, learner.eos]
        assert bool((labels[: len(source) + 1] == UNASKED).all())
    assert (causal.labels != UNASKED).sum() > (prefix.labels != UNASKED).sum()


def test_repeats_are_asked_for_from_the_second_copy_on():
    learner = Continue(Material(TOKENIZER, DATA, 64))
    batch = learner.repeat(np.random.default_rng(0), unit=5, copies=3)
    target, labels = batch.inputs["target"], batch.labels
    assert bool((labels[:, :5] == UNASKED).all())
    assert torch.equal(labels[:, 5:], target[:, 1 : labels.shape[1] - 4])


def test_an_example_is_about_as_likely_as_any_other():
    length = random.Random(0)
    sizes = np.array([length.randint(1, 40) for _ in range(400)])
    examples = Examples([([number] * int(size),) for number, size in enumerate(sizes)])
    drawn = np.zeros(400)
    for step in range(1500):
        for (ids,) in examples.pick(np.random.default_rng(step), 600):
            drawn[ids[0]] += 1
    short, long = drawn[(sizes >= 5) & (sizes < 15)].mean(), drawn[sizes >= 25].mean()
    assert short / long == pytest.approx(1, abs=0.2)


def test_validation_takes_every_example_once():
    examples = Examples([([number] * (number % 7 + 1),) for number in range(50)])
    taken = sorted(ids[0] for batch in examples.all(40) for (ids,) in batch)
    assert taken == list(range(50))


def test_padded_rows_are_as_wide_as_the_longest():
    assert padded([[1, 2, 3], [4]], fill=9).tolist() == [[1, 2, 3], [4, 9, 9]]


def test_an_encoder_decoder_needs_pairs():
    with pytest.raises(BadData, match="pairs"):
        task("encoder-decoder", TOKENIZER, Data(Corpus({"a.txt": ["text"]}), Corpus(), "0"), Config(n_vocab=8192))


def test_the_command_trains_and_writes_weights_and_card(tmp_path, capsys):
    (tmp_path / "data").mkdir()
    source = folder(tmp_path / "data", text__txt="\n".join(pair[0] for pair in PAIRS), SOURCES__md="My own words.")
    out = tmp_path / "out"
    out.mkdir()
    TOKENIZER.save(out / "tokenizer.json")
    assert command("--kind", "encoder", "--data", source, "--out", out, "--steps", 1) == 0
    loaded, metadata = checkpoint.load_weights(out / "encoder.safetensors")
    assert loaded.config.kind == "encoder"
    assert metadata["tokenizer"] == TOKENIZER.sha256
    card = (out / "encoder.md").read_text(encoding="utf-8")
    assert "My own words." in card
    assert f"{sum(parameter.numel() for parameter in loaded.parameters()):,}" in card
    written = {"encoder.md", "encoder.zh-CN.md", "encoder.safetensors", "tokenizer.json"}
    assert {file.name for file in out.iterdir()} == written


def test_the_command_refuses_in_one_sentence(tmp_path, capsys):
    assert command("--kind", "decoder", "--data", tmp_path, "--out", tmp_path / "out", "--steps", 1) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_nothing_to_resume_is_said(tmp_path, capsys):
    source = folder(tmp_path, text__txt="Some text.\nMore text.")
    TOKENIZER.save(tmp_path / "tokenizer.json")
    assert command("--kind", "decoder", "--data", source, "--out", tmp_path, "--resume") == 2
    assert "no run to resume" in capsys.readouterr().err


def test_bleu_counts_words_in_english_and_characters_in_chinese():
    assert bleu(["the cat sat on the mat"], ["the cat sat on the mat"]) == pytest.approx(100)
    assert bleu(["我爱吃鱼。"], ["我爱吃鱼。"]) == pytest.approx(100)
    # 5 of 6 words, 3 of 5 pairs, 2 of 4 triples, 1 of 3 fours: the brevity penalty is 1
    expected = 100 * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25
    assert bleu(["the cat sat on a mat"], ["the cat sat on the mat"]) == pytest.approx(expected)
    assert bleu(["dog"], ["cat"]) == 0
