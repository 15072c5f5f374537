"""Entries of matrices edited for a run: each against a model in which that number was there from the start."""

import copy

import pytest
import torch

from model import hand, importance, zoo
from model.entries import matrices
from model.input_error import InputError

SITE, BLOCK = "decoder.blocks.0.attn", "decoder.blocks.0"
TEXT = "我爱吃鱼"
LISTS = {  # a matrix -> where it is written, and whether a Linear keeps it turned
    "embed": (hand.EMBED, False),
    "decoder.pos_embed": (hand.quarter_turns(hand.N_CTX), False),
    f"{SITE}.W_q": (hand.W_Q, True), f"{SITE}.W_k": (hand.W_K, True), f"{SITE}.W_v": (hand.W_V, True),
    f"{SITE}.W_o": (hand.W_O, True), f"{BLOCK}.mlp.W_in": (hand.W_IN, True), f"{BLOCK}.mlp.W_out": (hand.W_OUT, True),
    "W_u": (hand.W_U, True),
}  # fmt: skip


def edit(weight: str, row: int, column: int, value: float) -> dict:
    return {"weight": weight, "row": row, "column": column, "value": value}


def rebuilt(id: str, weight: str, row: int, column: int, value: float) -> zoo.Model:
    """A model whose list had this number."""
    rows, turned = copy.deepcopy(LISTS[weight])
    rows[row][column] = value
    model = copy.copy(zoo.load(id))
    model.transformer = hand.transformer(zoo.BY_HAND[id]).eval()
    W = torch.tensor(rows, dtype=torch.float32)
    model.transformer.load_state_dict({f"{weight}.weight": W.T if turned else W}, strict=False)
    return model


def test_every_matrix_is_as_it_is_written():
    found = matrices(zoo.load("hand").transformer)
    written = {name: rows for name, (rows, _) in LISTS.items()}
    assert {name: matrix.tolist() for name, matrix in found.items()} == written


@pytest.mark.parametrize("id", ["hand", "hand-one"])
@pytest.mark.parametrize("weight", LISTS)
def test_a_run_with_an_edited_entry_is_one_of_a_model_that_has_it(id, weight):
    changed = edit(weight, 1, 2, -2.5)
    trace, other = zoo.load(id).trace(TEXT, edits=[changed]), rebuilt(id, weight, 1, 2, -2.5).trace(TEXT)
    plain = zoo.load(id).trace(TEXT)
    assert list(trace) == list(other)
    for name in [*other, f"{SITE}.pattern", f"{SITE}.head_out_norm", "lens_probabilities"]:
        assert torch.equal(trace[name], other[name]), name
    assert any(not torch.equal(trace[name], plain[name]) for name in plain) or weight.endswith("mlp.W_out")
    assert trace.model["sha256"] == plain.model["sha256"]  # of the model, which is not what was edited


def test_a_row_is_what_is_read_and_a_column_what_is_made():
    trace = zoo.load("hand-one").trace(TEXT, edits=[edit(f"{SITE}.W_q", 1, 3, 7)])
    verb, plain = trace[f"{BLOCK}.resid_pre"][:, 1], zoo.load("hand-one").trace(TEXT)
    difference = trace[f"{SITE}.q"][0] - plain[f"{SITE}.q"][0]
    assert torch.equal(difference[:, 3], 7 * verb)  # W_Q [verb, 3] was 0
    assert (difference[:, :3] == 0).all()


def test_what_is_written_and_what_matters_hang_on_the_edited_matrix():
    edits = [edit("W_u", 1, 4, 30)]  # verbs are followed by rice
    model, other = zoo.load("hand"), rebuilt("hand", "W_u", 1, 4, 30)
    for run in (
        lambda one, **more: [step.id for step in one.generate("我", temperature=0, max_new_tokens=4, **more)],
        lambda one, **more: [step.kept for step in one.beams("我", width=2, max_new_tokens=4, **more)],
    ):
        assert run(model, edits=edits) == run(other)
        assert run(model, edits=edits) != run(model)
    trace = model.trace(TEXT, edits=edits)
    told, expected = (
        list(importance.effects(one, run, 2, 4, "zero")) for one, run in ((model, trace), (other, other.trace(TEXT)))
    )
    assert told == expected


def test_the_last_value_of_an_entry_holds_by_either_name_and_others_add_up():
    both = [edit(f"{SITE}.W_q", 1, 0, 9), edit(f"{SITE}.W_q.weight", 1, 0, 3), edit(f"{SITE}.W_k", 0, 0, 2)]
    trace = zoo.load("hand").trace(TEXT, edits=[*both, {"zero": SITE, "head": 1}])
    assert trace[f"{SITE}.q"][0, 1].tolist() == [3, 1]
    assert trace[f"{SITE}.k"][0, 0].tolist() == [2, 0]
    assert (trace[f"{SITE}.z"][1] == 0).all()


def test_the_model_itself_stays_as_it_is():
    model = zoo.load("hand")
    before = {name: tensor.clone() for name, tensor in model.transformer.state_dict().items()}
    for weight in LISTS:
        model.trace(TEXT, edits=[edit(weight, 0, 0, 50)])
        list(model.generate("我", edits=[edit(weight, 0, 0, 50)], temperature=0))
    assert all(torch.equal(before[name], tensor) for name, tensor in model.transformer.state_dict().items())
    assert model.sha256 == hand.sha256(model.transformer)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (edit(f"{SITE}.W_x", 0, 0, 1), "unknown-weight"),
        (edit(f"{BLOCK}.norm_mlp", 0, 0, 1), "unknown-weight"),
        (edit(f"{SITE}.W_q", 4, 0, 1), "unknown-entry"),
        (edit(f"{SITE}.W_q", 0, 4, 1), "unknown-entry"),
        (edit(f"{SITE}.W_q", -1, 0, 1), "unknown-entry"),
        (edit("W_u", 4, 0, 1), "unknown-entry"),
        (edit("embed", 6, 0, 1), "unknown-entry"),
        (edit(f"{SITE}.W_q", 0, 0, 101), "bad-edit"),
        (edit(f"{SITE}.W_q", 0, 0, float("nan")), "bad-edit"),
        (edit(f"{SITE}.W_q", 0, 0, float("inf")), "bad-edit"),
        ({"weight": f"{SITE}.W_q", "row": 0, "column": 0}, "bad-edit"),
    ],
)
def test_what_cannot_be_edited_is_refused(changed, code):
    for run in (zoo.load("hand").trace, lambda text, **more: list(zoo.load("hand").generate(text, **more))):
        with pytest.raises(InputError) as refusal:
            run(TEXT, edits=[changed])
        assert (refusal.value.code, refusal.value.field) == (code, "edits")


@pytest.mark.parametrize("id", zoo.trained())
def test_a_trained_model_is_not_edited(id):
    with pytest.raises(InputError, match="not-editable"):
        zoo.load(id).trace("a", edits=[edit("embed", 0, 0, 1)])
    assert zoo.load(id).info()["editable"] is False
