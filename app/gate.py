"""What is turned away before any route is asked: other names for this server, other sites' pages, bodies too large,
too slow or compressed.

A page of another site may make a browser send requests here. Where its name was made to point here (DNS rebinding)
`Host` tells; a name that is an address cannot be made to. Where it posts across sites `Origin` tells.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .refusals import Refusal
from .settings import Settings

HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?", re.IGNORECASE)
SAFE = {"GET", "HEAD", "OPTIONS"}


class Gate:
    def __init__(self, app: ASGIApp, settings: Settings):
        self.app, self.settings = app, settings
        own = socket.gethostname().lower()
        self.trusted = {host.lower() for host in settings.hosts}
        self.names = self.trusted | {"localhost", settings.host.lower(), own, f"{own}.local"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        try:
            self.check_host(headers)
            if scope["method"] not in SAFE:
                self.check_origin(headers)
                self.check_body(headers)
                receive = replay(await self.body(receive), receive)
        except Refusal as refusal:
            return await refusal.response(Request(scope))(scope, receive, send)
        await self.app(scope, receive, send)

    def check_host(self, headers: Headers) -> None:
        match = HOST.fullmatch(headers.get("host", ""))
        if "*" in self.names or (match and (match["name"].lower() in self.names or is_address(match["name"]))):
            return
        raise Refusal("foreign-host")

    def check_origin(self, headers: Headers) -> None:
        """Where neither header is sent no browser sent the request, and no other site's page did."""
        origin = headers.get("origin")
        if origin is None:
            allowed = headers.get("sec-fetch-site", "none") in ("none", "same-origin")
        else:
            place = origin.partition("://")[2].lower()
            match = HOST.fullmatch(place)
            allowed = match is not None and (place == headers.get("host", "").lower() or match["name"] in self.trusted)
        if not allowed:
            raise Refusal("foreign-origin")

    def check_body(self, headers: Headers) -> None:
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise Refusal("unsupported-encoding")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 20 or int(length) > self.settings.max_body:
            raise self.too_large()

    async def body(self, receive: Receive) -> bytes:
        """The whole body, of which never more than the limit is held."""
        body, more = bytearray(), True
        try:
            async with asyncio.timeout(self.settings.body_deadline):
                while more:
                    message = await receive()
                    body += message.get("body", b"")
                    more = message.get("more_body", False)
                    if len(body) > self.settings.max_body:
                        raise self.too_large()
        except TimeoutError:
            raise Refusal("slow-body", limit=round(self.settings.body_deadline)) from None
        return bytes(body)

    def too_large(self) -> Refusal:
        return Refusal("body-too-large", limit=self.settings.max_body)


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that hands out this body, then whatever comes after it: a disconnect."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again
