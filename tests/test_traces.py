"""Which runs are kept."""

from __future__ import annotations

import pytest

from app import traces
from app.answers import Answers
from app.schemas import TraceRequest
from app.settings import MiB, Settings
from app.traces import Clock
from model import shapes, zoo

NATIVE, BIDIRECTIONAL = (
    TraceRequest.model_validate({"model": "decoder", "text": "a " * 60, "mask": mask})
    for mask in ("native", "bidirectional")
)


def test_two_runs_that_are_not_kept_whole_are_kept_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """One mask beside another: what is asked of either comes without a second run."""
    model = zoo.load("decoder", "cpu")
    whole = model.prepare(NATIVE.text, None, "native", [], None)
    most = shapes.nbytes(whole.shapes, whole.shapes)
    assert most > MiB
    monkeypatch.setattr(traces, "SMALL", 0)
    kept = Answers(Settings(device="cpu", trace_cache=most)).traces
    for request in (NATIVE, BIDIRECTIONAL):
        asked = {"decoder.blocks.0.attn.q", "decoder.blocks.0.attn.log_denominator"}
        trace = kept.run(model, kept.prepared(model, request, Clock()), request, asked, Clock())
        assert len(trace.tensors) < len(trace.shapes) and trace.nbytes > 0.4 * most
    assert all(kept.prepared(model, request, Clock()).made for request in (NATIVE, BIDIRECTIONAL))
    assert kept.kept.size <= most
