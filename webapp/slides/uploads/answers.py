"""What a failed upload request says: a problem with our code, tus headers kept."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import APIException

from dragonfly.errors import DragonflyError
from inference_worker.messages import UNEXPECTED
from webapp.api.problems import CONTENT_TYPE, body_of, problem, refusal
from webapp.slides.uploads.protocol import Answer

TUS = {"Tus-Resumable": "1.0.0"}
CHECKSUM_MISMATCH = 460
NOT_HERE = "There is no such upload that you can see."

PROBLEMS = {
    400: ("UPLOAD_INVALID", ""),
    403: ("UPLOAD_COMPLETE", "This upload is complete; nothing can be added."),
    404: ("NOT_FOUND", NOT_HERE),
    405: ("METHOD_NOT_ALLOWED", "Uploads cannot be read back."),
    409: ("UPLOAD_OFFSET", "The server has another number of bytes. Ask and go on."),
    410: ("UPLOAD_EXPIRED", "This upload was given up. Begin it again."),
    412: ("UPLOAD_INVALID", "Only version 1.0.0 of the tus protocol is spoken here."),
    413: ("UPLOAD_TOO_LARGE", "The file is larger than the limit."),
    415: ("UPLOAD_INVALID", "Send application/offset+octet-stream."),
    CHECKSUM_MISMATCH: (
        "UPLOAD_CHECKSUM",
        "The bytes changed on their way. Send this part again.",
    ),
}
"""Code and words by the tus library's status; no words: the library's own."""


def worded(answer: Answer) -> Answer:
    """The library's answer, its refusals as problems."""
    status, headers, text = answer
    if status < 400:
        return answer
    code, words = PROBLEMS.get(status, ("UNEXPECTED", UNEXPECTED))
    return refused(status, code, words or text.decode(errors="replace"), headers)


def refused(
    status: int, code: str, detail: str, headers: dict[str, str] | None = None
) -> Answer:
    """One problem; 460 is a status of tus alone and has no words in HTTP."""
    known = HTTPStatus.BAD_REQUEST if status == CHECKSUM_MISMATCH else status
    body = problem(known, code, detail) | {"status": status}
    return status, _headers(headers or {}), json.dumps(body).encode()


def of_error(error: Exception) -> Answer:
    """The problem of an expected failure, with the status that REST routes give it."""
    if isinstance(error, DragonflyError):
        error = refusal(error)
    if not isinstance(error, APIException):
        return refused(500, "UNEXPECTED", UNEXPECTED)
    body: dict[str, Any] = body_of(error, error.status_code)
    return error.status_code, _headers({}), json.dumps(body).encode()


def _headers(headers: dict[str, str]) -> dict[str, str]:
    return {**TUS, **headers, "Content-Type": CONTENT_TYPE}
