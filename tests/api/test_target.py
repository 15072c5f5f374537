"""The target of an encoder-decoder: given, with its language or without, or written by the model."""

import numpy as np
from api.client import CHINESE, TEXT, about, post, tensors, written


def texts(response, side="target"):
    return [token["text"] for token in about(response)["tokens"][side]]


def test_a_target_is_read_after_the_token_of_its_language(client):
    read = texts(post(client, CHINESE, "encoder-decoder", target="I love", names=["logits"]))
    assert read[0] == "<2en>"
    assert "".join(read[1:]) == "I love"
    assert texts(post(client, TEXT, "encoder-decoder", target="", names=["logits"])) == ["<2zh>"]


def test_a_target_that_names_its_language_is_read_in_that_one(client):
    for text in (CHINESE, TEXT):
        for named in ("<2en>", "<2zh>"):
            read = post(client, text, "encoder-decoder", target=f"{named}I love", names=["logits"])
            assert texts(read)[0] == named
            assert "".join(texts(read)[1:]) == "I love"
            assert about(read)["tokens"]["target"][0]["start"] is None
            assert about(read)["request"]["target"] == f"{named}I love"
    plain = post(client, CHINESE, "encoder-decoder", target="I love", names=["logits"])
    named = post(client, CHINESE, "encoder-decoder", target="<2en>I love", names=["logits"])
    assert np.array_equal(tensors(plain)["logits"], tensors(named)["logits"])


def test_only_at_its_beginning_does_a_target_name_a_language(client):
    read = texts(post(client, CHINESE, "encoder-decoder", target=" <2zh>", names=["logits"]))
    assert read[0] == "<2en>"
    assert "<2zh>" not in read


def test_a_target_left_out_is_what_the_model_writes_greedily(client):
    read = post(client, CHINESE, "encoder-decoder", names=["logits"])
    steps = written(client, CHINESE, "encoder-decoder", temperature=0, max_new_tokens=100)
    assert [token["id"] for token in about(read)["tokens"]["target"][1:]] == [
        step["id"] for step in steps if step["text"] != "<eos>"
    ]
    greedy = tensors(read)["logits"].argmax(-1).tolist()  # the row of each token predicts the next
    assert greedy[: len(steps)] == [step["id"] for step in steps]
    assert about(read)["request"]["target"] is None
