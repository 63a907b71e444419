"""`resource`: what every resource of the worklist has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from webapp.audit.record import record
from webapp.dicomweb.addresses import base_of
from webapp.dicomweb.answers import Refused, warning
from webapp.dicomweb.capabilities import allowed, path_of
from webapp.dicomweb.requests import (
    LONGEST_ADDRESS,
    Asked,
    PlainView,
    capabilities,
    refusal_response,
)
from webapp.dicomweb.sign_in import signed_in
from webapp.worklist.dataset import MOST_BYTES
from webapp.worklist.refusals import WorkitemRefused

View = Callable[..., HttpResponseBase]


def resource(**views: View) -> PlainView:
    """A view of Django's that has one function for each method that it takes."""

    @csrf_exempt
    def answer(request: HttpRequest, **names: str) -> HttpResponseBase:
        try:
            return _answered(request, views, names)
        except WorkitemRefused as refused:
            stated = warning(base_of(request), refused.sentence)
            refused.headers.setdefault("Warning", stated)
            return refusal_response(request, refused)
        except Refused as refused:
            return refusal_response(request, refused)
        except RequestDataTooBig:
            words = f"A workitem may have {MOST_BYTES} bytes at most."
            return refusal_response(request, Refused(413, words))

    return answer


def _answered(
    request: HttpRequest, views: dict[str, View], names: dict[str, str]
) -> HttpResponseBase:
    request.user = user = signed_in(request, "jobs")
    asked = Asked(request, user, base_of(request))
    if request.method == "OPTIONS":
        return capabilities(asked)
    if len(request.get_full_path()) > LONGEST_ADDRESS:
        raise Refused(414, f"The address is longer than {LONGEST_ADDRESS} characters.")
    view = views.get("GET" if request.method == "HEAD" else request.method or "")
    if view is None:
        fields = {"Allow": _methods(request)}
        raise Refused(405, "This resource does not take this method.", fields)
    response = view(asked, **names)
    if asked.warnings:
        response.headers["Warning"] = ", ".join(asked.warnings)
    told: dict[str, Any] = {"status": response.status_code, **names}
    if request.method in ("GET", "HEAD"):
        record(request, "workitem.read", **told)
    return response


def _methods(request: HttpRequest) -> str:
    match = request.resolver_match
    return allowed(path_of(match.route)) if match else ""


def done(status: int = 200, **headers: str) -> HttpResponse:
    """An answer without a body."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status=status, headers=fields)
