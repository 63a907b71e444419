"""A STOW client that speaks to the site's application without a network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from tests.slides import dicom_image
from webapp.accounts.models import ApiToken, User
from webapp.dicomweb.store.asgi import StoreApplication

BOUNDARY = "a-boundary"
KIND = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def items(self, tag: str) -> list[dict[str, Any]]:
        return list(self.report.get(tag, {}).get("Value", []))

    @property
    def reasons(self) -> list[int]:
        """Failure reasons of all that was not stored."""
        failed = [*self.items("00081198"), *self.items("0008119A")]
        return [item["00081197"]["Value"][0] for item in failed]


def picture(**attributes: Any) -> Dataset:
    """A small secondary capture with its own UIDs."""
    return dicom_image(np.full((8, 8), 100, np.uint8), **attributes)


def part10(dataset: Dataset) -> bytes:
    with BytesIO() as file:
        dataset.save_as(file, enforce_file_format=True)
        return file.getvalue()


def multipart(*parts: bytes, kind: str = "application/dicom") -> bytes:
    lines = [
        b"--%b\r\nContent-Type: %b\r\n\r\n%b\r\n"
        % (BOUNDARY.encode(), kind.encode(), part)
        for part in parts
    ]
    return b"".join(lines) + b"--" + BOUNDARY.encode() + b"--\r\n"


class Stow:
    """One sender's client."""

    def __init__(self, user: User, word: str = "Token") -> None:
        self._authorization = f"{word} {ApiToken.issue(user, 'test')[1]}"

    def store(
        self, *objects: Dataset | bytes, study: str = "", **headers: str
    ) -> Reply:
        parts = [o if isinstance(o, bytes) else part10(o) for o in objects]
        return self.send(multipart(*parts), study=study, **headers)

    def send(
        self, *pieces: bytes, study: str = "", kind: str = KIND, **headers: str
    ) -> Reply:
        """The body in these pieces."""
        path = f"/dicom-web/studies/{study}" if study else "/dicom-web/studies"
        fields = {"Authorization": self._authorization, "Content-Type": kind}
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return send(path, {**fields, **named}, pieces)


def send(path: str, headers: dict[str, str], pieces: Sequence[bytes] = ()) -> Reply:
    """One POST."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [
            (k.lower().encode(), v.encode())
            for k, v in {"Host": "testserver", **headers}.items()
        ],
    }
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
    ]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def keep(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(StoreApplication(_nobody)(scope, receive, keep))
    fields = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return Reply(sent[0]["status"], fields, sent[1]["body"])


async def _nobody(scope: object, receive: object, send: object) -> None:
    raise AssertionError("not a store request")
