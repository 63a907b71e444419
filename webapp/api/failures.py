"""What a failed request answers outside REST views: a problem or a page, never both."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import requires_csrf_token

from inference_worker.messages import UNEXPECTED
from webapp.api.problems import problem_response

NOT_HERE = "There is nothing here that you can see."
NOT_ALLOWED = "You may not do this."
NOT_UNDERSTOOD = "The request could not be understood."
STALE_FORM = "This page was open for too long, or cookies are off. Load it again."


def is_rest(request: HttpRequest) -> bool:
    """The caller reads problems rather than pages."""
    # `path_info` has no site prefix, `reverse` has it.
    return request.path.startswith(reverse("api:health").removesuffix("health"))


def failure(
    request: HttpRequest, status: HTTPStatus, code: str, detail: str
) -> HttpResponse:
    """One failure, in the caller's form."""
    if is_rest(request):
        return problem_response(status, code, detail)
    page = {"heading": status.phrase, "detail": detail}
    return render(request, "failure.html", page, status=status)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 outside REST views."""
    return failure(request, HTTPStatus.BAD_REQUEST, "INVALID", NOT_UNDERSTOOD)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 outside REST views."""
    return failure(request, HTTPStatus.FORBIDDEN, "NO_PERMISSION", NOT_ALLOWED)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 outside REST views: the same words for what is gone, secret or never was."""
    return failure(request, HTTPStatus.NOT_FOUND, "NOT_FOUND", NOT_HERE)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500 anywhere; Django has logged the traceback."""
    return failure(request, HTTPStatus.INTERNAL_SERVER_ERROR, "UNEXPECTED", UNEXPECTED)


@requires_csrf_token
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose secret does not fit."""
    return failure(request, HTTPStatus.FORBIDDEN, "CSRF_FAILED", STALE_FORM)
