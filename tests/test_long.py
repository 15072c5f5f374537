"""Long inputs: any cell of any pattern is the model's own, and memory grows with the number of tokens."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from real_models import saved

from model.shapes import MAKERS, kept
from model.trace import Trace

transformers = pytest.importorskip("transformers")
huggingface = pytest.importorskip("model.huggingface")
TEXT = "the cat sat on the mat and looked at a dog that sat by the door; "
SMALL = {"hidden_size": 16, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 16}


def text(n: int) -> str:
    return (TEXT * (n // len(TEXT) + 1))[:n]


def run(model, n, makers=True) -> Trace:
    trace = model.prepare(text(n), None, "native", [], None)
    wanted = {name for name in trace.shapes if name.rpartition(".")[2] in MAKERS} if makers else None
    return model.run(trace, wanted)


@pytest.mark.parametrize(
    ("family", "n", "sizes"),
    [
        ("GPT-2", 1_024, {"n_positions": 1_024, "n_head": 12, "n_embd": 24, "n_layer": 2}),
        ("Llama", 4_096, SMALL | {"max_position_embeddings": 4_096, "num_hidden_layers": 1}),
    ],
)
def test_every_cell_is_that_of_eager_attention(tmp_path, family, n, sizes):
    model = huggingface.load(saved(tmp_path, family, **sizes), "real")
    trace = run(model, n)
    ids = torch.tensor([[token.id for token in trace.tokens["target"]]])
    assert len(ids[0]) == n
    eager = transformers.AutoModelForCausalLM.from_pretrained(tmp_path, attn_implementation="eager").eval()
    with torch.no_grad():
        out = eager(ids, output_attentions=True)
    for site, weights in zip(trace.sites, out.attentions, strict=True):
        torch.testing.assert_close(trace.pattern(site.name, [1, 3]), weights[0, [1, 3]], atol=1e-5, rtol=0)
        rows = trace.pattern(site.name, [2], range(n - 2, n))
        torch.testing.assert_close(rows, weights[0, [2], n - 2 :], atol=1e-5, rtol=0)
    torch.testing.assert_close(trace.logits(slice(n - 3, n)), out.logits[0, n - 3 :], atol=1e-4, rtol=1e-5)
    best = model.predictions(trace)[n - 1][0]
    assert best["probability"] == pytest.approx(float(out.logits[0, -1].softmax(-1).max()), rel=1e-4)


def test_what_is_kept_grows_with_the_number_of_tokens():
    """GPT-2 small's shape, with no model: the bytes of what a server keeps of it."""
    shapes = {f"decoder.blocks.{i}.attn.{name}": (12, 1_024, 64) for i in range(12) for name in ("q", "k", "v", "z")}
    shapes |= {"logits": (1_024, 50_257)}
    assert kept(shapes, {"decoder.blocks.3.attn.q"}, 256 * 1024 * 1024) == shapes.keys() - {"logits"}


GROWTH = """
import sys, resource
sys.path[:0] = [{root!r}, {tests!r}]
from test_long import huggingface, run
model = huggingface.load({folder!r}, "real")
run(model, 64)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
trace = run(model, {n})
site = trace.sites[0].name
trace.thumbnails(site), model.predictions(trace)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux counts it in kB")
def test_a_process_never_holds_the_patterns_of_all_heads(tmp_path):
    """At 3,072 tokens those of one attention alone would be 302 MB."""
    heads = {"n_head": 8, "n_embd": 16, "n_layer": 1, "n_positions": 3_072}
    folder = str(saved(tmp_path, "GPT-2", **heads))
    tests = Path(__file__).parent
    script = GROWTH.format(root=str(tests.parent), tests=str(tests), folder=folder, n=3_072)
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert int(told.split()[-1]) < 8 * 3_072 * 3_072 * 4
