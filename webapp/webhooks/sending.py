"""`post`: one signed request to an address that was checked a moment ago."""

from __future__ import annotations

import json
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx
from standardwebhooks import Webhook

from webapp.webhooks.address import Target

MOST_SECONDS = 10.0
MOST_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True)
class Outcome:
    """What came of one try: a status, or why there is none."""

    status: int | None
    failure: str
    duration_ms: int

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def body_of(event: str, at: datetime, data: dict[str, Any]) -> str:
    """The body, the same at each try: {"type", "timestamp", "data"}.

    Source: Standard Webhooks specification, "Payload structure".
    """
    told = {"type": event, "timestamp": at.isoformat(), "data": data}
    return json.dumps(told, separators=(",", ":"))


def signature(keys: list[str], message: str, at: datetime, body: str) -> str:
    """Each key's signature, with spaces between.

    Source: Standard Webhooks specification, "Signature scheme": HMAC-SHA256 of
    "id.timestamp.body".
    """
    return " ".join(Webhook(key).sign(message, at, body) for key in keys)


def post(target: Target, message: str, body: str, keys: list[str]) -> Outcome:
    """Send it; nothing that the other side does raises or takes long.

    No redirect is followed and no proxy asked; of the answer, only the status counts.
    """
    at = datetime.now(UTC)
    headers = {
        "Host": target.host_header,
        "Content-Type": "application/json",
        "User-Agent": "Dragonfly-Webhooks/1",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature(keys, message, at, body),
    }
    began = time.monotonic()
    status, failure = None, ""
    try:
        status = _status(target, headers, body, began + MOST_SECONDS)
    except httpx.TimeoutException:
        failure = f"No answer within {MOST_SECONDS:g} seconds."
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        failure = f"The connection failed ({type(error).__name__})."
    took = round((time.monotonic() - began) * 1000)
    return Outcome(status, failure, took)


@cache
def certificates() -> ssl.SSLContext:
    """Whom the machine trusts: a hospital adds its own authority there."""
    return ssl.create_default_context()


def _status(target: Target, headers: dict[str, str], body: str, deadline: float) -> int:
    client = httpx.Client(
        verify=certificates(),
        timeout=MOST_SECONDS / 2,
        follow_redirects=False,
        trust_env=False,
    )
    extensions = {"sni_hostname": target.host} if target.url.scheme == "https" else {}
    with (
        client,
        client.stream(
            "POST",
            target.pinned_url,
            headers=headers,
            content=body.encode(),
            extensions=extensions,
        ) as answer,
    ):
        _read_a_little(answer, deadline)
        return answer.status_code


def _read_a_little(answer: httpx.Response, deadline: float) -> None:
    """Take the answer off the line; one that is long or slow is cut."""
    read = 0
    try:
        for piece in answer.iter_raw():
            read += len(piece)
            if read > MOST_ANSWER_BYTES or time.monotonic() > deadline:
                return
    except httpx.HTTPError:
        # The status was here before; the rest is of no use.
        return
