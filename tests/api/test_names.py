"""Which tensors of a trace are sent: names, heads and precision."""

import numpy as np
import pytest
from api.client import KINDS, TEXT, close, post, tensors

from model import zoo
from model.glossary import GLOSSARY
from model.trace import DERIVED


@pytest.mark.parametrize(
    ("globs", "names"),
    [
        (["logits"], ["logits"]),
        (["decoder.blocks.1.attn.q", "logits"], ["decoder.blocks.1.attn.q", "logits"]),
        (["decoder.blocks.*.attn.q"], [f"decoder.blocks.{i}.attn.q" for i in range(4)]),
        (["decoder.blocks.[01].attn.?"], [f"decoder.blocks.{i}.attn.{x}" for i in range(2) for x in "qkvz"]),
        (["*.attn_out", "*.0.attn_out"], [f"decoder.blocks.{i}.attn_out" for i in range(4)]),
        ([], []),
    ],
)
def test_names_are_globs(client, globs, names):
    assert sorted(tensors(post(client, names=globs))) == sorted(names)


def test_derived_names_come_only_where_a_glob_ends_in_them(client):
    derived = {name for name, entry in GLOSSARY.items() if entry.derived}

    def derived_of(*globs):
        return sorted(name for name in tensors(post(client, names=globs)) if name.rpartition(".")[2] in derived)

    assert derived_of("*") == derived_of("decoder.blocks.0.*") == derived_of("*.attn.*") == []
    blocks = [f"decoder.blocks.{i}.attn" for i in range(4)]
    assert derived_of("*pattern") == derived_of("*.pattern") == [f"{site}.pattern" for site in blocks]
    assert derived_of("decoder.blocks.2.attn.scores") == ["decoder.blocks.2.attn.scores"]
    assert derived_of("*", "*.1.attn.thumbnails") == ["decoder.blocks.1.attn.thumbnails"]


@pytest.mark.parametrize("id", KINDS)
def test_derived_tensors_are_those_of_python(client, id):
    names = [f"*.{name}" for name in DERIVED]
    sent = tensors(post(client, model=id, names=names))
    trace = zoo.load(id).trace(TEXT)
    assert len(sent) == len(names) * len(trace.sites)
    for name, array in sent.items():
        if name.endswith(".thumbnails"):
            assert array.dtype == np.uint8
            assert np.abs(array.astype(int) - trace[name].numpy().astype(int)).max() <= 1
        else:
            close(array, trace[name])
        if name.endswith(".pattern"):
            assert np.abs(array.sum(-1) - 1).max() < 1e-4


def test_only_the_heads_asked_for_are_sent_and_in_that_order(client):
    stored = ["*.0.attn.q", "*.0.attn.v", "*.0.attn.log_denominator"]
    names = ["*.0.resid_post", *stored, *(f"*.0.attn.{name}" for name in DERIVED)]
    every, some = tensors(post(client, names=names)), tensors(post(client, names=names, heads=[3, 1]))
    assert every.keys() == some.keys()
    for name, array in every.items():
        expected = array if name.endswith(".resid_post") else array[[3, 1]]
        rounding = 1 if name.endswith(".thumbnails") else 1e-4
        np.testing.assert_allclose(some[name].astype(float), expected.astype(float), atol=rounding)


def test_float16_halves_the_bytes_and_rounds(client):
    names = ["*.q", "logits", "*.pattern"]
    full, half = tensors(post(client, names=names)), tensors(post(client, names=names, dtype="float16"))
    assert full.keys() == half.keys()
    for name, array in half.items():
        assert array.dtype == np.float16
        assert np.array_equal(array, full[name].astype("float16"))
