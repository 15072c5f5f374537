"""Which keys a query sees under every mask that can be asked for."""

import numpy as np
import pytest
from api.client import CHINESE, JSON, about, post, tensors


def visible(rule, n):
    query, key = np.mgrid[:n, :n]
    return {
        "causal": key <= query,
        "bidirectional": np.full((n, n), True),
        "prefix": (key <= query) | (key < 3),
        "window": (key <= query) & (query - key < 2),
        "window both ways": np.abs(query - key) < 2,
    }[rule].copy()


@pytest.mark.parametrize(
    ("id", "mask", "rule"),
    [
        ("decoder", "native", "causal"),
        ("decoder", "causal", "causal"),
        ("decoder", "bidirectional", "bidirectional"),
        ("decoder", {"prefix": 3}, "prefix"),
        ("decoder", {"window": 2}, "window"),
        ("encoder", "native", "bidirectional"),
        ("encoder", "causal", "causal"),
        ("encoder", {"prefix": 3}, "prefix"),
        ("encoder", {"window": 2}, "window both ways"),
    ],
)
def test_a_mask_hides_exactly_what_its_rule_says(client, id, mask, rule):
    response = post(client, model=id, mask=mask, names=["*.pattern", "*.scores", "*.log_denominator"])
    sent = tensors(response)
    assert about(response)["request"]["mask"] == mask
    for site in about(response)["sites"]:
        pattern = sent[f"{site['name']}.pattern"]
        seen = visible(rule, pattern.shape[-1])
        assert (pattern[:, ~seen] == 0).all()
        scores = sent[f"{site['name']}.scores"].astype("float64")
        rounding = 4 * np.finfo("float32").eps * (1 + np.abs(scores).max())  # of a score, and so of its exponential
        np.testing.assert_allclose(pattern.sum(-1), 1, atol=rounding)
        scores = np.where(seen, scores, -np.inf)
        top = scores.max(-1, keepdims=True)
        denominator = np.log(np.exp(scores - top).sum(-1)) + top[..., 0]
        np.testing.assert_allclose(sent[f"{site['name']}.log_denominator"], denominator, atol=1e-4)
        assert site["no_visible_key"] == []


@pytest.mark.parametrize(("id", "rule"), [("decoder", "causal"), ("encoder", "bidirectional")])
def test_a_painted_mask_is_the_native_one_but_for_its_cells(client, id, rule):
    cells = [[1, 0, False], [0, 2, True], [2, 2, False], [2, 1, True], [2, 1, False]]
    response = post(client, model=id, mask={"painted": cells}, names=["*.0.attn.pattern", "*.0.attn.scores"])
    sent = tensors(response)
    pattern, scores = sent[f"{id}.blocks.0.attn.pattern"], sent[f"{id}.blocks.0.attn.scores"]
    seen = visible(rule, pattern.shape[-1])
    for query, key, on in cells:  # the last one said of a cell holds
        seen[query, key] = on
    weights = np.where(seen, np.exp(scores.astype("float64")), 0)
    np.testing.assert_allclose(pattern, weights / weights.sum(-1, keepdims=True), atol=1e-5)
    assert about(response)["request"]["mask"] == {"painted": cells}


def test_queries_that_may_see_nothing_are_named_and_add_nothing(client):
    names = ["*.0.attn.pattern", "*.0.attn.z", "*.log_denominator"]
    asked = {"mask": {"painted": [[1, 0, False], [1, 1, False]]}, "names": names}
    response, as_json = post(client, **asked), post(client, headers={"Accept": JSON}, **asked).json()
    assert [site["no_visible_key"] for site in about(response)["sites"]] == [[1]] * 4
    sent = tensors(response)
    assert (sent["decoder.blocks.0.attn.pattern"][:, 1] == 0).all()
    assert (sent["decoder.blocks.0.attn.z"][:, 1] == 0).all()
    assert np.isneginf(sent["decoder.blocks.0.attn.log_denominator"][:, 1]).all()
    for row in as_json["tensors"]["decoder.blocks.0.attn.log_denominator"]["data"]:
        assert [value is None for value in row] == [position == 1 for position in range(len(row))]


def test_in_an_encoder_decoder_a_mask_is_the_decoders_self_attentions(client):
    asked = {"model": "encoder-decoder", "text": CHINESE, "target": "I love fish", "names": ["*.pattern"]}
    native, bidirectional = (tensors(post(client, mask=mask, **asked)) for mask in ("native", "bidirectional"))
    for name, pattern in bidirectional.items():
        if name.startswith("decoder.") and ".cross_attn." not in name:
            assert (np.triu(native[name], 1) == 0).all()
            assert (np.triu(pattern, 1) > 0).any()
        elif name.startswith("encoder."):
            assert np.array_equal(pattern, native[name])
        assert pattern.shape == native[name].shape
