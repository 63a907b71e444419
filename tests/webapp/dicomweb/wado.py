"""Asking for what was stored."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message

from django.http.response import HttpResponseBase
from django.test import Client
from pydicom.dataset import Dataset

from webapp.accounts.models import ApiToken, User


def client_of(user: User) -> Client:
    secret = ApiToken.issue(user, "test")[1]
    return Client(headers={"Authorization": f"Bearer {secret}"})


def place(dataset: Dataset, *more: str) -> str:
    series = f"{dataset.StudyInstanceUID}/series/{dataset.SeriesInstanceUID}"
    at = f"/dicom-web/studies/{series}/instances/{dataset.SOPInstanceUID}"
    return "/".join((at, *more))


def body(reply: HttpResponseBase) -> bytes:
    return b"".join(reply) if reply.streaming else reply.content  # type: ignore[attr-defined]


def parts(reply: HttpResponseBase) -> list[tuple[str, bytes]]:
    """Content-Type and bytes of each part, cut by Python's own reader of mail."""
    assert reply.status_code == 200, body(reply)
    head = f"Content-Type: {reply.headers['Content-Type']}\r\n\r\n".encode()
    found = message_from_bytes(head + body(reply)).get_payload()
    assert isinstance(found, list)
    each = [part for part in found if isinstance(part, Message)]
    return [(str(part["Content-Type"]), _bytes(part)) for part in each]


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload
