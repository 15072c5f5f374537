"""The checkout's own virtual environment, `.venv`: made, filled and kept with the standard library alone.

A stamp in it says what was installed; as long as it matches, nothing is installed again. It is emptied while pip works,
so that an environment left half-made is known as such and made anew.
"""

from __future__ import annotations  # so that an old Python gets as far as the sentence that says it is too old

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = "headlight.json"
OLDEST = (3, 11)


def program(name: str, venv: Path = VENV) -> Path:
    """Where the environment keeps a command."""
    return venv / "Scripts" / f"{name}.exe" if os.name == "nt" else venv / "bin" / name


def fingerprint(root: Path = ROOT) -> str:
    """What an installation depends on: the pins, the Python, and the place an editable install points to."""
    digest = hashlib.sha256(f"{root}\n{sys.version_info[:2]}\n".encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def usable(venv: Path) -> bool:
    """Whether its Python runs, is of this version and has pip; a venv made without python3-venv has none."""
    check = f"import sys, pip; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        return subprocess.run([program("python", venv), "-c", check], capture_output=True).returncode == 0
    except OSError:
        return False


def read_stamp(venv: Path) -> dict | None:
    """What was installed; None where nothing was yet. An unfinished installation reads as {}."""
    try:
        return json.loads((venv / STAMP).read_text() or "{}")
    except FileNotFoundError:
        return None
    except ValueError:
        return {}


def ready(venv: Path, wanted: str, extras: set[str]) -> bool:
    stamp = read_stamp(venv) or {}
    return stamp.get("fingerprint") == wanted and extras <= set(stamp["extras"]) and program("python", venv).exists()


def half_made(venv: Path) -> bool:
    return read_stamp(venv) == {} or not usable(venv)


def create(venv: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("This Python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv")
    say(f"Making a virtual environment in {venv.name}")
    base = getattr(sys, "_base_executable", sys.executable)  # not the one inside the folder that is cleared
    made = subprocess.run([base, "-m", "venv", "--clear", str(venv)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if made.returncode != 0:
        sys.exit(f"The virtual environment could not be made. Python says:\n{made.stdout.decode(errors='replace')}")


def install(venv: Path, extras: set[str]) -> None:
    """pip's own lines are the progress; whatever pip is configured with holds."""
    say("Installing the packages; the first time takes minutes, torch is large")
    target = f".[{','.join(sorted(extras))}]" if extras else "."
    pip = [str(program("python", venv)), "-m", "pip", "install", "--disable-pip-version-check"]
    if subprocess.run([*pip, "-c", "constraints.txt", "-e", target], cwd=ROOT).returncode != 0:
        (venv / STAMP).unlink()
        sys.exit("The packages could not be installed; pip's reason is above. The same command tries again.")


def ensure(extras: set[str]) -> None:
    """`.venv` with Headlight and these extras in it, at the pinned versions."""
    if sys.version_info < OLDEST:
        sys.exit(f"Headlight needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    wanted = fingerprint()
    if ready(VENV, wanted, extras):
        return
    if half_made(VENV):
        create(VENV)
    extras = extras | set((read_stamp(VENV) or {}).get("extras", []))  # what was there stays, at the new pins
    stamp = VENV / STAMP
    stamp.write_text("")
    install(VENV, extras)
    stamp.write_text(json.dumps({"fingerprint": wanted, "extras": sorted(extras)}))


def say(line: str) -> None:
    print(f"==> {line}", flush=True)
