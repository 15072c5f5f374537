"""Which options of lesson 3 are right, worked out from the model; and what its prose says besides."""

import pytest
import torch
from lessons.documents import lesson, right

from model import facts, hand, zoo

SLUG, SITE = "03-queries-keys-values", "decoder.blocks.0.attn"
MODEL = zoo.load("hand-one")


def rows(text: str) -> dict[str, torch.Tensor]:
    """word -> its row of X"""
    trace = MODEL.trace(text, mask="bidirectional")
    words = [token.text for token in trace.tokens["target"]]
    return dict(zip(words, trace["decoder.blocks.0.resid_pre"], strict=True))


def rows_that_change() -> str:
    before, after = rows("我爱吃鱼"), rows("鱼爱吃我")
    moved = {word for word, row in before.items() if not torch.equal(row, after[word])}
    return {frozenset(): "a", frozenset("我鱼"): "b", frozenset("我爱吃鱼"): "c"}[frozenset(moved)]


def where_from() -> str:
    """One X, and nothing else that goes in: with X and the three matrices alone all of Q, K and V are made again."""
    trace = MODEL.trace("我爱吃鱼", mask="bidirectional")
    x = trace["decoder.blocks.0.resid_pre"]
    again = {name: x @ torch.tensor(W).float() for name, W in (("q", hand.W_Q), ("k", hand.W_K), ("v", hand.W_V))}
    assert set(trace.tokens) == {"target"}
    return "b" if all(torch.equal(trace[f"{SITE}.{name}"][0], made) for name, made in again.items()) else ""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_marked_options_are_right(lang):
    assert right(SLUG, lang) == {"rows-that-change": rows_that_change(), "where-from": where_from()}


def test_the_tasks_of_the_figure_do_what_they_say():
    """3 at [verb, 0] moves the queries of the verbs, 1 at [noun, 0] those of the nouns; keys and values stay."""
    plain = MODEL.trace("我爱吃鱼", mask="bidirectional")
    for row, value, moved in ((1, 3, [1, 2]), (0, 1, [0, 3])):
        edit = {"weight": f"{SITE}.W_q", "row": row, "column": 0, "value": value}
        now = MODEL.trace("我爱吃鱼", mask="bidirectional", edits=[edit])
        other = (now[f"{SITE}.q"] != plain[f"{SITE}.q"])[0].any(-1)
        assert other.nonzero().flatten().tolist() == moved
        assert torch.equal(now[f"{SITE}.k"], plain[f"{SITE}.k"]) and torch.equal(now[f"{SITE}.v"], plain[f"{SITE}.v"])
    assert (plain[f"{SITE}.q"][0, [0, 3], :2] == 0).all()  # a noun asks for nothing in these columns


def test_one_word_changes_all_three():
    trace, other = (MODEL.trace(text, mask="bidirectional") for text in ("我爱吃鱼", "我吃吃鱼"))
    for name in "qkv":
        changed = (trace[f"{SITE}.{name}"] != other[f"{SITE}.{name}"])[0].any(-1)
        assert changed.tolist() == [False, True, False, False]


def test_the_rows_that_are_added_make_what_they_are_said_to_make():
    trace = MODEL.trace("我爱吃鱼", mask="bidirectional")
    x = trace["decoder.blocks.0.resid_pre"]
    for matrix, word in (("W_q", 2), ("W_k", 3), ("W_v", 3), ("W_k", 2)):
        taken = [i for i in range(4) if x[word, i] != 0]
        made = sum(x[word, i] * torch.tensor(facts.value("matrix_row", matrix=matrix, row=str(i))) for i in taken)
        assert torch.equal(made, trace[f"{SITE}.{matrix[-1]}"][0, word])
        if matrix != "W_v":  # the prose names these two, and no other
            assert len(taken) == 2
    assert facts.value("entries") == 3 * 4 * 4


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_row_that_leaves_the_place_out_does(lang):
    """The sine of the place is not handed over: its row of W_v is zero, and the document shows that row."""
    assert not any(hand.W_V[2]) and not any(hand.W_V[3])
    shown = [node.attributes for node in lesson(SLUG, lang).article.all("live-vector") if "matrix" in node.attributes]
    assert {(one["matrix"], one["row"]) for one in shown} >= {("W_v", "2"), ("W_k", "1"), ("W_k", "3")}
