"""A tus client that speaks to the upload application without a network."""

from __future__ import annotations

import asyncio
import hashlib
import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.accounts.models import ApiToken, User
from webapp.slides.uploads.asgi import upload_application

ROOT = "/api/v1/uploads/tus/"
BODY = "application/offset+octet-stream"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["code"])


def metadata(**fields: str) -> str:
    return ",".join(f"{k} {b64encode(v.encode()).decode()}" for k, v in fields.items())


def checksum(data: bytes, name: str = "sha1") -> str:
    return f"{name} {b64encode(hashlib.new(name, data).digest()).decode()}"


class Tus:
    """One person's client."""

    def __init__(self, user: User) -> None:
        self._secret = ApiToken.issue(user, "test")[1]

    def create(self, size: int, *, name: str = "a.svs", **more: str) -> Reply:
        fields = metadata(filename=name, **more)
        return self.send(
            "POST", ROOT, {"Upload-Length": str(size), "Upload-Metadata": fields}
        )

    def place(self, size: int, *, name: str = "a.svs", **more: str) -> str:
        """Address of a new upload."""
        reply = self.create(size, name=name, **more)
        assert reply.status == 201, reply
        return reply.headers["location"]

    def patch(
        self, place: str, offset: int, *parts: bytes, gone: bool = False, **headers: str
    ) -> Reply:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        fields = {"Upload-Offset": str(offset), "Content-Type": BODY, **named}
        return self.send("PATCH", place, fields, parts, gone=gone)

    def offset(self, place: str) -> int:
        return int(self.send("HEAD", place).headers["upload-offset"])

    def send(
        self,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        parts: Sequence[bytes] = (),
        *,
        gone: bool = False,
    ) -> Reply:
        own = {"Authorization": f"Token {self._secret}", "Tus-Resumable": "1.0.0"}
        return send(method, path, {**own, **(headers or {})}, parts, gone=gone)


def send(
    method: str,
    path: str,
    headers: dict[str, str],
    parts: Sequence[bytes] = (),
    *,
    gone: bool = False,
) -> Reply:
    """One request; `gone` ends the connection after the last part."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [
            (k.lower().encode(), v.encode())
            for k, v in {"Host": "testserver", **headers}.items()
        ],
    }
    messages = [
        {"type": "http.request", "body": part, "more_body": True} for part in parts
    ]
    end: dict[str, Any] = {"type": "http.request", "body": b"", "more_body": False}
    messages.append({"type": "http.disconnect"} if gone else end)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def keep(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(upload_application(scope, receive, keep))
    fields = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return Reply(sent[0]["status"], fields, sent[1]["body"])
