"""Edited runs: heads that are switched off, what each head adds, and heads with masks of their own."""

import re

import numpy as np
import pytest
from api.client import CHINESE, TEXT, about, close, post, tensors

from model import zoo
from model.heads import KINDS


def test_a_head_that_is_switched_off_adds_nothing_and_what_follows_changes(client):
    names = ["*.z", "*.attn_out", "logits"]
    edits = [{"zero": "decoder.blocks.1.attn", "head": 2}]
    plain, edited = (tensors(post(client, names=names, edits=e)) for e in ([], edits))
    trace = zoo.load("decoder").trace(TEXT, edits=edits)
    for name, array in edited.items():
        close(array, trace[name])
    assert np.array_equal(edited["decoder.blocks.0.attn.z"], plain["decoder.blocks.0.attn.z"])
    z, z_plain = edited["decoder.blocks.1.attn.z"], plain["decoder.blocks.1.attn.z"]
    assert (z[2] == 0).all()
    assert np.array_equal(z[[0, 1, 3]], z_plain[[0, 1, 3]])
    for name in ("decoder.blocks.1.attn_out", "decoder.blocks.2.attn.z", "logits"):
        assert not np.allclose(edited[name], plain[name])


def test_a_site_that_is_switched_off_leaves_its_bias(client):
    sent = tensors(post(client, names=["*.0.attn.z", "*.0.attn_out"], edits=[{"zero": "decoder.blocks.0.attn"}]))
    assert (sent["decoder.blocks.0.attn.z"] == 0).all()
    bias = zoo.load("decoder").transformer.decoder.blocks[0].attn.W_o.bias.detach().numpy()
    out = sent["decoder.blocks.0.attn_out"]
    np.testing.assert_allclose(out, np.broadcast_to(bias, out.shape), atol=1e-6)


def test_a_head_that_is_off_adds_nothing_and_the_others_share_what_is_left(client):
    site = "decoder.blocks.1.attn"
    names = [f"{site}.head_out_norm", f"{site}.head_out_share"]
    sent = tensors(post(client, names=names, edits=[{"zero": site, "head": 2}]))
    norm, share = (sent[name] for name in names)
    assert (norm[2] == 0).all() and (share[2] == 0).all()
    assert norm[[0, 1, 3]].min() > 0
    np.testing.assert_allclose(share.sum(0), 1, atol=1e-5)
    all_off = tensors(post(client, names=names, edits=[{"zero": site}]))
    assert np.isnan(all_off[f"{site}.head_out_share"]).all()


def test_what_a_head_adds_goes_through_the_weights_of_the_checkpoint(client):
    site, step = "decoder.blocks.2.attn", zoo.load("decoder").checkpoints[1]
    sent = tensors(post(client, checkpoint=step, names=[f"{site}.z", f"{site}.head_out_norm", "*.2.attn_out"]))
    attention = zoo.load("decoder").at(step).transformer.get_submodule(site)
    weight, bias, z = attention.W_o.weight.detach().numpy(), attention.W_o.bias.detach().numpy(), sent[f"{site}.z"]
    parts = np.stack([z[head] @ weight[:, 32 * head : 32 * head + 32].T for head in range(4)])
    np.testing.assert_allclose(sent[f"{site}.head_out_norm"], np.linalg.norm(parts, axis=-1), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(sent["decoder.blocks.2.attn_out"], parts.sum(0) + bias, rtol=1e-4, atol=1e-4)


def test_edits_add_up_and_reach_cross_attention(client):
    site = "decoder.blocks.3.cross_attn"
    edits = [{"zero": site, "head": 0}, {"zero": site, "head": 3}, {"zero": "encoder.blocks.0.attn"}]
    response = post(client, CHINESE, "encoder-decoder", target="I love", edits=edits, names=["*.z"])
    sent = tensors(response)
    zero = {name: (array == 0).all((1, 2)).tolist() for name, array in sent.items()}
    assert zero[f"{site}.z"] == [True, False, False, True]
    assert zero["encoder.blocks.0.attn.z"] == [True] * 4
    assert zero["encoder.blocks.1.attn.z"] == [False] * 4
    assert about(response)["request"]["edits"] == [{"head": None, **edit} for edit in edits]


def test_masks_of_single_heads_are_told_only_where_there_are_any(client):
    edits = [
        {"paint": "decoder.blocks.1.attn", "head": 2, "cells": [[1, 3, True]]},
        {"diagonal": "decoder.blocks.2.attn"},
        {"diagonal": "decoder.blocks.1.attn", "head": 0},
    ]
    plain, edited = (about(post(client, names=["*.thumbnails"], edits=e))["sites"] for e in ([], edits))
    assert [site.get("head_masks") for site in plain] == [None] * 4
    assert [site.get("head_masks") for site in edited] == [
        None,
        {"2": {"painted": [[1, 3, True]], "of": "causal"}, "0": {"window": 1, "of": "causal"}},
        None,
        None,
    ]
    assert [site["mask"] for site in edited] == ["causal", "causal", {"window": 1, "of": "causal"}, "causal"]


def test_what_is_derived_of_a_head_goes_by_its_mask(client):
    names = ["*.1.attn.pattern", "*.1.attn.thumbnails", "*.1.attn.head_scores", "*.1.attn.head_chance"]
    edits = [{"diagonal": "decoder.blocks.1.attn", "head": 2}]
    sent = tensors(post(client, names=names, edits=edits, heads=[2, 0]))
    pattern, small, scores, chance = (sent[name.replace("*.1", "decoder.blocks.1")] for name in names)
    n = pattern.shape[-1]
    np.testing.assert_allclose(pattern[0], np.eye(n), atol=1e-6)
    assert np.array_equal(small, np.round(np.sqrt(pattern) * 255).astype("uint8"))
    same = list(KINDS).index("same")
    assert scores[0, same] == pytest.approx(1, abs=1e-6)
    assert chance[0, same] == 1
    assert chance[1, same] == pytest.approx(sum(1 / (query + 1) for query in range(n)) / n)
    plain = tensors(post(client, names=names, heads=[0]))
    np.testing.assert_allclose(scores[1], plain["decoder.blocks.1.attn.head_scores"][0], atol=1e-5)


def test_a_figure_is_drawn_by_the_mask_of_its_head(client):
    asked = {"model": "decoder", "text": TEXT, "site": "decoder.blocks.1.attn"}
    edits = [{"diagonal": "decoder.blocks.1.attn", "head": 2}]
    titles = []
    for head in (2, 1):
        figure = client.post("/api/figure", json={**asked, "edits": edits, "head": head})
        titles.append(re.search("<h1.*?</h1>", figure.text)[0])
    assert "window of 1" in titles[0]
    assert "window" not in titles[1]


def test_a_swap_shows_in_the_tokens_and_equals_the_text_with_that_token(client):
    dog = zoo.load("decoder").tokenizer.id(" dog")
    edited = post(client, edits=[{"swap": 2, "side": "target", "token": dog}])
    typed = post(client, "The dog sat on the mat.")
    assert about(edited)["tokens"] == about(typed)["tokens"]
    for name, array in tensors(typed).items():
        assert np.array_equal(tensors(edited)[name], array), name
