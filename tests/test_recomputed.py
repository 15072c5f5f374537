"""An edited trace, worked again by the page's own modules from what the server sends."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from api.client import CHINESE, TEXT, post, tensors

from model import zoo

RECOMPUTE = Path(__file__).parent / "js" / "recompute.mjs"
SITE, CROSS = "decoder.blocks.1.attn", "decoder.blocks.1.cross_attn"
ALONE = [[2, key, False] for key in range(3)]  # the third query sees nothing
EDITS = {
    "uniform": [{"uniform": SITE, "head": 1}],
    "diagonal": [{"diagonal": SITE, "head": 1}],
    "paint": [{"paint": SITE, "cells": [[1, 2, True], *ALONE]}],
    "paint of one head": [{"paint": SITE, "head": 3, "cells": [[1, 2, True], *ALONE]}],
    "several": [
        {"diagonal": SITE, "head": 0}, {"paint": SITE, "cells": [[2, 0, True], [1, 1, False]]},
        {"uniform": SITE}, {"uniform": "decoder.blocks.0.attn", "head": 2},
    ],
}  # fmt: skip


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
@pytest.mark.parametrize(
    ("model", "asked", "edits"),
    [
        *[("decoder", {"text": TEXT}, edits) for edits in EDITS.values()],
        ("encoder", {"text": TEXT}, [{"diagonal": "encoder.blocks.1.attn", "head": 1}]),
        (
            "encoder-decoder",
            {"text": CHINESE, "target": "I love"},
            [{"paint": CROSS, "head": 1, "cells": [[0, 0, False], [1, 2, False]]}, {"uniform": CROSS, "head": 2}],
        ),
    ],
)
def test_the_page_makes_the_patterns_of_an_edited_run_as_python_does(client, tmp_path, model, asked, edits):
    names = ["*.q", "*.k", "*.v", "*.z", "*.log_denominator"]
    response = post(client, model=model, edits=edits, names=names, **asked)
    (tmp_path / "trace.safetensors").write_bytes(response.content)
    command = ["node", str(RECOMPUTE), str(tmp_path / "trace.safetensors")]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    expected = tensors(post(client, model=model, edits=edits, names=["*.pattern"], **asked))
    run = zoo.load(model).trace(edits=edits, **asked)
    assert [of["site"] for of in found] == [site.name for site in run.sites]
    for of in found:
        for head, worked in enumerate(of["heads"]):
            pattern = expected[f"{of['site']}.pattern"][head]
            page = np.array(worked["pattern"]).reshape(pattern.shape)
            np.testing.assert_allclose(page, pattern, atol=2e-6)
            assert ((page == 0) == (pattern == 0)).all()
            hidden = ~run.visible(of["site"], head).numpy()
            assert (np.isnan(np.array(worked["patches"], dtype=float)).reshape(pattern.shape) == hidden).all()
            assert worked["apart"] < 2e-5
