"""Errors as `application/problem+json` (RFC 9457), each with a stable code.

`type` is "about:blank", so `title` is the status in words; what went wrong is `code`,
for programs, and `detail`, for people.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django import db
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, JsonResponse
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from dragonfly.errors import DragonflyError
from webapp.api.request_id import current_id

CONTENT_TYPE = "application/problem+json"
NOT_HERE = "There is nothing here that you can see."
NOT_ALLOWED = "You may not do this."

THROTTLED = "Too many requests. Try again after the seconds that Retry-After says."
STALE = "This page was open for too long, or cookies are off. Load it again."
CSRF = "CSRF Failed: "
"""How REST framework begins, which has no code for it."""
RETRY_AFTER_S = 5
"""What a caller is asked to wait when a part of the site is down or full."""
OUTAGES = (db.OperationalError, db.InterfaceError)
log = logging.getLogger(__name__)

STATUS_OF_CODE = {
    "ARCHIVE_FAILED": HTTPStatus.BAD_GATEWAY,
    "DATABASE_DOWN": HTTPStatus.SERVICE_UNAVAILABLE,
    "DISK_FULL": HTTPStatus.INSUFFICIENT_STORAGE,
    "IDEMPOTENCY_KEY_REUSED": HTTPStatus.UNPROCESSABLE_ENTITY,
    "IMPORT_ENDED": HTTPStatus.CONFLICT,
    "IMPORT_OPEN": HTTPStatus.CONFLICT,
    "JOB_ENDED": HTTPStatus.CONFLICT,
    "JOB_OPEN": HTTPStatus.CONFLICT,
    "MODEL_ACTIVE": HTTPStatus.CONFLICT,
    "MODEL_CHANGED": HTTPStatus.CONFLICT,
    "MODEL_IN_USE": HTTPStatus.CONFLICT,
    "MODEL_NOT_IMPORTED": HTTPStatus.CONFLICT,
    "NO_PERMISSION": HTTPStatus.FORBIDDEN,
    "PROFILE_MISSING": HTTPStatus.CONFLICT,
    "QUESTION_NOT_ANSWERED": HTTPStatus.CONFLICT,
    "RESULT_WAITS": HTTPStatus.CONFLICT,
    "REVIEW_DECIDED": HTTPStatus.CONFLICT,
    "REVIEW_OUTDATED": HTTPStatus.CONFLICT,
    "QUEUE_DOWN": HTTPStatus.SERVICE_UNAVAILABLE,
    "QUEUE_FULL": HTTPStatus.SERVICE_UNAVAILABLE,
    "QUOTA": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "STUDY_UNKNOWN": HTTPStatus.NOT_FOUND,
    "UPLOAD_DUPLICATE": HTTPStatus.CONFLICT,
    "UPLOAD_INCOMPLETE": HTTPStatus.CONFLICT,
    "UPLOAD_OFFSET": HTTPStatus.CONFLICT,
    "UPLOAD_LOCKED": HTTPStatus.LOCKED,
    "UPLOAD_TOO_LARGE": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "WEBHOOK_ADDRESS": HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""Refusals that have a status of their own; every other `DragonflyError` is a 400."""

CODE_OF_DRF = {
    "authentication_failed": "TOKEN_REFUSED",
    "invalid": "INVALID",
    "not_authenticated": "NOT_SIGNED_IN",
    "permission_denied": "NO_PERMISSION",
}
"""Our words for REST framework's codes; every other one is only set in capitals."""

Fields = dict[str, list[str]]


def problem(
    status: int, code: str, detail: str, fields: Fields | None = None
) -> dict[str, Any]:
    """The body of one problem."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
    }
    if fields:
        body["fields"] = fields
    if name := current_id():
        body["request_id"] = name
    return body


def problem_response(status: int, code: str, detail: str) -> JsonResponse:
    """A problem from outside REST framework's views."""
    return JsonResponse(
        problem(status, code, detail), status=status, content_type=CONTENT_TYPE
    )


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler.

    Returns:
        The problem; None for an error that nobody expected, which Django then logs with
        its traceback and answers by `webapp.api.failures.server_error`.
    """
    if isinstance(error, DragonflyError):
        error = refusal(error)
    if isinstance(error, DatabaseError | RedisError | OperationalError):
        error = unavailable(error)
    response = exception_handler(error, context)
    if response is not None:
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers.setdefault("Retry-After", str(RETRY_AFTER_S))
        response.data = body_of(error, response.status_code)
        say_what_is_taken(response, context.get("view"))
        response.content_type = CONTENT_TYPE
    return response


def say_what_is_taken(response: Response, view: Any) -> None:
    """406 and 415 name the media types that there are (RFC 9110 section 15.5)."""
    if response.status_code == HTTPStatus.NOT_ACCEPTABLE:
        types = [one.media_type for one in view.get_renderers()]
        response.data["detail"] = f"This can be had as {', '.join(types)}."
    if response.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        types = [one.media_type for one in view.get_parsers()]
        response.data["detail"] = f"This takes {', '.join(types)}."
        response.headers["Accept"] = ", ".join(types)


def refusal(error: DragonflyError) -> exceptions.APIException:
    """An expected failure of ours as one of REST framework's, with its status."""
    refused = exceptions.APIException(error.message, code=error.code)
    refused.status_code = STATUS_OF_CODE.get(error.code, HTTPStatus.BAD_REQUEST)
    return refused


def unavailable(error: Exception) -> Exception:
    """The database or the queue does not answer; a fault in a query stays one."""
    if isinstance(error, DatabaseError) and not isinstance(error, OUTAGES):
        return error
    log.warning("A part of the site does not answer.", exc_info=error)
    part = "database" if isinstance(error, DatabaseError) else "queue"
    return refusal(
        DragonflyError(
            f"{part.upper()}_DOWN", f"The {part} does not answer. Try again soon."
        )
    )


def body_of(error: Exception, status: int) -> dict[str, Any]:
    """What REST framework would have answered, as a problem."""
    if isinstance(error, exceptions.ValidationError):
        return validation_problem(error)
    if isinstance(error, Http404):
        return problem(status, "NOT_FOUND", NOT_HERE)
    if isinstance(error, PermissionDenied):
        return problem(status, "NO_PERMISSION", NOT_ALLOWED)
    if isinstance(error, exceptions.Throttled):
        return problem(status, "THROTTLED", THROTTLED)
    if str(getattr(error, "detail", "")).startswith(CSRF):
        return problem(status, "CSRF_FAILED", STALE)
    assert isinstance(error, exceptions.APIException)  # noqa: S101 -- the rest of the handler's
    code = str(getattr(error.detail, "code", error.default_code))
    return problem(status, CODE_OF_DRF.get(code, code.upper()), str(error.detail))


def validation_problem(error: exceptions.ValidationError) -> dict[str, Any]:
    """Each field with its faults; the detail names the first."""
    fields = flatten(error.detail)
    name, faults = next(iter(fields.items()))
    detail = faults[0] if name == "non_field_errors" else f"{name}: {faults[0]}"
    return problem(HTTPStatus.BAD_REQUEST, "INVALID", detail, fields)


def flatten(detail: Any, name: str = "") -> Fields:
    """Faults by field, a nested field as "region.width"."""
    if isinstance(detail, dict):
        found: Fields = {}
        for key, value in detail.items():
            found |= flatten(value, f"{name}.{key}" if name else str(key))
        return found
    faults = detail if isinstance(detail, list) else [detail]
    nested = [fault for fault in faults if isinstance(fault, dict)]
    plain = [str(fault) for fault in faults if not isinstance(fault, dict)]
    found = {name or "non_field_errors": plain} if plain else {}
    for fault in nested:
        found |= flatten(fault, name)
    return found
