"""Tokens exchanged for others: the run is that of the exchanged ids."""

import pytest
import torch

from model import zoo
from model.zoo import InputError

TEXT = "The cat sat on the mat."


def swap(position, token, side="target"):
    return {"swap": position, "side": side, "token": token}


def id_of(piece, model="decoder"):
    return zoo.load(model).tokenizer.id(piece)


@pytest.mark.parametrize(
    ("model", "target", "swaps"),
    [
        ("decoder", None, [(2, " dog", "target"), (6, " cat", "target")]),
        ("encoder", None, [(2, " dog", "source"), (5, "<mask>", "source")]),
        ("encoder-decoder", "猫", [(1, " dog", "source"), (1, "我", "target")]),
    ],
)
@torch.no_grad()
def test_a_swap_is_the_run_of_the_swapped_ids(model, target, swaps):
    one = zoo.load(model)
    plain = one.trace(TEXT, target)
    trace = one.trace(TEXT, target, edits=[swap(at, one.tokenizer.id(piece), side) for at, piece, side in swaps])
    ids = {side: [token.id for token in read] for side, read in plain.tokens.items()}
    for at, piece, side in swaps:
        ids[side][at] = one.tokenizer.id(piece)
    assert {side: [token.id for token in read] for side, read in trace.tokens.items()} == ids
    logits = one.transformer(**{side: torch.tensor(read) for side, read in ids.items()})
    assert torch.equal(trace["logits"], logits)
    assert not torch.allclose(trace["logits"], plain["logits"])


def test_a_token_that_came_in_has_the_span_of_the_one_that_went():
    plain, trace = (zoo.load("decoder").trace(TEXT, edits=edits) for edits in ([], [swap(2, id_of(" teacher"))]))
    was, now = plain.tokens["target"], trace.tokens["target"]
    assert (now[2].text, now[2].start, now[2].end) == (" teacher", was[2].start, was[2].end)
    assert [*now[:2], *now[3:]] == [*was[:2], *was[3:]]
    masked = zoo.load("encoder").trace(TEXT, edits=[swap(2, id_of("<mask>"), "source")]).tokens["source"]
    assert (masked[2].text, masked[2].start, masked[2].end) == ("<mask>", None, None)
    assert masked[3].start == was[3].start


def test_a_byte_that_came_in_is_told_as_what_it_spells_with_those_around_it():
    byte = id_of("<0xE7>")
    plain = zoo.load("decoder").trace("a 🙂")
    spelt = [token for token in plain.tokens["target"] if token.part]
    at = plain.tokens["target"].index(spelt[1])
    now = zoo.load("decoder").trace("a 🙂", edits=[swap(at, byte)]).tokens["target"]
    assert [token.id for token in now].index(byte) == at
    assert now[at].text != "🙂"
    assert now[at].part is None or now[at].part[0] == 0


def test_of_two_swaps_at_one_position_the_last_holds_and_other_edits_find_it_wherever_they_stand():
    dog, cow = id_of(" dog"), id_of(" cow")
    site = {"zero": "decoder.blocks.0.attn", "head": 1}
    one, other = (zoo.load("decoder").trace(TEXT, edits=edits)
                  for edits in ([swap(2, dog), site, swap(2, cow)], [swap(2, cow), site]))  # fmt: skip
    assert torch.equal(one["logits"], other["logits"])


def test_a_target_that_the_model_writes_is_written_before_the_swap():
    model = zoo.load("encoder-decoder")
    plain, edited = model.trace(TEXT), model.trace(TEXT, edits=[swap(1, id_of(" dog"), "source")])
    assert [token.id for token in plain.tokens["target"]] == [token.id for token in edited.tokens["target"]]
    assert not torch.allclose(plain["logits"], edited["logits"])


@pytest.mark.parametrize(
    ("model", "edit", "code", "limit"),
    [
        ("decoder", swap(8, 300), "unknown-position", 7),
        ("decoder", swap(-1, 300), "unknown-position", 7),
        ("decoder", swap(1, 8192), "unknown-token", 8191),
        ("decoder", swap(1, -1), "unknown-token", 8191),
        ("decoder", swap(1, 300, "source"), "unknown-side", None),
        ("encoder", swap(1, 300, "target"), "unknown-side", None),
        ("decoder", swap(0, 300), "special-token", None),
        ("decoder", swap(1, id_of("<eos>")), "special-token", None),
        ("decoder", swap(1, id_of("<mask>")), "special-token", None),
        ("encoder-decoder", swap(1, id_of("<mask>"), "source"), "special-token", None),
        ("encoder", swap(1, id_of("<pad>"), "source"), "special-token", None),
        ("encoder", swap(0, id_of("<mask>"), "source"), "special-token", None),
    ],
)
def test_a_swap_that_does_not_fit_is_refused(model, edit, code, limit):
    with pytest.raises(InputError) as refusal:
        zoo.load(model).trace(TEXT, edits=[edit])
    assert (refusal.value.code, refusal.value.field, refusal.value.limit) == (code, "edits", limit)
