"""Around every response: a request id, the security headers, one line in the log, and a 500 that tells nothing.

The log never holds what a visitor wrote: a line has the route and not the path, an unexpected error its type and
where it happened but not its message.
"""

from __future__ import annotations

import logging
import secrets
import time
import traceback

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .refusals import Refusal

log = logging.getLogger("headlight")

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
POLICY = {  # Content-Security-Policy; plotly writes styles into the page
    "default-src": "'self'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{directive} {sources}" for directive, sources in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",  # kept only to be asked about again: ETags make that cheap
    "X-Request-ID": "{id}",
}


class Envelope:
    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        facts = {"id": secrets.token_hex(8), "nonce": secrets.token_urlsafe(16)}
        scope.setdefault("state", {}).update(facts)
        begun, status = time.perf_counter(), 0

        async def enveloped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status, headers = message["status"], MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value.format(**facts))
            await send(message)

        try:
            await self.app(scope, receive, enveloped)
        except Exception as error:
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s: %s, at\n%s", facts["id"], type(error).__name__, where)
            if not status:  # else the response breaks off, which is all a client can be told by then
                await Refusal("internal").response(Request(scope))(scope, receive, enveloped)
        finally:
            took = (time.perf_counter() - begun) * 1e3
            log.info("%s %s %s %d %.0f ms", facts["id"], method(scope), route(scope), status, took)


def method(scope: Scope) -> str:
    """A method may be any word too, where the server's parser lets it pass."""
    return scope["method"] if scope["method"] in METHODS else "-"


def route(scope: Scope) -> str:
    """The pattern that the path matched: a path may hold anything, a pattern is ours."""
    return getattr(scope.get("route"), "path", "-")
