"""Where the page's files lie: inside this package once installed, beside it in a checkout."""

from pathlib import Path

APP = Path(__file__).resolve().parent
LOCALE = APP / "locale"


def folder(name: str) -> Path:
    """`static` or `templates`. Raises FileNotFoundError."""
    for path in (APP / name, APP.parent / name):
        if path.is_dir():
            return path
    raise FileNotFoundError(f"the folder {name} is neither in {APP} nor beside it")
