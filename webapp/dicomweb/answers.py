"""Refusals of DICOMweb, which carry a Status Report (PS3.18 section 8.4 and 8.6)."""

from __future__ import annotations

import json
from html import escape
from http import HTTPStatus

from webapp.dicomweb.media import parse_accept

Headers = dict[str, str]


class Refused(Exception):  # noqa: N818 -- an answer, not a fault
    """The request ends with this status; `message` is for people."""

    def __init__(
        self, status: int, message: str, headers: Headers | None = None
    ) -> None:
        super().__init__(message)
        self.status = HTTPStatus(status)
        self.message = message
        self.headers = headers or {}

    def report(self, accept: str) -> tuple[str, bytes]:
        """Media type and body: JSON, HTML or plain text as asked for."""
        for wish in parse_accept(accept):
            if wish.name in ("application/json", "application/dicom+json"):
                body = {"status": int(self.status), "message": self.message}
                return "application/json", json.dumps(body).encode()
            if wish.name == "text/html":
                title = f"{int(self.status)} {self.status.phrase}"
                page = f"<!doctype html><title>{title}</title><p>{escape(self.message)}"
                return "text/html; charset=utf-8", page.encode()
        return "text/plain; charset=utf-8", f"{self.message}\n".encode()


def warning(base: str, text: str) -> str:
    """A Warning header (RFC 7234 as PS3.18 uses it)."""
    return f"299 {base}: {text}"
