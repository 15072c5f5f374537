"""A real Chromium for every test in this folder: Debian's or the user's own, none is downloaded.

Where there is none the tests are skipped with the reason; under CI they fail, so that a green run means they ran.
"""

import os

import chromium
import pytest


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    path = chromium.find()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(chromium.MISSING)
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's sandbox refuses to start as root
    return {**browser_type_launch_args, "executable_path": path, "args": ["--no-sandbox"] if as_root else []}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
