"""Models of pictures, of sounds and of what another has encoded, against transformers' own eager attention."""

from pathlib import Path

import pytest
import torch
from eager import attentions, heads_error, hidden_error, pattern_error, run
from real_inputs import HANDED_OVER, OTHERS, WEIGHTS_ALONE, inputs, made
from real_models import BERT, FAMILIES, PATTERN, drawn

from model.input_error import InputError

transformers = pytest.importorskip("transformers")
traced = pytest.importorskip("model.forward_pass").traced
SWIN = {f"encoder.blocks.{n}.attn": 16 if n < 2 else 4 for n in range(4)}  # block -> windows


@pytest.fixture(scope="module")
def both():
    """family -> its trace, its model, what eager attention gives"""
    done = {}

    def of(family):
        if family not in done:
            model, given = made(family), inputs(family)
            out = run(made(family, "eager"), given)
            done[family] = traced(model, **given), model, out
        return done[family]

    return of


@pytest.mark.parametrize("family", OTHERS)
def test_patterns_are_those_of_eager_attention(both, family):
    trace, _, out = both(family)
    assert pattern_error(trace, out, trace.model["kind"]) < 1e-5
    assert all(pattern.std() > 1e-3 for pattern in attentions(out, trace.model["kind"]).values())
    assert {site.captures for site in trace.sites} == {"pattern" if family in WEIGHTS_ALONE else "full"}


@pytest.mark.parametrize("family", HANDED_OVER)
def test_the_residual_stream_is_transformers_hidden_states(both, family):
    trace, _, out = both(family)
    assert hidden_error(trace, out, trace.model["kind"]) < 1e-5


def test_the_stream_of_swin_goes_through_its_stages(both):
    trace, model, out = both("Swin")
    entered = [trace[f"encoder.blocks.{block}.resid_pre"] for block in (0, 2)]  # two blocks a stage
    for resid_pre, state in zip(entered, out.hidden_states, strict=False):
        torch.testing.assert_close(resid_pre, state[0], atol=1e-5, rtol=0)
    last = trace["encoder.blocks.3.resid_post"]
    torch.testing.assert_close(model.layernorm(last).detach(), out.last_hidden_state[0], atol=1e-5, rtol=0)


@pytest.mark.parametrize("family", HANDED_OVER)
def test_what_heads_add_through_W_o_is_what_the_attention_adds(both, family):
    trace, model, _ = both(family)
    assert heads_error(trace, model) < 1e-5


def test_names_say_who_reads_whom(both):
    cross = [(f"decoder.blocks.{n}.{which}", key) for n in range(2)
             for which, key in (("attn", "target"), ("cross_attn", "source"))]  # fmt: skip
    own = [(f"encoder.blocks.{n}.attn", "source") for n in range(2)]
    for family, sites in {"BERT with cross-attention": cross, "Whisper": own + cross, "ViT": own}.items():
        trace, *_ = both(family)
        assert [(site.name, site.key) for site in trace.sites] == sites
        assert ("memory" in trace) is (family != "ViT")
    whisper, _, out = both("Whisper")
    torch.testing.assert_close(whisper["memory"], out.encoder_last_hidden_state[0], atol=1e-5, rtol=0)
    torch.testing.assert_close(whisper["logits"], out.logits[0], atol=1e-5, rtol=1e-5)
    assert whisper.site("decoder.blocks.0.attn").mask.spec == "causal"


def test_every_window_is_a_site_with_a_bias_of_its_own(both):
    trace, *_ = both("Swin")
    assert [site.name for site in trace.sites] == [f"{of}.windows.{i}" for of, n in SWIN.items() for i in range(n)]
    for of, n_windows in SWIN.items():
        assert trace[f"{of.removesuffix('.attn')}.attn_out"].shape[0] == 16 * n_windows  # 4 x 4 positions each
    first, shifted = (trace[f"encoder.blocks.{n}.attn.windows.15.pair_bias"] for n in (0, 1))
    assert first.abs().max() < 1 and shifted.min() < -99  # what a shift brought from the other edge is kept apart
    whole = trace.pattern("encoder.blocks.2.attn.windows.1")
    torch.testing.assert_close(trace.pattern("encoder.blocks.2.attn.windows.1", [3]), whole[3:])


def test_a_model_is_left_as_it_was_given():
    model, given = made("ViT").train(), inputs("ViT")
    model.layers[1].eval()
    traced(model, **given)
    assert model.training and model.layers[0].training and not model.layers[1].training
    assert model.config._attn_implementation == "sdpa"
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    model(**{name: torch.cat([value, value]) for name, value in given.items()})  # a batch of two, as ever


@pytest.mark.parametrize("family", ["ViT", "Swin", "Whisper", "GPT-2 with cross-attention"])
def test_a_head_switched_off_is_one_whose_columns_of_W_o_are_zeros(both, family):
    """The rest of the model runs on: what comes out is what transformers' eager attention gives of such a W_o."""
    trace, model, _ = both(family)
    one = trace.sites[-1].name.partition(".windows.")[0]  # with all of its windows
    sites = [site for site in trace.sites if site.name.partition(".windows.")[0] == one]
    edited = traced(model, edits=[{"zero": site.name, "head": 1} for site in sites], **inputs(family))
    less = made(family, "eager")
    matrix = next(p for p in less.parameters() for W_o in [trace.W_o[sites[0].name]] if p.ndim == 2
                  and any(w.shape == W_o.shape and torch.equal(w, W_o) for w in (p, p.T)))  # fmt: skip
    W_o = matrix.data if torch.equal(matrix, trace.W_o[sites[0].name]) else matrix.data.T
    W_o.unflatten(1, (sites[0].n_heads, -1))[:, 1] = 0
    out = run(less, inputs(family))
    block = one.rpartition(".")[0]
    for of in ("last_hidden_state", "logits"):
        if (expected := getattr(out, of, None)) is not None:
            last = edited["logits"] if of == "logits" else edited[f"{block}.resid_post"]
            if of != "logits":
                norm = getattr(less, "layernorm", None)
                last = last if norm is None else norm(last)
            torch.testing.assert_close(last.detach(), expected[0], atol=1e-5, rtol=1e-5)
    assert not torch.allclose(edited[f"{block}.resid_post"], trace[f"{block}.resid_post"], atol=1e-4)


def test_masks_and_edits_of_a_picture_and_of_a_sound(both):
    picture, model, _ = both("ViT")
    hidden = [{"paint": "encoder.blocks.0.attn", "head": 2, "cells": [[0, 1, False]]}]
    edits = [*hidden, {"uniform": "encoder.blocks.1.attn", "head": 0}, {"diagonal": "encoder.blocks.1.attn", "head": 3}]
    trace = traced(model, edits=edits, **inputs("ViT"))
    scores = picture.scores("encoder.blocks.0.attn")
    scores[2, 0, 1] = -torch.inf
    torch.testing.assert_close(trace.pattern("encoder.blocks.0.attn"), scores.softmax(-1), atol=1e-6, rtol=0)
    last = trace.pattern("encoder.blocks.1.attn")
    torch.testing.assert_close(last[0], torch.full_like(last[0], 1 / last.shape[-1]))
    torch.testing.assert_close(last[3], torch.eye(last.shape[-1]))
    assert trace.request == {"edits": edits, "mask": "native"}
    causal = traced(model, mask="causal", **inputs("ViT"))
    for site in causal.sites:
        seen = causal.pattern(site.name)
        scores = causal[f"{site.name}.q"] @ causal[f"{site.name}.k"].mT * site.scale
        expected = scores.masked_fill(torch.ones_like(scores).triu(1).bool(), -torch.inf).softmax(-1)
        torch.testing.assert_close(seen, expected, atol=1e-6, rtol=0)
    sound, model, _ = both("Whisper")
    near = traced(model, mask={"window": 2}, **inputs("Whisper"))
    assert near.site("decoder.blocks.1.attn").mask.spec == {"window": 2, "of": "causal"}
    assert (near.pattern("decoder.blocks.1.attn").tril(-2) == 0).all()
    torch.testing.assert_close(near["memory"], sound["memory"], atol=0, rtol=0)  # the encoder stays as it is


def test_a_token_of_the_inputs_swapped_is_a_run_on_other_inputs(both):
    trace, model, _ = both("Whisper")
    given = inputs("Whisper")
    edited = traced(model, edits=[{"swap": 2, "side": "target", "token": 9}], **given)
    other = given["decoder_input_ids"].clone()
    other[0, 2] = 9
    expected = run(made("Whisper", "eager"), given | {"decoder_input_ids": other})
    torch.testing.assert_close(edited["logits"], expected.logits[0], atol=1e-5, rtol=1e-5)
    assert given["decoder_input_ids"][0, 2] != 9
    assert not torch.allclose(edited["logits"], trace["logits"], atol=1e-3)


def test_a_swap_is_of_the_vocabulary_of_its_side():
    model_class, config_class, sizes = FAMILIES["BERT to GPT-2"]
    narrow = drawn(model_class, config_class, sizes | {"encoder": sizes["encoder"] | {"vocab_size": 30}}, 3.0)
    given = {"input_ids": torch.tensor([[5, 6, 7]]), "decoder_input_ids": torch.tensor([[1, 5, 6]])}
    edit = {"swap": 1, "side": "target", "token": 99}
    edited = traced(narrow, edits=[edit], **given)
    other = traced(narrow, **given | {"decoder_input_ids": torch.tensor([[1, 99, 6]])})
    assert torch.equal(edited["logits"], other["logits"])
    with pytest.raises(InputError, match="unknown-token") as refused:
        traced(narrow, edits=[edit | {"side": "source"}], **given)
    assert refused.value.limit == 29


@pytest.mark.parametrize(("more", "code"), [
    ({"edits": [{"zero": "decoder.blocks.0.attn"}]}, "unknown-site"),
    ({"edits": [{"diagonal": "decoder.blocks.0.attn"}]}, "unknown-site"),
    ({"edits": [{"zero": "encoder.blocks.0.attn", "head": 4}]}, "unknown-head"),
    ({"edits": [{"paint": "encoder.blocks.0.attn", "cells": [[0, 99, True]]}]}, "unknown-cell"),
    ({"edits": [{"swap": 0, "side": "source", "token": 1}]}, "unknown-side"),
    ({"edits": [{"weight": "W", "row": 0, "column": 0, "value": 1}]}, "not-editable"),
    ({"edits": [{"nothing": 1}]}, "bad-edit"),
    ({"mask": "sideways"}, "bad-mask"),
    ({"mask": {"painted": [[0, 99, True]]}}, "bad-mask"),
])  # fmt: skip
def test_edits_and_masks_that_do_not_fit_are_refused_and_the_model_is_left_as_it_was(more, code):
    model = made("ViT")
    with pytest.raises(InputError, match=code):
        traced(model, **more, **inputs("ViT"))
    assert model.config._attn_implementation == "sdpa"
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_a_family_that_keeps_its_attention_to_itself_gives_its_weights():
    model, ids = drawn("MPNetModel", "MPNetConfig", BERT, 3.0), torch.randint(4, 99, (1, 7))
    trace = traced(model, input_ids=ids)
    with torch.no_grad():
        out = model.eval()(ids, output_attentions=True)
    assert {site.captures for site in trace.sites} == {"pattern"}
    assert pattern_error(trace, out, "encoder") < 1e-6
    for more in ({"mask": "causal"}, {"edits": [{"zero": "encoder.blocks.0.attn"}]}):
        with pytest.raises(InputError, match="weights-only"):
            traced(model, **more, input_ids=ids)


def test_the_weights_of_swin_v2_are_softmaxes_of_cosines_with_its_scale_and_its_bias(both):
    """Worked by hand from what each attention reads (Liu et al. 2022, section 3.3), window by window."""
    trace, model, _ = both("Swin V2")
    read = []
    own = [module for module in model.modules() if type(module).__name__ == "Swinv2SelfAttention"]
    hooks = [module.register_forward_pre_hook(lambda _, given: read.append(given)) for module in own]
    with torch.no_grad():
        model(**inputs("Swin V2"))
        for block, (module, (x, mask, *_)) in enumerate(zip(own, read, strict=True)):
            n_windows, n, _ = x.shape
            made_of_x = (of(x).unflatten(-1, (module.num_attention_heads, -1)) for of in (module.query, module.key))
            q, k = (one.transpose(1, 2) for one in made_of_x)
            cosines = torch.cosine_similarity(q[..., :, None, :], k[..., None, :, :], -1)
            table = module.continuous_position_bias_mlp(module.relative_coords_table).flatten(0, -2)
            bias = 16 * table[module.relative_position_index.flatten()].sigmoid().view(n, n, -1).permute(2, 0, 1)
            scores = cosines * module.logit_scale.exp().clamp(max=100) + bias
            if mask is not None:
                scores = scores.masked_fill((mask != 0)[:, None], -torch.inf)
            for window, expected in enumerate(scores.softmax(-1)):
                name = f"encoder.blocks.{block}.attn" + (f".windows.{window}" if n_windows > 1 else "")
                torch.testing.assert_close(trace.pattern(name), expected, atol=1e-5, rtol=0)
    for hook in hooks:
        hook.remove()
    assert [site.name for site in trace.sites] == [f"{of}.windows.{i}" for of, n in SWIN.items() for i in range(n)]


def test_one_at_a_time():
    given = inputs("ViT")["pixel_values"]
    with pytest.raises(ValueError, match="pixel_values is of shape"):
        traced(made("ViT"), pixel_values=torch.cat([given, given]))


def test_the_table_of_families_has_every_family_and_nothing_beyond_what_is_held():
    lines = (Path(__file__).parent.parent / "docs/families.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]
    assert [row[0] for row in rows] == [*FAMILIES, *OTHERS]
    for family, captures, *errors in rows:
        assert captures == ("pattern" if family in PATTERN or family in WEIGHTS_ALONE else "full")
        for error, most in zip(errors, (1e-5, 1e-5, 1e-5, 5e-3, 3e-2), strict=True):
            assert error in ("", "dtype-refused") or float(error) < most
