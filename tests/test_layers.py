"""Who may import whom, and how long a file may be, held here."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 300
WEB = {"app", "fastapi", "starlette", "uvicorn", "pydantic", "plotly", "babel", "static", "templates"}
PURE = {
    "attention", "masks", "colour", "format", "labels", "safetensors", "selection", "trace", "names", "locale", "kinds",
    "grid", "births", "exports", "lines", "line_layout", "head_colours", "neuron", "sink", "values", "stages",
    "stage_words", "score_words", "at_stage", "attended", "layers", "matrices", "pixels", "architecture", "paging",
    "real_words", "markup",
    "tiling", "colour_table", "halves", "bad_file", "head_scores", "attentions", "print", "line_picture",
    "cells", "edits", "setup", "line_layers", "marks", "large_print", "birth_layout", "birth_picture", "number_types",
    "acts", "spread", "beams", "kept", "sampling", "painting", "edit_words", "edited_mask", "undoing", "downstream",
    "vocabulary", "portions", "alignment", "differences", "comparison", "panes", "presets", "off_training",
    "whole_words", "hidden", "sides", "trace_number", "typed_number", "lesson_run", "stations", "entries",
    "structure", "structure_layout", "structure_words", "structure_stage", "road", "mask_shape", "word_order",
    "head_sums", "temperature", "rereading", "tested", "measuring", "log_plot", "chart", "relay", "cost", "beside",
    "model_states", "trace_file", "windowing", "blocks", "frames",
}  # fmt: skip
OUTSIDE = {"state.js", "api.js", "main.js"}  # what a view may not reach for: the store, the server, the wiring
REACHES = {"fetch", "document", "window", "localStorage", "sessionStorage", "navigator", "location", "history"}
DOM = REACHES | {"HTMLElement", "requestAnimationFrame", "setTimeout", "matchMedia", "XMLHttpRequest", "WebSocket"}

PYTHON = sorted(path for folder in ("model", "app") for path in (ROOT / folder).rglob("*.py"))
SCRIPTS = sorted((ROOT / "static/js").rglob("*.js"))
VIEWS = sorted((ROOT / "static/js/views").rglob("*.js"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def in_folder(folder: str) -> list[Path]:
    return [path for path in PYTHON if path.is_relative_to(ROOT / folder)]


def imported(source: str, package: tuple[str, ...] = ()) -> Iterator[str]:
    """The top-level packages that Python source imports, wherever it does; `package` is where the source lies."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            above = package[: len(package) - node.level + 1]
            yield from above[:1] or ((node.module or node.names[0].name).partition(".")[0],)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]
        elif isinstance(node, ast.Call) and called(node.func) in ("__import__", "import_module"):
            yield from (str(arg.value).partition(".")[0] for arg in node.args[:1] if isinstance(arg, ast.Constant))


def called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def imports_of(path: Path) -> set[str]:
    return set(imported(path.read_text("utf-8"), path.parent.relative_to(ROOT).parts))


def modules_of(source: str) -> set[str]:
    """What a script imports, as it is written there."""
    pattern = r"""(?:\bfrom|\bimport\s*\(?|\bexport\b[^;"'`]*\bfrom)\s*["']([^"']+)["']"""
    return set(re.findall(pattern, without_comments(source)))


def without_comments(source: str) -> str:
    return re.sub(r"/\*.*?\*/|(?<![:\"'`\w])//[^\n]*", "", source, flags=re.DOTALL)


def reached(source: str, names: set[str]) -> set[str]:
    """Which of these globals a script uses: not as a property of another, an object's key or a word in a string."""
    code = re.sub(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', '""', without_comments(source))
    code = re.sub(r"([{,]\s*)[A-Za-z]\w*(?=\s*:)", r"\1", code)
    return {found for found in re.findall(r"(?<![.\w$-])[A-Za-z]\w*", code) if found in names}


@pytest.mark.parametrize("path", in_folder("model"), ids=name)
def test_the_model_knows_no_web(path: Path) -> None:
    assert not imports_of(path) & WEB


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_only_one_file_may_import_transformers(path: Path) -> None:
    assert name(path) == "model/huggingface.py" or not imports_of(path) & {"transformers", "huggingface_hub"}


@pytest.mark.parametrize("path", in_folder("app"), ids=name)
def test_the_app_imports_nothing_of_the_tests_or_the_scripts(path: Path) -> None:
    assert not imports_of(path) & {"tests", "scripts", "pytest", "environment", "chromium", "playwright"}


@pytest.mark.parametrize("path", VIEWS, ids=name)
def test_a_view_is_given_what_it_shows(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not {module.rpartition("/")[2] for module in modules_of(source)} & OUTSIDE
    assert not any("signals" in module for module in modules_of(source))
    assert not reached(source, REACHES)


@pytest.mark.parametrize("stem", sorted(PURE))
def test_what_only_computes_touches_no_page(stem: str) -> None:
    source = (ROOT / f"static/js/{stem}.js").read_text("utf-8")
    assert modules_of(source) <= {f"./{other}.js" for other in PURE}
    assert not reached(source, DOM)


def test_scripts_import_what_is_there() -> None:
    """A bare name is one of the import map's, any other a file of ours; no script comes from another host."""
    bare = set(re.findall(r'"([^"]+)":\s*"/static/vendor/', (ROOT / "static/vendor/importmap.json").read_text("utf-8")))
    for path in SCRIPTS:
        for module in modules_of(path.read_text("utf-8")):
            assert module in bare or (module.startswith(".") and (path.parent / module).is_file()), (name(path), module)


@pytest.mark.parametrize("path", [*PYTHON, *SCRIPTS], ids=name)
def test_a_file_is_one_noun_long(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


def test_there_is_something_to_hold() -> None:
    assert len(in_folder("model")) > 10 and len(in_folder("app")) > 10 and len(VIEWS) > 5 and len(SCRIPTS) > len(VIEWS)


@pytest.mark.parametrize(
    ("source", "packages"),
    [
        ("import app.api", {"app"}),
        ("from fastapi.routing import APIRoute", {"fastapi"}),
        ("def later():\n    import transformers", {"transformers"}),
        ("from . import masks\nfrom .trace import Tap", {"model"}),
        ("from .. import app", {"app"}),
        ("from ..app import api", {"app"}),
        ("importlib.import_module('jinja2.ext')", {"jinja2"}),
        ("'import app'  # import app", set()),
    ],
)
def test_every_way_to_import_is_seen(source: str, packages: set[str]) -> None:
    assert set(imported(source, ("model",))) == packages


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ('import {a} from "./state.js";', {"./state.js"}),
        ('import {\n  a,\n  b,\n} from "../api.js";', {"../api.js"}),
        ('import "./main.js"; const p = await import("plotly");', {"./main.js", "plotly"}),
        ('export * from "./x.js";', {"./x.js"}),
        ('// import "./state.js";\n/* from "./api.js" */', set()),
    ],
)
def test_every_way_to_import_a_script_is_seen(source: str, modules: set[str]) -> None:
    assert modules_of(source) == modules


@pytest.mark.parametrize(
    ("source", "globals_"),
    [
        ("document.title = 1;", {"document"}),
        ("const x = () => fetch(url);", {"fetch"}),
        ("html`<p>${window.innerWidth}</p>`", {"window"}),
        ("x ? localStorage : null", {"localStorage"}),
        ('t("window"); ({window: 4}); spec.window; // window', set()),
    ],
)
def test_every_reach_for_the_page_is_seen(source: str, globals_: set[str]) -> None:
    assert reached(source, REACHES) == globals_
