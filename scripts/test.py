"""Run every check: `python3 scripts/test.py`. Arguments go to pytest: `python3 scripts/test.py -k masks`.

Lint, types, the page's unit tests (where there is Node) and pytest: last, so that its verdict closes the output.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import chromium
import environment
from environment import ROOT, say

MOST = 4  # processes
NOTHING_COLLECTED = 5  # pytest's exit code


def node_tests() -> list[list[str]]:
    """The command that runs the page's unit tests; none, with the reason said, where it cannot."""
    files = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/js/*.test.mjs"))
    node = shutil.which("node")
    if files and node:
        return [[node, "--test", *files]]
    say("Skipped tests/js: " + ("Node is not installed" if files else "there are none"))
    return []


def checks() -> list[list[str]]:
    python = str(environment.program("python"))
    return [[python, "-m", "ruff", "check"], [python, "-m", "mypy"], *node_tests()]


def workers() -> int:
    """A process for each core that is ours; more than a few would want more memory than most machines have."""
    return min(MOST, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def pytest_commands(arguments: list[str]) -> list[list[str]]:
    """The browser's tests by themselves: playwright leaves an event loop in their process, and other tests have their
    own. A file's tests stay in one process: they share servers and pages. A test of the browser that fails is tried
    once more, and named even where it passes then."""
    pytest = [str(environment.program("python")), "-m", "pytest", f"-n{workers()}", "--dist=loadfile"]
    again = ["--reruns", "1", "-rR"]
    return [[*pytest, "-m", "not browser", *arguments], [*pytest, "-m", "browser", *again, *arguments]]


def run(command: list[str]) -> int:
    say(" ".join(command))
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}).returncode


def passes(command: list[str]) -> bool:
    return run(command) == 0


def tests_pass(arguments: list[str]) -> bool:
    """Whether some of the tests ran, and all that did passed."""
    codes = [run(command) for command in pytest_commands(arguments)]
    return set(codes) <= {0, NOTHING_COLLECTED} and 0 in codes


def main(arguments: list[str]) -> int:
    if {"-h", "--help"} & {*arguments}:
        print(__doc__)
        return 0
    environment.ensure({"test", "train", "hf"})
    chromium.ensure()
    failed = [command for command in checks() if not passes(command)]
    for command in failed:
        say(f"FAILED, and so will this run: {' '.join(command)}")
    return 1 if not tests_pass(arguments) or failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("Stopped")
        sys.exit(130)
