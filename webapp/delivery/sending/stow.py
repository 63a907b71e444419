"""STOW-RS: the object as it lies on the disk, in one request (PS3.18 10.5)."""

from __future__ import annotations

import json
import ssl
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from webapp.delivery.models import Destination
from webapp.delivery.sending.outcome import Outcome, of_status
from webapp.delivery.sending.place import find_url
from webapp.delivery.sending.trust import tls_context
from webapp.dicomweb.models import Instance
from webapp.webhooks.address import Target

ANSWER_SECONDS = 60.0
"""Of silence, while the destination takes the object in."""
CONNECT_SECONDS = 10.0
MOST_SECONDS = 600.0
"""Of one try altogether."""
MOST_ANSWER_BYTES = 2**20
PIECE_BYTES = 2**20
LATER = frozenset({408, 421, 423, 425, 429, 500, 502, 503, 504, 507})
JSON = "application/dicom+json"
WORDS = {
    401: "It does not know us: check name, password or token.",
    403: "It does not let us store.",
    404: "There are no DICOMweb services at this URL.",
    413: "The object is larger than it takes.",
    415: "It does not take this kind of object.",
}


def send(destination: Destination, instance: Instance, *, asks: bool) -> Outcome:
    """One try."""
    with _client(destination) as (client, base):
        try:
            if asks and _is_there(client, base, instance):
                return Outcome.delivered("It was there already.")
            status, body = _post(client, base, instance)
        except httpx.TimeoutException:
            return Outcome.later("It did not answer in time.")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ssl.SSLError) as error:
            return Outcome.later(f"The connection failed ({type(error).__name__}).")
    return judge(status, body, instance.uid)


def try_out(destination: Destination) -> Outcome:
    """A search for one study."""
    with _client(destination) as (client, base):
        try:
            status, _ = _ask(client, f"{base}/studies?limit=1")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Outcome.later(f"The connection failed ({type(error).__name__}).")
    if status in (200, 204):
        return Outcome.delivered()
    return Outcome.parked(WORDS.get(status) or f"It answered {status}.")


def judge(status: int, body: bytes, uid: str) -> Outcome:
    """What the answer says of this object (PS3.18 10.5.3)."""
    if status in LATER:
        return Outcome.later(f"It answered {status}.")
    reason = reason_of(body, uid)
    if reason is not None and status in (200, 202, 409):
        return of_status(reason, "")
    if status in (200, 201, 204):
        return Outcome.delivered()
    if status == 202:
        return Outcome.delivered("It was taken, perhaps with a warning.")
    return Outcome.parked(WORDS.get(status) or f"It answered {status}.")


def reason_of(body: bytes, uid: str) -> int | None:
    """The failure or warning reason that the answer gives for this object.

    0 if it is named as stored; None if the answer does not say.
    """
    try:
        told = json.loads(body)
        found = dict(_reasons(told[0] if isinstance(told, list) else told))
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return None
    return found.get(uid)


def _reasons(told: dict[str, Any]) -> Iterator[tuple[str, int]]:
    # Failed SOP Sequence and Referenced SOP Sequence of the Store Instances Response.
    for sequence, reason in (("00081198", "00081197"), ("00081199", "00081196")):
        for item in told.get(sequence, {}).get("Value", ()):
            values = item.get(reason, {}).get("Value") or [0]
            named = item.get("00081155", {}).get("Value") or [""]
            yield str(named[0]), int(values[0])


@contextmanager
def _client(destination: Destination) -> Iterator[tuple[httpx.Client, str]]:
    """A client whose connections go to the address that was checked, and the URL."""
    target = find_url(destination.url)
    is_https = target.url.scheme == "https"
    verify = tls_context(destination) if is_https else False
    with httpx.Client(
        auth=_auth(destination),
        headers=_headers(destination, target),
        verify=verify,
        timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
    ) as client:
        if is_https:
            client.event_hooks["request"] = [_naming(target)]
        yield client, target.pinned_url.rstrip("/")


def _naming(target: Target) -> Any:
    """The certificate is checked against the name, not the pinned address."""

    def name(request: httpx.Request) -> None:
        request.extensions["sni_hostname"] = target.host

    return name


def _auth(destination: Destination) -> httpx.BasicAuth | None:
    if destination.sign_in != Destination.SignIn.BASIC:
        return None
    return httpx.BasicAuth(destination.username, destination.secret)


def _headers(destination: Destination, target: Target) -> dict[str, str]:
    headers = {"Host": target.host_header, "User-Agent": "Dragonfly/1", "Accept": JSON}
    if destination.sign_in == Destination.SignIn.BEARER:
        headers["Authorization"] = f"Bearer {destination.secret}"
    return headers


def _is_there(client: httpx.Client, base: str, instance: Instance) -> bool:
    """Whether a search finds the object (PS3.18 10.6)."""
    series = instance.series
    place = f"{base}/studies/{series.study.uid}/series/{series.uid}/instances"
    status, body = _ask(client, f"{place}?SOPInstanceUID={instance.uid}")
    if status != 200:
        return False
    try:
        found = json.loads(body)
        uids = [one["00080018"]["Value"][0] for one in found]
    except (ValueError, TypeError, LookupError, RecursionError):
        return False
    return instance.uid in uids


def _ask(client: httpx.Client, url: str) -> tuple[int, bytes]:
    with client.stream("GET", url) as answer:
        return answer.status_code, _read(answer)


def _post(client: httpx.Client, base: str, instance: Instance) -> tuple[int, bytes]:
    boundary = uuid.uuid4().hex
    opening = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    ending = f"\r\n--{boundary}--\r\n".encode()
    size = len(opening) + instance.path.stat().st_size + len(ending)
    kind = f'multipart/related; type="application/dicom"; boundary={boundary}'
    with client.stream(
        "POST",
        f"{base}/studies",
        content=_body(opening, instance.path, ending),
        headers={"Content-Type": kind, "Content-Length": str(size)},
    ) as answer:
        return answer.status_code, _read(answer)


def _body(opening: bytes, path: Path, ending: bytes) -> Iterator[bytes]:
    """A piece at a time, so that memory does not grow with the object."""
    until = time.monotonic() + MOST_SECONDS
    yield opening
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            if time.monotonic() > until:
                raise httpx.WriteTimeout("The destination is too slow.")
            yield piece
    yield ending


def _read(answer: httpx.Response) -> bytes:
    """The answer, cut where it is long."""
    read = b""
    for piece in answer.iter_bytes():
        read += piece
        if len(read) > MOST_ANSWER_BYTES:
            break
    return read[:MOST_ANSWER_BYTES]
