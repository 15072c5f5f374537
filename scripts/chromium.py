"""What the browser tests need from the system: a Chromium, and a font with Chinese characters."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from environment import say

# The first has no windows, and opens a page in three quarters of the time.
COMMANDS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium-headless-shell", "chromium")  # Debian's: the first of them that can be had
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
MISSING = "no Chromium or Chrome found: install one, or name it in HEADLIGHT_CHROMIUM"


def find() -> str | None:
    """The browser to drive; HEADLIGHT_CHROMIUM goes before what is found."""
    named = os.environ.get("HEADLIGHT_CHROMIUM")
    found = (shutil.which(command) for command in COMMANDS)
    return named or next(filter(None, found), None) or next(filter(os.path.exists, PLACES), None)


def has_chinese_font() -> bool:
    """macOS and Windows bring one; elsewhere fontconfig knows."""
    if sys.platform in ("darwin", "win32"):
        return True
    fc_list = shutil.which("fc-list")
    return fc_list is not None and bool(subprocess.run([fc_list, ":lang=zh"], capture_output=True).stdout)


def missing_font() -> list[str]:
    """Debian's names of what is not there."""
    return [] if has_chinese_font() else ["fonts-noto-cjk", "fontconfig"]


def as_root() -> list[str] | None:
    """What to put before a command so that root runs it; None where that needs a password."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def ensure() -> None:
    """Install what is missing where Debian's apt-get can; elsewhere say what it is and go on."""
    if find() and not missing_font():
        return
    apt = shutil.which("apt-get")
    prefix = as_root() if apt else None
    if apt and prefix is not None:
        say("Installing a Chromium and a Chinese font with apt-get, for the browser tests")
        quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-q"]
        subprocess.run([*quiet, "update"])
        install = [*quiet, "install", "-y", "--no-install-recommends"]
        for package in () if find() else PACKAGES:
            if subprocess.run([*install, package]).returncode == 0:
                break
        if missing_font():
            subprocess.run([*install, *missing_font()])
    if missing := [*([] if find() else ["chromium"]), *missing_font()]:
        say(f"Missing for the browser tests: {', '.join(missing)}")
