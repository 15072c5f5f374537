"""The test of ten ideas: which option is right, worked out from the models; and every wrong one stands for an idea."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
import torch
from lessons.documents import FOLDER
from lessons.ideas import items, options
from lessons.passes import blocks_run

from model import hand, zoo

SITE, TEXT = "decoder.blocks.0.attn", "我爱吃鱼"
I, EATING, FISH = 0, 2, 3  # noqa: E741
IDEAS = [f"M{i}" for i in range(1, 11)]


def run(model: str, mask: str = "bidirectional", edits: list | None = None):
    return zoo.load(model).trace(TEXT, mask=mask, edits=edits or [])


def weight(model: str, map: str) -> torch.Tensor:
    return dict(zoo.load(model).transformer.named_parameters())[f"{SITE}.W_{map}.weight"]


def equal_weights() -> tuple[bool, bool, bool]:
    trace = run("hand-one")
    parts = trace[f"{SITE}.pattern"][0, EATING] * trace[f"{SITE}.v"][0].norm(dim=-1)
    assert torch.isclose(*trace[f"{SITE}.pattern"][0, EATING, [I, FISH]])
    same = math.isclose(parts[I], parts[FISH], rel_tol=1e-3)
    return same, not same, same


def where_q_k_v_come_from() -> tuple[bool, bool, bool]:
    trace = run("hand-one")
    x = trace["decoder.blocks.0.resid_pre"]
    one = all(torch.allclose(x @ weight("hand-one", map).T, trace[f"{SITE}.{map}"][0]) for map in "qkv")
    return not one, not one, one


def mask_after_softmax() -> tuple[bool, bool, bool]:
    left = float(torch.softmax(run("hand-one")[f"{SITE}.scores"][0], -1).tril()[I].sum())
    return 0 < left < 0.999, math.isclose(left, 1, abs_tol=1e-3), left == 0


def two_heads() -> tuple[bool, bool, bool]:
    out = "decoder.blocks.0.attn_out"
    both, off = run("hand"), [run("hand", edits=[{"zero": SITE, "head": head}]) for head in (0, 1)]
    chosen = any(torch.allclose(both[out], one[out]) for one in off)
    waits = not torch.allclose(both[f"{SITE}.z"][1], off[0][f"{SITE}.z"][1])  # head 1 hangs on head 0
    return chosen, torch.allclose(both[out], off[0][out] + off[1][out], atol=1e-6), waits


def only_the_left() -> tuple[bool, bool, bool]:
    full, causal = (run("hand-one", mask)[f"{SITE}.pattern"][0] for mask in ("bidirectional", "causal"))
    same = [torch.allclose(full[row], causal[row]) for row in range(4)]
    return same[0], not any(same), same[3]


def the_division() -> tuple[bool, bool, bool]:
    source = torch.Generator().manual_seed(5)
    largest, sums, least = [], [], []
    for d_head in (4, 256):
        q, k = (torch.randn(512, n, d_head, generator=source) for n in (1, 16))
        dots = (q @ k.transpose(1, 2))[:, 0]
        for scores in (dots, dots / math.sqrt(d_head)):
            weights = torch.softmax(scores, -1)
            largest.append(float(weights.max(-1).values.mean()))
            sums.append(weights.sum(-1))
            least.append(float(weights.min()))
    one_without = all(torch.allclose(each, torch.ones(512)) for each in sums)
    grows = largest[2] > largest[0] + 0.2 and abs(largest[3] - largest[1]) < 0.05 and largest[2] > 0.8
    return not one_without, grows, min(least) < 0


def attention_of_a_decoder() -> tuple[bool, bool, bool]:
    model = zoo.load("decoder")
    names = [name for name, _ in model.transformer.named_parameters()]
    cross, encoder = any("cross_attn" in name for name in names), any(name.startswith("encoder.") for name in names)
    assert any("cross_attn" in name for name, _ in zoo.load("encoder-decoder").transformer.named_parameters())
    written = model.trace("I like tea.", written=[model.tokenizer.encode(" I")[0].id])
    return cross, encoder, [*written.tokens] == ["target"] and not cross and not encoder


def order_of_words() -> tuple[bool, bool, bool]:
    """Attention by hand, of the embeddings alone."""
    X = torch.tensor(hand.EMBED, dtype=torch.float64)
    q, k, v = [X @ torch.tensor(W, dtype=torch.float64) for W in (hand.W_Q, hand.W_K, hand.W_V)]

    def result(words: list[int]) -> torch.Tensor:
        heads = []
        for at in (slice(0, 2), slice(2, 4)):
            weights = torch.softmax(q[words][:, at] @ k[words][:, at].T / math.sqrt(2), -1)
            heads.append(weights @ v[words][:, at])
        return torch.cat(heads, -1) @ torch.tensor(hand.W_O, dtype=torch.float64)

    moved = float((result([0, 1, 2, 3])[EATING] - result([3, 1, 2, 0])[EATING]).abs().max())
    return moved < 1e-9, moved > 0.1, 1e-9 <= moved <= 0.1


def row_without_a_favourite() -> tuple[bool, bool, bool]:
    trace = run("hand")
    asks, row = float(trace[f"{SITE}.q"][0, I].norm()), trace[f"{SITE}.pattern"][0, I]
    assert torch.allclose(row, torch.full((4,), 0.25))
    return asks > 0, asks == 0, not math.isclose(row.sum(), 1, abs_tol=1e-6)


def thinking_longer() -> tuple[bool, bool, bool]:
    easy, hard = (blocks_run(text, 6) for text in ("Once upon a", "Why did the king of France not come?"))
    layers = zoo.load("decoder").transformer.config.n_layers
    return hard[0] > easy[0], sum(easy) > 6 * layers, sum(easy[:6]) > sum(easy[:1]) == layers


WORKED: dict[str, Callable[[], tuple[bool, bool, bool]]] = {
    "M1": equal_weights, "M2": where_q_k_v_come_from, "M3": mask_after_softmax, "M4": two_heads, "M5": only_the_left,
    "M6": the_division, "M7": attention_of_a_decoder, "M8": order_of_words, "M9": row_without_a_favourite,
    "M10": thinking_longer,
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_there_is_an_item_for_each_idea(lang: str) -> None:
    assert [item.attributes["data-of"] for item in items(lang)] == IDEAS == [*WORKED]
    for item in items(lang):
        assert len(options(item)) in (3, 4) and item.all("div", "answer") and item.all("h2")


@pytest.mark.parametrize("of", IDEAS)
def test_the_right_option_is_the_models(of: str) -> None:
    due = [*WORKED[of]()]
    for lang in ("en", "zh"):
        (item,) = [one for one in items(lang) if one.attributes["data-of"] == of]
        assert ["data-right" in option.attributes for option in options(item)] == due


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_wrong_option_is_an_idea_that_people_have(lang: str) -> None:
    for item in items(lang):
        for option in options(item):
            assert ("data-right" in option.attributes) != ("data-idea" in option.attributes)
            assert re.fullmatch(r"|M([1-9]|10|11)", option.attributes.get("data-idea", ""))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_right_one_is_not_always_at_the_same_place(lang: str) -> None:
    places = [i for item in items(lang) for i, one in enumerate(options(item)) if "data-right" in one.attributes]
    assert len(places) == 10 and max(places.count(i) for i in range(3)) <= 5


def test_its_lessons_are_there() -> None:
    """A lesson is named by its file."""
    slugs = {item.attributes["data-lesson"] for lang in ("en", "zh") for item in items(lang)}
    assert {slug for slug in slugs if not (FOLDER / f"{slug}.en.html").exists()} == set()
