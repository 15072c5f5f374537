import re

import pytest
import torch

from app import figures, plotting
from app.paths import folder
from app.schemas import FigureRequest
from model import zoo
from model.tokenizer import Token

TEXT = "The cat <b>sat</b>"
SITE, HEAD = "decoder.blocks.0.attn", 1
BODY = {"model": "decoder", "text": "The cat <b>sat</b>", "site": "decoder.blocks.0.attn", "head": 1}


@pytest.mark.parametrize("view", ["weights", "scores", "lines", "qkv", "values"])
@pytest.mark.parametrize(("lang", "heading"), [("en", "head 1"), ("zh-CN", "头 1")])
def test_a_figure_is_one_file_that_names_the_run(client, view, lang, heading):
    response = client.post("/api/figure", json={**BODY, "view": view}, headers={"Accept-Language": lang})
    assert response.status_code == 200
    assert response.headers["content-disposition"].startswith("attachment")
    assert response.headers["cache-control"] == "no-store"
    title = re.search("<h1[^>]*>(.*?)</h1>", response.text)
    assert title and heading in title[1] and zoo.load("decoder").sha256[:12] in title[1]
    assert not re.search(r"<(script|link)[^>]*(src|href)=", response.text)
    assert "<b>sat" not in response.text


@pytest.mark.parametrize(
    ("change", "status", "slug"),
    [
        ({"site": "decoder.blocks.9.attn"}, 422, "unknown-name"),
        ({"head": 4}, 422, "unknown-head"),
        ({"model": "none"}, 404, "unknown-model"),
        ({"text": " "}, 422, "empty-text"),
        ({"view": "values", "query": 99}, 422, "out-of-range"),
        ({"view": "lines", "beside": [4]}, 422, "unknown-head"),
        ({"view": "lines", "threshold": 1.5}, 422, "out-of-range"),
        ({"view": "thumbnails"}, 422, "invalid-field"),
    ],
)
def test_what_cannot_be_drawn_is_refused(client, change, status, slug):
    response = client.post("/api/figure", json={**BODY, **change})
    assert response.status_code == status, response.json()
    assert response.json()["type"].endswith(slug)


@pytest.fixture(scope="module")
def trace():
    return zoo.load("decoder", "cpu").trace(TEXT)


def drawn(trace, **asked):
    """The figure and its note, of a request that the API takes."""
    return figures.drawn(trace, trace.site(SITE), FigureRequest.model_validate({**BODY, **asked}), "en")


def same(shown, expected):
    shown = torch.tensor([[torch.nan if x is None else float(x) for x in row] for row in shown])
    return torch.allclose(shown, expected, atol=1e-6, equal_nan=True)


def masked(matrix):
    return matrix.masked_fill(torch.ones_like(matrix).triu(1).bool(), torch.nan)


def test_every_view_of_the_page_can_be_asked_for():
    views = re.search(r"export const VIEWS = \[(.*?)\];", (folder("static") / "js" / "names.js").read_text("utf-8"))
    assert views and set(re.findall(r'"(\w+)"', views[1])) == set(figures.NAMES)


@pytest.mark.parametrize("direction", ["columns", "rows"])
@pytest.mark.parametrize(("threshold", "beside"), [(0.01, []), (0.3, []), (0.05, [3, 0])])
def test_the_lines_are_the_weights_from_the_threshold_on(trace, direction, threshold, beside):
    figure, note = drawn(trace, view="lines", direction=direction, threshold=threshold, beside=beside)
    found, n = {}, len(trace.tokens["target"])
    for part in figure.data:
        along, across = (part.x, part.y) if direction == "rows" else (part.y, part.x)
        for i in range(0, len(part.customdata or ()), 4):
            assert across[i : i + 4] == (0, 0.5, 1, None)
            place = part.meta, int(along[i] * n), int(along[i + 2] * n)
            assert place not in found
            found[place] = part.customdata[i]
            assert abs(part.line.width - 0.75 - (3.75 if beside else 6.25) * part.customdata[i]) < 0.06
            query, key = part.text[i].split(" → ")
            assert (int(query.split()[-1]), int(key.split()[-1])) == place[1:]
    pattern = trace.pattern(SITE)
    due = {
        (head, query, key): float(pattern[head, query, key])
        for head in [HEAD, *beside] for query in range(n) for key in range(query + 1)
        if pattern[head, query, key] >= threshold
    }  # fmt: skip
    assert found == due and due
    lines = n * (n + 1) // 2 * (1 + len(beside))
    assert f"{len(due)} of {lines} lines" in note and f"From a weight of {threshold * 100:g} %" in note


def test_several_heads_have_the_pages_colours(trace):
    source = (folder("static") / "js" / "head_colours.js").read_text("utf-8")
    light = re.search(r"light: \[(.*?)\]", source)
    assert light and tuple(re.findall("#[0-9a-f]{6}", light[1])) == plotting.HEADS
    figure, _ = drawn(trace, view="lines", beside=[0, 2])
    colours = {part.meta: part.line.color for part in figure.data if part.meta is not None}
    assert colours == {head: plotting.HEADS[head] for head in (0, 1, 2)}


@pytest.mark.parametrize("sink", ["shown", "hidden"])
@pytest.mark.parametrize("measure", ["norms", "weights"])
def test_the_values_are_what_the_head_moves(trace, measure, sink):
    figure, note = drawn(trace, view="values", measure=measure, sink=sink, query=3)
    matrix, weights, norms, moved, z, shares = figure.data
    pattern, v = masked(trace.pattern(SITE)[HEAD]), trace.tensors[f"{SITE}.v"][HEAD]
    lengths = v.norm(dim=-1)
    if sink == "hidden":
        pattern[:, 0] = torch.nan
    assert ("hidden" in note) == (sink == "hidden")
    assert same(matrix.z, pattern * lengths if measure == "norms" else pattern)
    assert same([weights.y, moved.y], torch.stack([pattern[3], pattern[3] * lengths]))
    assert same([norms.y], torch.where(pattern[3].isnan(), torch.nan, lengths)[None])
    assert same(z.z, trace.tensors[f"{SITE}.z"][HEAD, 3][None])
    assert same(
        [shares.y, shares.customdata], torch.stack([trace.head_out_share(SITE)[:, 3], trace.head_out_norm(SITE)[:, 3]])
    )
    assert sum(shares.y) == pytest.approx(1, abs=1e-5)


def test_the_first_position_can_be_left_out_of_the_weights(trace):
    (whole,), (rest,) = (drawn(trace, sink=sink)[0].data for sink in ("shown", "hidden"))
    expected = masked(trace.pattern(SITE)[HEAD])
    assert same(whole.z, expected)
    expected[:, 0] = torch.nan
    assert same(rest.z, expected)


@pytest.mark.parametrize(
    ("spec", "en", "zh"),
    [
        ("causal", "causal", "因果"), ({"window": 4, "of": "causal"}, "window of 4", "窗口 4"),
        ({"prefix": 3}, "prefix of 3", "前缀 3"), ({"painted": [[0, 0, False]], "of": "causal"}, "painted", "手画"),
    ],
)  # fmt: skip
def test_a_title_says_the_mask_in_words(spec, en, zh):
    assert figures.mask_name(spec, "en") == en
    assert figures.mask_name(spec, "zh").startswith(zh[:1])


def test_the_mask_of_the_run_stands_in_the_title(client):
    response = client.post("/api/figure", json={**BODY, "mask": {"window": 2}})
    title = re.search("<h1[^>]*>(.*?)</h1>", response.text)
    assert title and title[1].endswith("window of 2")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (" cat", "␣cat 0"), ("\x07\r\n", r"\x07\r⏎ 0"), ("\u0378\u200b", "U+0378U+200B 0"),
        ("\x7f\x85", r"\x7FU+0085 0"), ("é猫", "é猫 0"),
    ],
)
def test_a_token_without_a_shape_is_labelled_as_on_the_page(text, label):
    assert plotting.labels([Token(7, text, 0, len(text))]) == [label]
