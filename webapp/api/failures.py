"""What a failed request answers outside REST views: a problem or a page, never both."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import requires_csrf_token

from inference_worker.messages import UNEXPECTED
from webapp.api.problems import NOT_ALLOWED, NOT_HERE, STALE, problem_response

NOT_UNDERSTOOD = "The request could not be understood."


def is_rest(request: HttpRequest) -> bool:
    """The caller reads problems rather than pages."""
    start = reverse("api:health").removesuffix("v1/health")
    return f"{request.path}/".startswith(start)


def failure(
    request: HttpRequest, status: int, code: str, heading: str, detail: str
) -> HttpResponse:
    """One failure, in the caller's form."""
    if is_rest(request):
        return problem_response(status, code, detail)
    page = {"heading": heading, "detail": detail, "status": status}
    return render(request, "failure.html", page, status=status)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 outside REST views."""
    return failure(request, 400, "INVALID", "That did not work", NOT_UNDERSTOOD)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 outside REST views."""
    return failure(request, 403, "NO_PERMISSION", "Not allowed", NOT_ALLOWED)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 outside REST views: the same words for what is gone, secret or never was."""
    return failure(request, 404, "NOT_FOUND", "Nothing here", NOT_HERE)


@requires_csrf_token
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose secret does not fit."""
    return failure(request, 403, "CSRF_FAILED", "That did not work", STALE)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 anywhere; Django has logged the traceback.

    The page is made without the request: whoever asks for its user may run into the
    same broken database again.
    """
    if is_rest(request):
        return problem_response(500, "UNEXPECTED", UNEXPECTED)
    page = {
        "heading": "Something went wrong",
        "detail": UNEXPECTED,
        "status": 500,
        "intended_use": settings.INTENDED_USE,
    }
    return HttpResponse(render_to_string("failure.html", page), status=500)
