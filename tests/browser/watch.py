"""What a page asks for, and what it complains about."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import ConsoleMessage, Dialog, Error, Page, Request


class Watch:
    def __init__(self, page: Page, server: str):
        self.server = server
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        self.expected: list[str] = []
        self.heard = {"request": self.requested, "console": self.said, "pageerror": self.failed, "dialog": self.asked}
        for event, hear in self.heard.items():
            page.on(event, hear)  # type: ignore[call-overload]

    def expect(self, complaint: str) -> None:
        """A complaint with these words in it is what the test is about."""
        self.expected.append(complaint)

    def requested(self, request: Request) -> None:
        self.requests.append(request)
        if not request.url.startswith((f"{self.server}/", "data:", f"blob:{self.server}/")):
            self.complaints.append(f"asked another host: {request.url}")

    def said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def failed(self, error: Error) -> None:
        self.complaints.append(f"uncaught: {error}")

    def asked(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    @property
    def runs(self) -> list[dict[str, Any]]:
        """What the model was asked for, one after the other."""
        return [request.post_data_json for request in self.requests if request.url.endswith("/api/trace")]

    def unexpected(self) -> list[str]:
        return [said for said in self.complaints if not any(words in said for words in self.expected)]
