"""The examples of docs/notebooks.md, run from top to bottom; what stands behind an arrow is what comes out."""

import ast
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

TEXT = (Path(__file__).parent.parent / "docs" / "notebooks.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
ARROW = re.compile(r"  # → (.*)$")


def run(block, names):
    """-> (what a line gave, what the page says of it), for each line that says so"""
    lines = block.splitlines()
    for node in ast.parse(block).body:
        source = ast.get_source_segment(block, node)
        said = ARROW.search(lines[node.end_lineno - 1])
        if said:
            yield eval(source, names), ast.literal_eval(said[1])
        else:
            exec(source, names)


def test_every_example_gives_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names, compared = {}, 0
    for block in BLOCKS:
        for given, said in run(block, names):
            assert given == said
            compared += 1
    assert compared == TEXT.count("# →") - 1 >= 10  # one arrow stands in the words above
    held = load_file(tmp_path / "run.safetensors")
    assert held.keys() == {*names["trace"]}


def test_a_wrong_result_would_be_found():
    ((given, said),) = run("1 + 1  # → 3", {})
    assert given != said


def test_what_is_not_run_is_python_and_is_refused_where_there_is_nothing(tmp_path, monkeypatch):
    from model import zoo

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    (block,) = re.findall(r"```python no-run\n(.*?)```", TEXT, re.DOTALL)
    calls = ast.parse(block).body
    assert len(calls) == 4
    for call in calls:
        with pytest.raises(zoo.NotHere):
            eval(ast.unparse(call), {"zoo": zoo, "torch": torch})
