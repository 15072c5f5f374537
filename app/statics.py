"""The page's files, at addresses that change with them: a browser asks once for each, and again for what has changed.

A page of 230 modules asked about each of them with every visit, and waited two seconds for "it is the same".
"""

from __future__ import annotations

import hashlib
import os

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from .paths import folder

MARK = "v-"  # of a folder's name that is a version
FOREVER = "public, max-age=31536000, immutable"

told: set[str] = set()  # the versions that pages of this process name


def version() -> str:
    """Of all files as they lie there now: it changes with the time or the size of any."""
    root = folder("static")
    facts = sorted((str(path.relative_to(root)), path.stat()) for path in root.rglob("*") if path.is_file())
    text = "\n".join(f"{name} {stat.st_mtime_ns} {stat.st_size}" for name, stat in facts)
    found = MARK + hashlib.sha256(text.encode()).hexdigest()[:16]
    told.add(found)
    return found


class Statics(StaticFiles):
    """/static/FILE is asked about each time; /static/v-.../FILE, as the pages name it, is kept."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        first, _, rest = path.partition(os.sep)
        if not first.startswith(MARK):
            return await super().get_response(path, scope)
        response = await super().get_response(rest, scope)
        if first in told:
            response.headers["Cache-Control"] = FOREVER
        return response
