"""BertViz 1.4.1 (Vig 2019), to be measured beside.

`.venv/bin/python scripts/bench/peer.py FOLDER` fetches it, with pip, and the three scripts that its pages load, with
npm, into a folder that nothing else uses.
"""

from __future__ import annotations

import functools
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

from acts import Act
from playwright.sync_api import Page, Route

VERSION = "1.4.1"
SCRIPTS = {  # what its pages load: what of which package of npm that is (jquery 2.0.0, which they name, is not there)
    "**/require.min.js": ("requirejs@2.3.6", "package/require.js"),
    "**/d3.min.js": ("d3@5.7.0", "package/dist/d3.min.js"),
    "**/jquery.min.js": ("jquery@2.1.0", "package/dist/jquery.min.js"),
}
MODEL_VIEW, HEAD_VIEW = "rect.attn_background", ".headAttention"  # one a head, drawn last
PAINTED = """async (count) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  while (document.querySelectorAll("%s").length < count) await frame();
  await frame();
  return performance.now() - performance.getEntriesByType("navigation")[0].responseStart;
}"""
HEAD = Act(  # a double click on a head's square shows it alone, the next one all heads again
    """const square = document.querySelectorAll("#vis svg > g:last-child rect")[1];
    square.dispatchEvent(new MouseEvent("dblclick", {bubbles: true}))""",
    'return document.querySelector(".headAttention line").getAttribute("stroke-opacity")',
)
BLOCK = Act(
    """const layer = document.querySelector("#layer");
    layer.value = 1 - Number(layer.value);
    layer.dispatchEvent(new Event("change"))""",
    'return document.querySelector("#vis svg").dataset.drawn ??= performance.now()',
)
ABSENT = "BertViz is not there: `.venv/bin/python scripts/bench/peer.py FOLDER` fetches it, then say --bertviz FOLDER."


def fetch(folder: Path) -> None:
    install = [sys.executable, "-m", "pip", "install", "--target", str(folder)]
    subprocess.run([*install, "--no-deps", f"bertviz=={VERSION}"], check=True)  # it would bring all of transformers
    subprocess.run([*install, "ipython"], check=True)
    subprocess.run(["npm", "pack", *(package for package, _ in SCRIPTS.values())], cwd=folder, check=True)


def imported(folder: Path | None) -> ModuleType | None:
    if folder is None or not (folder / "bertviz").is_dir():
        return None
    sys.path.append(str(folder))  # behind this environment's own packages
    import bertviz

    return bertviz


def script(folder: Path, package: str, path: str) -> bytes:
    with tarfile.open(folder / f"{package.replace('@', '-')}.tgz") as archive:
        file = archive.extractfile(path)
        assert file is not None
        return file.read()


def provide(page: Page, folder: Path) -> None:
    """The scripts from the folder instead of from the network."""
    for address, (package, path) in SCRIPTS.items():
        page.route(address, functools.partial(answer, script(folder, package, path)))


def answer(body: bytes, route: Route) -> None:
    route.fulfill(body=body, content_type="text/javascript")


def write(view: Any, attention: list[Any], tokens: list[str], path: Path) -> None:
    """A view of these attentions, [1, head, query, key] a layer, as a page."""
    html = view(attention, tokens, html_action="return").data
    path.write_text(f"<!doctype html><meta charset=utf-8>{html}", encoding="utf-8")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def folder_served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


if __name__ == "__main__":
    fetch(Path(sys.argv[1]).resolve())
