"""Fetch the page's libraries into static/vendor: `python3 scripts/vendor.py`.

For whoever updates them; users never need it, nor Node. `npm pack` checks each package against its published integrity.
Only the files the browser loads are kept, with their licences; manifest.json says what they are and
tests/test_vendor.py holds them to it. To update: change a version below, run this, commit what it wrote.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
URL = "/static/vendor"


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    folder: str
    files: dict[str, str]  # path in the package -> name in our folder, never .mjs: not every server knows it
    imports: dict[str, str]  # the bare name that modules import -> name in our folder


PACKAGES = [
    Package(
        "preact",
        "11.2.0",
        "preact",
        files={"dist/preact.mjs": "preact.js", "hooks/dist/hooks.mjs": "hooks.js"},
        imports={"preact": "preact.js", "preact/hooks": "hooks.js"},
    ),
    Package(
        "htm",
        "3.1.1",
        "htm",
        files={"dist/htm.module.js": "htm.js", "preact/index.module.js": "preact.js"},
        imports={"htm": "htm.js", "htm/preact": "preact.js"},
    ),
    Package(
        "@preact/signals",
        "2.11.4",
        "signals",
        files={"dist/signals.module.js": "signals.js"},
        imports={"@preact/signals": "signals.js"},
    ),
    Package(
        "@preact/signals-core",
        "1.14.5",
        "signals-core",
        files={"dist/signals-core.module.js": "signals-core.js"},
        imports={"@preact/signals-core": "signals-core.js"},
    ),
    Package(
        "fflate",
        "0.8.3",
        "fflate",
        files={"esm/browser.js": "fflate.js"},
        imports={"fflate": "fflate.js"},
    ),
    Package(
        "plotly.js-cartesian-dist-min",
        "4.1.1",
        "plotly",
        files={"plotly-cartesian.min.js": "plotly-cartesian.min.js"},
        imports={"plotly": "plotly-cartesian.min.js"},  # exports nothing: importing it sets window.Plotly
    ),
    Package(
        "swagger-ui-dist",
        "5.35.0",
        "swagger-ui",
        files={"swagger-ui-bundle.js": "swagger-ui.js", "swagger-ui.css": "swagger-ui.css", "NOTICE": "NOTICE"},
        imports={},  # /docs alone loads it, as a script that sets window.SwaggerUIBundle
    ),
]


def without_source_map(script: bytes) -> bytes:
    """The script without its pointer to a source map: we ship none, and browsers would ask for it."""
    return re.sub(rb"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ ?\*/)\s*$", b"\n", script)


def fetch(package: Package, folder: Path) -> tuple[Path, str]:
    """The package's archive, laid into `folder`, and the integrity it was checked against."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing: install Node.js to update the vendored files.")
    command = [npm, "pack", "--json", f"{package.name}@{package.version}"]
    [account] = json.loads(subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE).stdout)
    return folder / account["filename"], account["integrity"]


def read(archive: tarfile.TarFile, path: str) -> bytes:
    member = archive.extractfile(f"package/{path}")
    if member is None:
        raise FileNotFoundError(f"{path} is not a file in the package")
    return member.read()


def vendor(package: Package, target: Path) -> dict[str, object]:
    """Write the package's files into `target`; answer its entry in the manifest."""
    with tempfile.TemporaryDirectory() as folder:
        path, integrity = fetch(package, Path(folder))
        with tarfile.open(path) as archive:
            contents = {name: without_source_map(read(archive, source)) for source, name in package.files.items()}
            contents["LICENSE"] = read(archive, "LICENSE")
            licence = json.loads(read(archive, "package.json"))["license"]
    target.mkdir()
    for name, content in contents.items():
        (target / name).write_bytes(content)
    return {
        "package": package.name,
        "version": package.version,
        "licence": licence,
        "integrity": integrity,
        "files": {f"{target.name}/{name}": hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }


def write_json(path: Path, value: object) -> None:
    path.write_bytes((json.dumps(value, indent=2) + "\n").encode())


def main() -> None:
    with tempfile.TemporaryDirectory() as staging:  # what is there stays until everything has come
        new = Path(staging) / "vendor"
        new.mkdir()
        manifest = [vendor(package, new / package.folder) for package in PACKAGES]
        imports = {bare: f"{URL}/{p.folder}/{name}" for p in PACKAGES for bare, name in p.imports.items()}
        write_json(new / "manifest.json", manifest)
        write_json(new / "importmap.json", {"imports": imports})
        shutil.rmtree(VENDOR, ignore_errors=True)
        shutil.copytree(new, VENDOR)
    for entry in manifest:
        print(f"{entry['package']} {entry['version']} ({entry['licence']})")


if __name__ == "__main__":
    main()
