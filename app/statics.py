"""The page's files, at addresses that change with them: a browser asks once for each, and again for what has changed.

A page of 230 modules asked about each of them with every visit, and waited two seconds for "it is the same". What is
text travels as gzip, a third of its bytes, compressed once.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from .paths import folder

MARK = "v-"  # of a folder's name that is a version
FOREVER = "public, max-age=31536000, immutable"
TEXTS = {".css", ".js", ".json", ".svg"}

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
            return await smaller(await super().get_response(path, scope), scope)
        response = await smaller(await super().get_response(rest, scope), scope)
        if first in told:
            response.headers["Cache-Control"] = FOREVER
        return response


async def smaller(response: Response, scope: Scope) -> Response:
    """A text as gzip where the browser takes that; a part of one, and all else, as it is."""
    if not isinstance(response, FileResponse) or Path(response.path).suffix not in TEXTS:
        return response
    response.headers["Vary"] = "Accept-Encoding"
    asked = Headers(scope=scope)
    if scope["method"] != "GET" or "range" in asked or not takes_gzip(asked.get("accept-encoding", "")):
        return response
    body = await asyncio.to_thread(packed, str(response.path), response.headers["ETag"])
    kept = {name: response.headers[name] for name in ("content-type", "last-modified", "vary")}
    return Response(body, headers={**kept, "Content-Encoding": "gzip", "ETag": f"W/{response.headers['ETag']}"})


def takes_gzip(accepted: str) -> bool:
    offers = [offer.replace(" ", "").lower().partition(";q=") for offer in accepted.split(",")]
    return any(name == "gzip" and not (has and quality.strip("0.") == "") for name, has, quality in offers)


@lru_cache(1024)
def packed(path: str, etag: str) -> bytes:
    """The file at this path as gzip, without a time in it. etag: of its time and size, so that a file which changed is
    read again"""
    return gzip.compress(Path(path).read_bytes(), mtime=0)
