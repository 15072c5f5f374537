import argparse
import asyncio
import json
import re
import shlex
import textwrap
import threading
from pathlib import Path

import httpx2
import numpy as np
import pytest
import safetensors.numpy

from app import Settings, create_app
from app.i18n import translate
from app.refusals import Refusal
from app.schemas import GenerateRequest, TraceRequest
from model import zoo
from model.glossary import GLOSSARY, dims
from model.trace import DERIVED

KINDS = ["encoder", "decoder", "encoder-decoder"]
TEXT = "The cat sat on the mat."
CHINESE = "我爱吃鱼"
SAFETENSORS, JSON, NDJSON = "application/vnd.safetensors", "application/json", "application/x-ndjson"


def post(client, text=TEXT, model="decoder", headers=None, **asked):
    response = client.post("/api/trace", json={"model": model, "text": text, **asked}, headers=headers)
    assert response.status_code == 200, response.text
    return response


def tensors(response):
    return safetensors.numpy.load(response.content)


def about(response):
    """What the header says of a trace."""
    length = int.from_bytes(response.content[:8], "little")
    metadata = json.loads(response.content[8 : 8 + length])["__metadata__"]
    return {name: json.loads(value) for name, value in metadata.items()}


def close(array, tensor):
    """Equal but for the rounding of another number of threads."""
    np.testing.assert_allclose(array, tensor.numpy(), rtol=1e-4, atol=1e-5)


def written(client, text=TEXT, model="decoder", **asked):
    response = client.post("/api/generate", json={"model": model, "text": text, **asked})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == NDJSON
    return [json.loads(line) for line in response.text.splitlines()]


# The models


def test_the_models_are_the_zoos_as_it_describes_them(client):
    response = client.get("/api/models")
    assert response.status_code == 200
    assert response.json() == [zoo.load(id).info() for id in zoo.ids()]


def test_every_model_says_what_a_client_must_know(client):
    for info in client.get("/api/models").json():
        assert info.keys() == {
            "id", "title", "kind", "n_layers", "n_heads", "n_kv_heads", "d_model", "d_head", "n_ctx", "n_vocab",
            "mask", "languages", "source", "parameters", "captures", "checkpoints", "license",
        }  # fmt: skip
        assert info["kind"] in KINDS


# A trace


@pytest.mark.parametrize("id", KINDS)
def test_a_trace_holds_every_tensor_of_the_same_run_in_python(client, id):
    response, trace = post(client, model=id), zoo.load(id).trace(TEXT)
    assert response.headers["content-type"] == SAFETENSORS
    sent = tensors(response)
    assert sent.keys() == trace.tensors.keys()
    for name, tensor in trace.tensors.items():
        assert sent[name].dtype == np.float32
        close(sent[name], tensor)


@pytest.mark.parametrize("id", KINDS)
def test_every_axis_of_every_tensor_runs_over_what_the_glossary_says(client, id):
    read = post(client, model=id, names=["*", *(f"*.{name}" for name in DERIVED)])
    config, tokens = about(read)["model"]["config"], about(read)["tokens"]
    sizes = {
        "source": len(tokens.get("source", [])), "target": len(tokens.get("target", [])),
        "head": config["n_heads"], "kv_head": config["n_heads"], "d_head": config["d_model"] // config["n_heads"],
        "d_model": config["d_model"], "d_mlp": config["d_mlp"], "n_vocab": config["n_vocab"],
    }  # fmt: skip
    for name, array in tensors(read).items():
        over = dims(name, id)
        assert len(over) == array.ndim, name
        if not name.endswith(".thumbnails"):
            assert array.shape == tuple(sizes[dim] for dim in over), name


@pytest.mark.parametrize("id", KINDS)
def test_a_trace_tells_its_tokens_sites_model_and_request(client, id):
    told, model = about(post(client, model=id)), zoo.load(id)
    tokens = {side: [(t.id, t.text, t.start, t.end) for t in read] for side, read in model.tokens(TEXT).items()}
    assert {
        side: [(t["id"], t["text"], t["start"], t["end"]) for t in read] for side, read in told["tokens"].items()
    } == tokens
    sites = [(site.name, site.layer, site.n_heads, site.query, site.key) for site in model.transformer.sites()]
    assert [tuple(s[key] for key in ("name", "layer", "n_heads", "query", "key")) for s in told["sites"]] == sites
    assert all(site["scale"] == model.info()["d_head"] ** -0.5 for site in told["sites"])
    assert told["model"]["id"] == id
    assert told["model"]["sha256"] == model.sha256
    asked = {"text": TEXT, "target": None, "mask": "native", "edits": [], "checkpoint": None}
    assert told["request"] == asked
    assert told["device"].startswith("CPU")


def test_predictions_are_a_softmax_over_the_whole_vocabulary(client):
    response = post(client, names=["logits"])
    logits = tensors(response)["logits"].astype("float64")
    probabilities = np.exp(logits - logits.max(-1, keepdims=True))
    probabilities /= probabilities.sum(-1, keepdims=True)
    rows = about(response)["predictions"]
    assert len(rows) == len(logits)
    for row, probability in zip(rows, probabilities, strict=True):
        assert [entry["id"] for entry in row] == probability.argsort()[::-1][:10].tolist()
        assert [entry["probability"] for entry in row] == pytest.approx(np.sort(probability)[::-1][:10], abs=1e-5)
        assert [entry["text"] for entry in row] == [zoo.load("decoder").tokenizer.piece(e["id"]) for e in row]


def test_one_visible_character_is_enough(client):
    sent = tensors(post(client, "a", "encoder-decoder", names=["encoder.blocks.0.attn.pattern"]))
    assert sent["encoder.blocks.0.attn.pattern"].shape[1:] == (2, 2)  # the letter and <eos>


@pytest.mark.parametrize("id", KINDS)
def test_json_says_the_same_as_safetensors(client, id):
    asked = {"model": id, "names": ["*.q", "*.log_denominator", "*.pattern", "*.thumbnails", "logits"]}
    if id == "encoder":
        asked["mask"] = {"window": 2}
    as_bytes, as_json = post(client, **asked), post(client, headers={"Accept": JSON}, **asked)
    assert as_json.headers["content-type"] == JSON
    read, expected = as_json.json(), tensors(as_bytes)
    assert {name: value for name, value in read.items() if name != "tensors"} == about(as_bytes)
    assert read["tokens"].keys() <= {"source", "target"}
    assert read["tensors"].keys() == expected.keys()
    for name, tensor in read["tensors"].items():
        assert tensor["shape"] == list(expected[name].shape)
        assert tensor["dims"] == list(dims(name, id))
        assert tensor["dtype"] == expected[name].dtype.name
        assert np.array_equal(np.array(tensor["data"], tensor["dtype"]), expected[name])


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", SAFETENSORS),
        ("application/json", JSON),
        ("text/html, application/json;q=0.9", JSON),
        ("application/json, application/vnd.safetensors", SAFETENSORS),
        ("application/*", SAFETENSORS),
        ("text/html", SAFETENSORS),
    ],
)
def test_json_is_for_those_who_ask_for_it(client, accept, media):
    response = post(client, names=["*.log_denominator"], headers={"Accept": accept})
    assert response.headers["content-type"] == media
    assert "Accept" in response.headers["vary"]


# Which tensors


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


def test_only_the_heads_asked_for_are_derived_and_in_that_order(client):
    names = ["*.0.attn.q", *(f"*.0.attn.{name}" for name in DERIVED)]
    every, some = tensors(post(client, names=names)), tensors(post(client, names=names, heads=[3, 1]))
    assert every.keys() == some.keys()
    for name, array in every.items():
        expected = array if name.endswith(".q") else array[[3, 1]]
        rounding = 1 if name.endswith(".thumbnails") else 1e-4
        np.testing.assert_allclose(some[name].astype(float), expected.astype(float), atol=rounding)


def test_float16_halves_the_bytes_and_rounds(client):
    names = ["*.q", "logits", "*.pattern"]
    full, half = tensors(post(client, names=names)), tensors(post(client, names=names, dtype="float16"))
    assert full.keys() == half.keys()
    for name, array in half.items():
        assert array.dtype == np.float16
        assert np.array_equal(array, full[name].astype("float16"))


# Masks


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


# The target of an encoder-decoder


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


# Edits


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


# The same request, the same bytes


@pytest.mark.parametrize("accept", [SAFETENSORS, JSON])
@pytest.mark.parametrize("id", KINDS)
def test_the_same_request_gives_the_same_bytes_on_another_server(serve, id, accept):
    asked = {"names": ["*.q", "*.pattern"], "mask": {"window": 3}, "headers": {"Accept": accept}}
    servers = serve(answer_cache=0, trace_cache=0), serve(answer_cache=0, trace_cache=1)
    one, other = (post(server, model=id, **asked) for server in servers)
    assert one.headers["server-timing"].startswith("tokenize")  # nothing was remembered
    assert (one.content, one.headers["etag"]) == (other.content, other.headers["etag"])


def test_a_request_asked_twice_comes_from_the_cache(serve):
    client = serve(max_queue=63)  # a server of its own, whose cache is empty
    first, second = post(client), post(client)
    stages = [stage.partition(";")[0] for stage in first.headers["server-timing"].split(", ")]
    assert stages == ["tokenize", "forward", "encode"]
    assert second.headers["server-timing"] == "cache;desc=hit"
    assert first.content == second.content
    other_names = post(client, names=["logits"])
    assert other_names.headers["server-timing"].startswith("encode;dur=")  # the run itself is remembered
    assert np.array_equal(tensors(other_names)["logits"], tensors(first)["logits"])
    spelt_out = {"mask": "native", "edits": [], "dtype": "float32", "target": None, "names": None, "heads": None}
    assert post(client, **spelt_out).headers["server-timing"] == "cache;desc=hit"


def test_a_client_that_has_the_bytes_is_not_sent_them_again(client):
    first = post(client, names=["logits"])
    tag = first.headers["etag"]
    for held in (tag, f"W/{tag}", f'"other", {tag}'):
        body = {"model": "decoder", "text": TEXT, "names": ["logits"]}
        again = client.post("/api/trace", json=body, headers={"If-None-Match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    changed = post(client, names=["logits"], mask="bidirectional", headers={"If-None-Match": tag})
    assert changed.headers["etag"] != tag
    as_json = post(client, names=["logits"], headers={"If-None-Match": tag, "Accept": JSON})
    assert as_json.headers["etag"] != tag


def test_many_requests_at_once_each_get_their_own_answer(serve):
    """Thirty different ones interleaved, each twice, against a server that was asked one after the other."""
    masks = ["native", "bidirectional", {"window": 2}, {"prefix": 2}, {"painted": [[0, 1, True]]}]
    bodies = [
        {"model": model, "text": f"{TEXT} {mask_number}", "mask": mask, "names": names}
        for model in KINDS
        for mask_number, mask in enumerate(masks)
        for names in (["*.q", "logits"], ["*.pattern"])
    ]
    expected = [serve(answer_cache=0, trace_cache=0).post("/api/trace", json=body).content for body in bodies]

    async def ask_all():
        app = create_app(Settings(device="cpu", threads=1))
        transport = httpx2.ASGITransport(app)
        async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport) as client:
            url = "http://localhost/api/trace"
            return await asyncio.gather(*(client.post(url, json=body) for body in [*bodies, *bodies]))

    answers = asyncio.run(ask_all())
    assert {answer.status_code for answer in answers} == {200}
    assert [answer.content for answer in answers] == [*expected, *expected]


# Writing


def test_greedy_writing_takes_what_the_trace_predicts(client):
    for id in ("decoder", "encoder-decoder"):
        (step,) = written(client, model=id, temperature=0, max_new_tokens=1)
        target = {"target": ""} if id == "encoder-decoder" else {}
        response = post(client, model=id, names=["logits"], **target)
        assert step["id"] == tensors(response)["logits"][-1].argmax()
        top = about(response)["predictions"][-1]
        assert [entry["id"] for entry in step["top"]] == [entry["id"] for entry in top]
        assert step["probability"] == pytest.approx(top[0]["probability"], abs=1e-6)
        assert {key: step[key] for key in ("id", "text")} == {key: top[0][key] for key in ("id", "text")}


def test_each_line_is_a_token_with_its_probability_and_the_likeliest_ten(client):
    lines = written(client, max_new_tokens=5, seed=3)
    assert 1 <= len(lines) <= 5
    for line in lines:
        assert line.keys() == {"id", "text", "probability", "top"}
        assert 0 < line["probability"] <= 1
        probabilities = [entry["probability"] for entry in line["top"]]
        assert len(probabilities) == 10
        assert probabilities == sorted(probabilities, reverse=True)
        assert line["text"] == zoo.load("decoder").tokenizer.piece(line["id"])


def ids(lines):
    return [line["id"] for line in lines]


def test_a_seed_writes_the_same_text_again_and_another_seed_another(client):
    texts = [ids(written(client, temperature=2, seed=seed, max_new_tokens=12)) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_sampling_among_one_is_greedy(client):
    greedy = ids(written(client, temperature=0, max_new_tokens=6))
    assert ids(written(client, temperature=0.0, max_new_tokens=6, seed=5)) == greedy
    assert ids(written(client, top_k=1, max_new_tokens=6)) == greedy
    assert ids(written(client, top_p=1e-6, max_new_tokens=6)) == greedy


def test_top_k_and_top_p_keep_to_the_likeliest(client):
    for line in written(client, temperature=10, top_k=3, max_new_tokens=12):
        assert line["id"] in [entry["id"] for entry in line["top"][:3]]


def test_writing_ends_with_the_text_or_where_it_was_told_to(client):
    lines = written(client, CHINESE, "encoder-decoder", temperature=0, max_new_tokens=100)
    assert [line["text"] == "<eos>" for line in lines] == [False] * (len(lines) - 1) + [True]
    assert len(written(client, temperature=0, max_new_tokens=2)) == 2


def test_a_translation_goes_on_from_the_target(client):
    whole = written(client, CHINESE, "encoder-decoder", temperature=0, max_new_tokens=100)
    first = whole[0]["text"]
    rest = written(client, CHINESE, "encoder-decoder", target=first, temperature=0, max_new_tokens=100)
    assert ids(rest) == ids(whole)[1:]


def test_writing_stops_where_the_model_has_no_room_left(client):
    n_ctx = zoo.load("decoder").info()["n_ctx"]
    full = " the" * (n_ctx - 1)  # and <bos>
    assert written(client, full) == []
    assert len(written(client, full.removeprefix(" the"), temperature=2, max_new_tokens=9)) == 1


def test_writing_is_not_kept(client):
    response = client.post("/api/generate", json={"model": "decoder", "text": TEXT, "max_new_tokens": 1})
    assert response.headers["cache-control"] == "no-store"


def hold(answers, monkeypatch, goes_on):
    """Between the first step and the rest the writing asks `goes_on`; tells when it was closed."""
    write, closed = type(answers).generate, threading.Event()

    def held(request):
        steps = write(answers, request)
        try:
            yield next(steps)
            goes_on()
            yield from steps
        finally:
            closed.set()

    monkeypatch.setattr(answers, "generate", held)
    return closed


def test_a_token_is_sent_before_the_next_one_is_computed(live, monkeypatch):
    read = threading.Event()
    hold(live.app.state.answers, monkeypatch, lambda: read.wait(20) or pytest.fail("the first line never came"))
    body = {"model": "decoder", "text": TEXT, "max_new_tokens": 3, "temperature": 0}
    with live.client.stream("POST", "/api/generate", json=body) as response:
        lines = response.iter_lines()
        first = next(lines)
        read.set()
        rest = list(lines)
    assert [json.loads(line).keys() >= {"id", "text"} for line in [first, *rest]] == [True] * 3


def test_a_client_that_leaves_ends_the_writing(live, monkeypatch):
    left, after = threading.Event(), threading.Event()
    closed = hold(live.app.state.answers, monkeypatch, lambda: left.wait(20))
    body = {"model": "decoder", "text": TEXT, "max_new_tokens": 200, "temperature": 10}
    with live.client.stream("POST", "/api/generate", json=body) as response:
        next(response.iter_lines())
    left.set()
    assert closed.wait(20)
    live.app.state.runs.later(after.set)
    assert after.wait(20)  # and the worker is free
    assert live.client.get("/api/models").status_code == 200


def test_what_goes_wrong_while_writing_is_the_last_line(client, monkeypatch):

    def fail():
        raise Refusal("deadline", retry_after=5, limit=20)

    hold(client.app.state.answers, monkeypatch, fail)
    lines = written(client)
    assert len(lines) == 2
    assert lines[1]["type"] == "urn:headlight:deadline"
    assert lines[1]["status"] == 503


# Glossary, health, description


def test_the_glossary_is_the_models_in_both_languages(client):
    listed = client.get("/api/glossary").json()
    assert [entry["name"] for entry in listed] == list(GLOSSARY)
    for entry in listed:
        known = GLOSSARY[entry["name"]]
        assert entry == {
            "name": entry["name"], "dims": known.dims.split(), "formula": known.formula,
            "en": known.en, "zh": known.zh, "derived": known.derived,
        }  # fmt: skip
        assert entry["en"] and entry["zh"]


def test_the_process_says_that_it_answers(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_server_is_ready_when_its_models_have_run(client):
    assert client.get("/api/models").status_code == 200  # waits for them
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "models": zoo.ids(), "unavailable": []}


FOREIGN = re.compile(r"""(?:https?:|wss?:)?//[a-z0-9-]+\.[a-z0-9.-]+""", re.IGNORECASE)


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json"])
def test_no_page_names_another_host(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert FOREIGN.findall(response.text) == []
    for address in re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)""", response.text):
        assert address.startswith("/"), address
        assert client.get(address).status_code == 200, address


def test_the_description_holds_every_call_of_the_api(client):
    described = client.get("/openapi.json").json()
    calls = {f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods}
    assert calls == {
        "GET /api/models", "GET /api/models/{id}/births", "POST /api/trace",
            "POST /api/figure", "POST /api/generate", "GET /api/glossary", "GET /healthz", "GET /readyz",
    }  # fmt: skip
    answers = described["paths"]["/api/trace"]["post"]["responses"]["200"]["content"]
    assert answers.keys() == {SAFETENSORS, JSON}
    schemas = described["components"]["schemas"]
    assert schemas["TraceRequest"]["additionalProperties"] is False
    for name in ("TraceRequest", "FigureRequest", "GenerateRequest"):
        for example in (field["examples"][0] for field in schemas[name]["properties"].values() if "examples" in field):
            assert example


def test_the_examples_of_the_description_can_be_sent(client):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    for path, name in (("/api/trace", "TraceRequest"), ("/api/generate", "GenerateRequest")):
        fields = schemas[name]["properties"]
        body = {field: facts["examples"][0] for field, facts in fields.items() if "examples" in facts}
        assert client.post(path, json=body).status_code == 200


# Its documentation

API = (Path(__file__).parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^    (curl .*)$", API.replace("\\\n", " "), re.MULTILINE)


@pytest.mark.parametrize("command", EXAMPLES, ids=lambda command: command[:80])
def test_every_example_of_the_documentation_is_answered(client, command):
    asked = argparse.ArgumentParser()
    asked.add_argument("url")
    asked.add_argument("-H", action="append", default=[])
    asked.add_argument("-d")
    asked.add_argument("-o")
    asked.add_argument("-N", action="store_true")
    example = asked.parse_args(shlex.split(command)[1:])
    headers = dict(header.split(": ") for header in example.H)
    method = "GET" if example.d is None else "POST"
    path = example.url.removeprefix("http://localhost:8000")
    response = client.request(method, path, content=example.d, headers=headers)
    assert response.status_code == 200, response.text
    assert response.content


def test_the_documentation_has_an_example_of_every_call(client):
    called = {re.search(r"localhost:8000(\S+)", command)[1] for command in EXAMPLES}
    paths = {re.sub(r"^/api/models/[\w-]+/", "/api/models/{id}/", path) for path in called}
    assert paths == set(client.get("/openapi.json").json()["paths"])


def test_the_documentation_lists_every_field_with_its_default():
    for name, schema in (("Trace", TraceRequest), ("Generate", GenerateRequest)):
        section = API.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        listed = dict(re.findall(r"^\| (\w+) \| (\S*) ?\|", section, re.MULTILINE))
        listed.pop("field")
        assert listed == {
            field: "" if info.is_required() else json.dumps(info.default) for field, info in schema.model_fields.items()
        } | ({"temperature": "1"} if name == "Generate" else {})


def test_the_python_of_the_documentation_reads_a_trace(client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trace.safetensors").write_bytes(post(client).content)
    block = API[API.index("    import json") : API.index("Each value")]
    known = {}
    exec(textwrap.dedent(block), known)
    assert known["tokens"]["target"][0]["text"] == "<bos>"
    assert known["q"].ndim == 3


# Pages


@pytest.mark.parametrize(
    ("query", "accepted", "lang"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "en-GB", "en"),
        ("", "", "en"),
        ("?lang=en", "zh-CN", "en"),
        ("?lang=zh", "en", "zh"),
        ("?lang=xx", "zh", "zh"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_is_in_the_visitors_language(client, path, query, accepted, lang):
    response = client.get(path + query, headers={"Accept-Language": accepted})
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["vary"] == "Accept-Language"
    assert re.search(r'<html lang="([^"]+)"', response.text)[1] == {"zh": "zh-CN", "en": "en"}[lang]
    said = {
        "/": "Headlight: what every attention head looks at", "/docs": "Headlight: the HTTP API",
    }[path]  # fmt: skip
    for language in ("en", "zh"):
        title = translate(language, said)
        assert (f"<title>{title}</title>" in response.text) is (language == lang)


def test_a_refusal_is_in_the_visitors_language(client):
    for query, accepted, word in (("", "zh", "没有"), ("?lang=zh", "en", "没有"), ("", "en", "nothing")):
        assert word in client.get(f"/nowhere{query}", headers={"Accept-Language": accepted}).json()["detail"]


def test_the_page_carries_what_its_scripts_need(client):
    page = client.get("/", headers={"Accept-Language": "zh"}).text
    data = json.loads(re.search(r'id="page"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert data["lang"] == "zh"
    assert data["limits"] == {"characters": 4000}
    assert data["catalog"]["Unknown model"] == translate("zh", "Unknown model")
    assert data["version"]
    importmap = json.loads(re.search(r'type="importmap"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    for address in importmap["imports"].values():
        assert client.get(address).headers["content-type"].startswith("text/javascript")


def test_only_scripts_of_this_very_response_run(client):
    nonces = set()
    for _ in range(2):
        response = client.get("/")
        (nonce,) = set(re.findall(r'nonce="([^"]+)"', response.text))
        assert f"script-src 'self' 'nonce-{nonce}'" in response.headers["content-security-policy"]
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/api/models", "/static/icon.svg", "/nowhere"])
def test_every_response_has_the_security_headers_and_an_id_of_its_own(client, path):
    responses = [client.get(path), client.get(path)]
    for response in responses:
        policy = response.headers["content-security-policy"]
        for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'"):
            assert part in policy
        assert "unsafe-eval" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"]
        assert not [name for name in response.headers if name.startswith("access-control")]
    assert responses[0].headers["x-request-id"] != responses[1].headers["x-request-id"]
