"""`dicomweb_view`: what every view of DICOMweb has in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from webapp.accounts.models import User
from webapp.audit.record import record
from webapp.dicomweb.addresses import base_of
from webapp.dicomweb.answers import Refused, warning
from webapp.dicomweb.media import MediaType, parse_accept
from webapp.dicomweb.sandbox.accepted import UID_PATTERN
from webapp.dicomweb.sign_in import signed_in

LONGEST_ADDRESS = 8192
METHODS = ("GET", "HEAD", "OPTIONS")
P = ParamSpec("P")


@dataclass
class Asked:
    """A request whose sender is known."""

    http: HttpRequest
    user: User
    base: str
    warnings: list[str] = field(default_factory=list)

    @property
    def accept(self) -> tuple[MediaType, ...]:
        """What is asked for; the query parameter wins (PS3.18 section 8.7.3.1)."""
        stated = self.http.GET.get("accept") or self.http.headers.get("accept", "*/*")
        return parse_accept(stated)

    def warn(self, text: str) -> None:
        """Add a Warning header to the answer."""
        self.warnings.append(warning(self.base, text))


View = Callable[Concatenate[Asked, P], HttpResponseBase]


def dicomweb_view(
    action: str,
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Sign the sender in, check UIDs, record `action`, and word refusals."""

    def decorate(
        view: View[P],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @csrf_exempt
        @wraps(view)
        def answer(
            request: HttpRequest, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            try:
                return _answered(request, view, action, *args, **kwargs)
            except Refused as refused:
                return refusal_response(request, refused)

        return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", answer)

    return decorate


def _answered(
    request: HttpRequest,
    view: View[P],
    action: str,
    *args: P.args,
    **kwargs: P.kwargs,
) -> HttpResponseBase:
    request.user = user = signed_in(request)
    if request.method not in METHODS:
        allowed = {"Allow": ", ".join(METHODS)}
        raise Refused(405, "This resource can only be read.", allowed)
    if len(request.get_full_path()) > LONGEST_ADDRESS:
        raise Refused(414, f"The address is longer than {LONGEST_ADDRESS} characters.")
    _refuse_no_uids(kwargs)
    asked = Asked(request, user, base_of(request))
    response = view(asked, *args, **kwargs)
    if asked.warnings:
        response.headers["Warning"] = ", ".join(asked.warnings)
    told: dict[str, Any] = {"status": response.status_code, **_uids(kwargs)}
    record(request, action, **told)
    return response


def _uids(kwargs: object) -> dict[str, str]:
    given = kwargs if isinstance(kwargs, dict) else {}
    return {k: v for k, v in given.items() if k in ("study", "series", "instance")}


def _refuse_no_uids(kwargs: object) -> None:
    for name, uid in _uids(kwargs).items():
        if len(uid) > 64 or not UID_PATTERN.fullmatch(uid):
            raise Refused(400, f"The {name} in the address is not named by a UID.")


def refusal_response(request: HttpRequest, refused: Refused) -> HttpResponse:
    """A refusal with its Status Report."""
    kind, body = refused.report(request.headers.get("accept", ""))
    response = HttpResponse(body, status=refused.status, content_type=kind)
    for name, value in refused.headers.items():
        response.headers[name] = value
    return response


def not_found() -> Refused:
    """The same words for what is secret, elsewhere, or never was."""
    return Refused(HTTPStatus.NOT_FOUND, "There is nothing here that you can see.")
