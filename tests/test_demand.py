"""What a run is said to take beside what a process took for it, at its largest: a process of its own, on Linux."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from api.client import TEXT
from real_models import saved

from app import Settings
from app.answers import Answers
from app.refusals import Refusal
from app.schemas import ImportanceRequest, TraceRequest
from app.wire import SAFETENSORS
from model import demand, zoo

TESTS = Path(__file__).parent
MiB = 1024 * 1024
WORDS = {
    "encoder": "the cat sat on a mat . " * 30, "decoder": "the cat sat on a mat . " * 30,
    "encoder-decoder": "我看见一只狗。" * 15,
}  # fmt: skip
SCRIPT = """
import ctypes, gc, json, sys
sys.path[:0] = [{root!r}, {tests!r}]
import torch
torch.set_num_threads(1)
from test_demand import Answers, Path, SAFETENSORS, Settings
from app.limits import Limits
from app import schemas
answers = Answers(Settings(device="cpu", models={models!r}, max_run_memory=2**40, deadline=1e6, trace_cache=0))
for id in answers.models.ids():
    answers.models.read(id)
said, fits = [], Limits.fits
Limits.fits = lambda self, size: said.append(size) or fits(self, size)

def status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name))) * 1024

def asked(what, body):
    request = getattr(schemas, {{"trace": "Trace"}}.get(what, what.capitalize()) + "Request").model_validate(body)
    if what == "trace":
        return answers.trace(request, SAFETENSORS)
    steps = getattr(answers, what)(request)
    if what == "importance":
        return next(steps), next(steps)  # every batch takes as much as the first
    return list(steps)

for what, body in json.loads(sys.stdin.read()):
    short = {{"text": body["text"][:24]}} | ({{"target": body["target"][:24]}} if "target" in body else {{}})
    asked(what, body | short)  # what is made once
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    said.clear()
    Path("/proc/self/clear_refs").write_text("5")
    before = status("VmRSS")
    asked(what, body)
    print(json.dumps([max(said), status("VmHWM") - before]), flush=True)
"""
LEAST, MOST = 0.7, 2.5  # what was freed before is now and then taken again, or cannot be
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells how large a process was")


def measured(models, asked):
    """For each of these requests what it was said to take, by what it took."""
    script = SCRIPT.format(root=str(TESTS.parent), tests=str(TESTS), models=[str(folder) for folder in models])
    told = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(asked), capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [said / took for said, took in map(json.loads, told)]


@linux
def test_runs_importance_and_gradients_of_the_shipped_models_take_about_what_they_are_said_to():
    asked = []
    for id, text in WORDS.items():
        body = {"text": text} | ({"target": "I see a dog . " * 15} if id == "encoder-decoder" else {})
        asked.append(("trace", body | {"model": id, "names": [], "predictions": True}))
        asked.append(("importance", body | {"model": id, "position": 3}))
        for measure in ("distance", "depth"):
            asked.append(("gradients", body | {"measure": measure, "models": [id]}))
    ratios = measured([], asked)
    assert len(ratios) == len(asked)
    assert all(LEAST < ratio < MOST for ratio in ratios), ratios


@linux
def test_so_do_those_of_real_models_with_a_bias_a_cap_and_weights_alone(tmp_path):
    pytest.importorskip("transformers")
    sizes = {
        "T5": {"d_model": 128, "d_kv": 16, "d_ff": 256, "num_heads": 8},
        "Gemma2": {"hidden_size": 128, "intermediate_size": 256, "num_attention_heads": 8, "sliding_window": 64,
                   "max_position_embeddings": 2_048, "vocab_size": 8_000},
        "MPNet": {
            "hidden_size": 64, "num_attention_heads": 8, "num_hidden_layers": 4, "max_position_embeddings": 2_000,
        },
    }  # fmt: skip
    folders = [saved(tmp_path / family.lower(), family, **config) for family, config in sizes.items()]
    text = ("the cat sat on the mat and looked at a dog; " * 50)[:1_600]
    asked = [("trace", {"model": family.lower(), "text": text, "names": []}) for family in sizes]
    asked[0][1]["target"] = text[:800]
    asked.append(("importance", {"model": "gemma2", "text": text, "position": 3}))
    ratios = measured(folders, asked)
    assert len(ratios) == 4 and all(LEAST < ratio < MOST for ratio in ratios), ratios


def test_weights_that_are_handed_out_are_all_there_whatever_is_kept(tmp_path):
    pytest.importorskip("transformers")
    folder = saved(tmp_path / "mpnet", "MPNet", num_hidden_layers=3, max_position_embeddings=600)
    served = Answers(Settings(device="cpu", models=[str(folder)], max_run_memory=16 * MiB))
    served.models.read("mpnet")
    model = served.models.get("mpnet")
    n, text = 500, ("the cat sat on the mat; " * 30)[:500]
    trace = model.prepare(text, None, "native", [], None)
    assert 3 * 4 * n * n * 4 < demand.bytes_of(trace, ())  # blocks, heads, cells, bytes of each
    with pytest.raises(Refusal) as refused:
        served.trace(TraceRequest(model="mpnet", text=text, names=["*.0.attn.head_scores"]), SAFETENSORS)
    assert (refused.value.slug, refused.value.values["limit"]) == ("too-much-memory", 16 * MiB)
    assert not served.traces.kept.size


def test_heads_that_cannot_be_edited_are_not_weighed(tmp_path):
    pytest.importorskip("transformers")
    served = Answers(Settings(device="cpu", models=[str(saved(tmp_path / "gptj", "GPT-J"))]))
    served.models.read("gptj")
    with pytest.raises(Refusal) as refused:
        next(served.importance(ImportanceRequest(model="gptj", text="the cat", position=3)))
    assert refused.value.slug == "weights-only"


def test_edited_copies_are_counted_beside_what_is_kept_of_the_run():
    model = zoo.load("decoder")
    trace = model.prepare(TEXT, None, "native", [], None)
    kept = {name for name in trace.shapes if name.endswith(".q")}
    one, three = (demand.bytes_of_edited(trace, (), copies) for copies in (1, 3))
    assert three == 3 * one
    assert demand.bytes_of_edited(trace, kept, 1) - one == 4 * 16 * len(trace.tokens["target"]) * 32
