"""Style sheets: each a part of the page, none too long, all of them linked."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_layers import LONGEST, name

ROOT = Path(__file__).resolve().parent.parent
STYLES = sorted((ROOT / "static/css").glob("*.css"))
TEMPLATES = [path.read_text("utf-8") for path in sorted((ROOT / "templates").glob("*.html"))]


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_a_style_sheet_is_a_part_of_the_page_long(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < LONGEST * 3 // 4  # there is room to go on


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_a_style_sheet_is_linked(path: Path) -> None:
    assert any(f"static('css/{path.name}')" in template for template in TEMPLATES)
