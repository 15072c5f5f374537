"""The numbers of lesson 9 that are not in one trace, each another way."""

from __future__ import annotations

import math

import pytest
import torch
from lessons.passes import blocks_run

from model import facts, hand, zoo
from model.facts.stories import STORIES, answers

# After 我爱吃, as the worked example has it: 鱼, 饭, 吃 at three temperatures, and the entropy in bits.
SHARES = {"0.5": [0.8668, 0.1173, 0.0159], "1": [0.6629, 0.2439, 0.0897], "2": [0.4834, 0.2932, 0.1778]}
ENTROPY = {"0.5": 0.637, "1": 1.232, "2": 1.717}
EATING = {"model": "hand", "text": "我爱吃"}


@pytest.mark.parametrize("temperature", SHARES)
def test_next_probability_and_next_entropy(temperature: str) -> None:
    found = [facts.value("next_probability", word=word, temperature=temperature, **EATING) for word in "342"]
    assert found == pytest.approx(SHARES[temperature], abs=5e-5)
    assert facts.value("next_entropy", temperature=temperature, **EATING) == pytest.approx(
        ENTROPY[temperature], abs=5e-4
    )


def test_next_ratio() -> None:
    assert facts.value("next_ratio", first="3", second="4", **EATING) == pytest.approx(math.e)
    assert facts.value("next_ratio", first="3", second="4", temperature="0.5", **EATING) == pytest.approx(math.e**2)


def test_unembedding() -> None:
    columns = list(zip(*hand.W_U, strict=True))
    assert [facts.value("unembedding", word=str(word)) for word in range(6)] == [pytest.approx(one) for one in columns]


def test_written_after() -> None:
    assert facts.value("written_after", text="我", count="4") == "爱 → 吃 → 鱼 → 。"
    assert facts.value("written_after", text="I", count="4") == "love → eating → fish → ."


def test_dot_products_and_dot_products_each() -> None:
    """Counted one by one."""
    due = {"cached": 0, "anew": 0, "visible": 0}
    each: list[list[int]] = [[], []]
    for n in range(1, 5):
        pairs = [(query, key) for query in range(n) for key in range(n)]
        counts = (sum(query == n - 1 for query, _ in pairs), len(pairs), sum(key <= query for query, key in pairs))
        for way, count in zip(due, counts, strict=True):
            due[way] += count
        each[0].append(counts[0])
        each[1].append(counts[1])
    assert due == {"cached": 10, "anew": 30, "visible": 20}
    assert {way: facts.value("dot_products", tokens="4", way=way) for way in due} == due
    assert facts.value("dot_products_each", tokens="4") == each


def test_cache_bytes() -> None:
    """Of the shipped decoder, by what a run of it holds."""
    trace = zoo.load("decoder").trace("The cat sat on the mat.")
    held = sum(tensor.nbytes for name, tensor in trace.tensors.items() if name.endswith((".attn.k", ".attn.v")))
    config, n = zoo.load("decoder").transformer.config, len(trace.tokens["target"])
    words = {"n_layers": str(config.n_layers), "d_model": str(config.d_model), "bytes_each": "4"}
    assert facts.value("cache_bytes", **words) == held / n
    assert facts.value("cache_bytes", n_layers="12", d_model="768", bytes_each="2") == 36_864


@pytest.mark.parametrize(("model", "text"), [("hand", "我"), ("decoder", "The cat sat")])
def test_cache_difference(model: str, text: str) -> None:
    """What a step of writing tells, beside a run that begins anew."""
    loaded, most, written = zoo.load(model), 0.0, []
    for step in loaded.generate(text=text, max_new_tokens=4, temperature=0):
        anew = loaded.trace(text, written=written)["logits"][-1].softmax(-1)
        most = max(most, *(abs(float(anew[one.id]) - one.probability) for one in step.top))
        written.append(step.id)
    found = facts.value("cache_difference", text=text, count="4", model=model)
    assert most - 1e-9 <= found < 2e-6


def test_blocks_in_a_row() -> None:
    ran = blocks_run("Once upon a time", 6)
    for written in range(6):
        assert facts.value("blocks_in_a_row", model="decoder", written=str(written)) == sum(ran[: written + 1])


def test_story_share_and_story_count() -> None:
    """One run for each story, not all at once."""
    model = zoo.load("decoder")

    def likeliest(text: str) -> str:
        return model.tokenizer.piece(int(model.trace(text)["logits"][-1].argmax())).strip()

    found = [likeliest(story.text("none")) for story in STORIES]
    assert (
        facts.value("story_count") == len(found) == 3 * 2 * 3 * 2 * 2 == len({story.text("none") for story in STORIES})
    )
    for answer in ("right", "other"):
        due = sum(said == story.answers[answer] for said, story in zip(found, STORIES, strict=True)) / len(found)
        assert facts.value("story_share", step="none", answer=answer) == due
    for step, answer in (("right", "right"), ("wrong", "other")):
        some = range(0, len(STORIES), 9)
        assert [likeliest(STORIES[i].text(step)) for i in some] == [answers(step)[i] for i in some]
        assert facts.value("story_share", step=step, answer=answer) == sum(
            said == story.answers[answer] for said, story in zip(answers(step), STORIES, strict=True)
        ) / len(STORIES)


def test_a_story_tells_where_both_are_and_asks_for_one() -> None:
    story = STORIES[0]
    assert story.text("wrong") == (
        "Mary went to the kitchen. John went to the garden. Mary is in the garden. Where is Mary? Mary is in the"
    )
    assert torch.tensor([one.asked for one in STORIES]).float().mean() == 0.5
