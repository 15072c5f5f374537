import json
import math
import struct

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors import safe_open

from app import wire
from app.refusals import Refusal
from app.schemas import TraceRequest
from model import zoo
from model.trace import OF_RUN

TEXT = "The cat sat."


@pytest.fixture(scope="module")
def trace():
    return zoo.load("decoder").trace(TEXT)


def header(sent):
    (length,) = struct.unpack("<Q", sent[:8])
    return length, json.loads(sent[8 : 8 + length])


TENSORS = st.dictionaries(
    st.text(min_size=1, max_size=20).filter(lambda name: name != "__metadata__"),
    st.sampled_from(["float32", "float16", "int32", "uint8"]).flatmap(
        lambda dtype: arrays.arrays(dtype, arrays.array_shapes(max_dims=3, max_side=5))
    ),
    max_size=6,
)


@given(TENSORS, st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3))
def test_any_tensors_come_back_through_the_safetensors_library(tensors, about):
    sent = wire.to_safetensors(iter(tensors.items()), about)
    back = safetensors.numpy.load(sent)
    assert back.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert (back[name].dtype, back[name].shape) == (tensor.dtype, tensor.shape)
        assert back[name].tobytes() == tensor.tobytes()  # NaNs too
    assert {name: json.loads(value) for name, value in header(sent)[1]["__metadata__"].items()} == about


@given(TENSORS)
def test_every_tensor_lies_where_a_typed_array_can_be_laid_over_it(tensors):
    sent = wire.to_safetensors(iter(tensors.items()), {})
    length, entries = header(sent)
    entries.pop("__metadata__")
    assert length % 8 == 0
    at = 0
    for name, entry in entries.items():
        begin, end = entry["data_offsets"]
        assert (8 + length + begin) % tensors[name].itemsize == 0
        assert (begin, end - begin) == (at, tensors[name].nbytes)
        at = end
    assert at == len(sent) - 8 - length


def test_wider_numbers_come_first_and_else_the_order_of_computation():
    widths = {"a": "uint8", "b": "float32", "c": "float16", "d": "float32", "e": "uint8", "f": "float16"}
    tensors = {name: np.zeros(3, dtype) for name, dtype in widths.items()}
    _, entries = header(wire.to_safetensors(iter(tensors.items()), {}))
    assert list(entries) == ["__metadata__", "b", "d", "c", "f", "a", "e"]


def test_a_tensor_seen_from_aside_is_written_in_its_own_order():
    across = np.arange(6, dtype="float32").reshape(2, 3).T
    sent = wire.to_safetensors(iter({"across": across}.items()), {})
    assert safetensors.numpy.load(sent)["across"].tolist() == across.tolist()


def test_metadata_are_json_strings_in_utf_8_that_the_library_reads(trace, tmp_path):
    about = wire.metadata(trace, "CPU")
    path = tmp_path / "trace.safetensors"
    path.write_bytes(wire.to_safetensors(iter(()), about))
    with safe_open(path, "np") as file:
        assert {name: json.loads(value) for name, value in file.metadata().items()} == json.loads(json.dumps(about))


def test_float16_rounds_and_keeps_what_was_infinite_infinite():
    given_ = np.array([1 / 3, -math.inf, 65504, 1e-10], "float32")
    half = wire.as_float16(given_)
    assert half.dtype == np.float16
    assert half.tolist() == given_.astype("float16").tolist()


@pytest.mark.parametrize("large", [65520.0, -1e6])
def test_a_tensor_that_float16_cannot_hold_stays_float32(large):
    given_ = np.array([1.0, large], "float32")
    assert wire.as_float16(given_) is given_


def test_whole_numbers_stay_what_they_are():
    given_ = np.arange(3, dtype="uint8")
    assert wire.as_float16(given_) is given_


def test_json_has_every_number_in_full_and_null_where_json_has_none():
    tensors = {
        "decoder.blocks.0.attn.log_denominator": np.array([[1 / 3, -math.inf], [math.nan, 1e-45]], "float32"),
        "logits": np.array([[0.1, 2]], "float32"),
    }
    body = wire.to_json(iter(tensors.items()), {"device": "猫"}, "decoder")
    read = json.loads(body, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert read["device"] == "猫"
    first, second = read["tensors"].values()
    assert (first["dims"], first["shape"], first["dtype"]) == (["head", "target"], [2, 2], "float32")
    assert first["data"][0][1] is None
    assert first["data"][1][0] is None
    assert np.float32(first["data"][0][0]) == np.float32(1 / 3)
    assert np.float32(first["data"][1][1]) == np.float32(1e-45) != 0
    assert second["data"] == [[float(np.float32(0.1)), 2.0]]


def test_json_of_nothing_is_json():
    assert json.loads(wire.to_json(iter(()), {"device": "CPU"}, "decoder")) == {"device": "CPU", "tensors": {}}


ASKED = TraceRequest(model="decoder", text=TEXT)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("heads", [None, [2], [0, 1, 1]])
def test_the_size_is_known_before_anything_is_made(trace, dtype, heads):
    asked = ASKED.model_copy(update={"dtype": dtype, "heads": heads})
    names = wire.chosen(trace, ["*", *(f"*.{last}" for last in wire.DERIVED), *OF_RUN])
    made = sum(array.nbytes for _, array in wire.arrays(trace, names, asked))
    wire.check_size(trace, names, asked, None, made)
    with pytest.raises(Refusal, match="response-too-large") as refused:
        wire.check_size(trace, names, asked, None, made - 1)
    assert refused.value.values == {"limit": made - 1, "actual": made}


def test_json_is_never_longer_than_it_was_counted(trace):
    names = wire.chosen(trace, ["*", *(f"*.{last}" for last in wire.DERIVED), *OF_RUN])
    numbers = sum(array.size for _, array in wire.arrays(trace, names, ASKED))
    written = wire.to_json(wire.arrays(trace, names, ASKED), {}, "decoder")
    facts = wire.to_json(((name, array[:0]) for name, array in wire.arrays(trace, names, ASKED)), {}, "decoder")
    wire.check_size(trace, names, ASKED, wire.JSON_NUMBER, numbers * wire.JSON_NUMBER)
    assert len(written) - len(facts) < numbers * wire.JSON_NUMBER


def test_derived_names_are_those_of_the_sites_and_of_the_run(trace):
    names = wire.chosen(trace, [*(f"*.{last}" for last in wire.DERIVED), *OF_RUN])
    assert sorted(names) == sorted([*(f"{site.name}.{last}" for site in trace.sites for last in wire.DERIVED), *OF_RUN])


def test_names_come_once_and_in_the_order_of_computation(trace):
    stored = list(trace.tensors)
    assert wire.chosen(trace, None) == stored
    assert wire.chosen(trace, ["*"]) == stored
    assert wire.chosen(trace, [stored[3], "logits", stored[0], "*.logits", "logits"][:3]) == [
        stored[0], stored[3], "logits"
    ]  # fmt: skip
    assert wire.chosen(trace, []) == []


def test_globs_are_case_sensitive_and_each_must_match(trace):
    for globs in (["LOGITS"], ["logits", "nothing"], ["*.attn"], ["decoder.blocks.99.*"]):
        with pytest.raises(Refusal, match="unknown-name"):
            wire.chosen(trace, globs)
