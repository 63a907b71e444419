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
from webapp.dicomweb.capabilities import allowed, describe, path_of
from webapp.dicomweb.media import MediaType, parse_accept
from webapp.dicomweb.sandbox.accepted import UID_PATTERN
from webapp.dicomweb.sign_in import signed_in

LONGEST_ADDRESS = 8192
READING = ("GET", "HEAD")
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


PlainView = Callable[..., HttpResponseBase]
View = Callable[Concatenate[Asked, P], HttpResponseBase]


def dicomweb_view(
    action: str, methods: tuple[str, ...] = READING
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Sign the sender in, check UIDs, record `action`, and word refusals.

    Every resource answers OPTIONS with what can be done there and below.
    """

    def decorate(
        view: View[P],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @csrf_exempt
        @wraps(view)
        def answer(
            request: HttpRequest, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            try:
                request.user = user = signed_in(request)
                asked = Asked(request, user, base_of(request))
                if request.method == "OPTIONS":
                    return capabilities(asked)
                _refuse_method(asked, methods)
                return _answered(asked, view, action, *args, **kwargs)
            except Refused as refused:
                return refusal_response(request, refused)

        return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", answer)

    return decorate


def by_method(usual: PlainView, **others: PlainView) -> PlainView:
    """The view of `others` that is named like the request's method, or `usual`."""

    @csrf_exempt
    def answer(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        view = others.get(request.method or "", usual)
        return view(request, *args, **kwargs)

    return answer


def capabilities(asked: Asked) -> HttpResponse:
    """The description of the resource and all below it."""
    path = _path(asked)
    kind, body = describe(asked.base, path, asked.accept)
    return HttpResponse(body, content_type=kind, headers={"Allow": allowed(path)})


def _path(asked: Asked) -> str:
    match = asked.http.resolver_match
    return path_of(match.route) if match else ""


def _refuse_method(asked: Asked, methods: tuple[str, ...]) -> None:
    if asked.http.method not in methods:
        fields = {"Allow": allowed(_path(asked))}
        raise Refused(405, "This resource does not take this method.", fields)


def _answered(
    asked: Asked, view: View[P], action: str, *args: P.args, **kwargs: P.kwargs
) -> HttpResponseBase:
    if len(asked.http.get_full_path()) > LONGEST_ADDRESS:
        raise Refused(414, f"The address is longer than {LONGEST_ADDRESS} characters.")
    _refuse_no_uids(kwargs)
    response = view(asked, *args, **kwargs)
    if asked.warnings:
        response.headers["Warning"] = ", ".join(asked.warnings)
    told: dict[str, Any] = {"status": response.status_code, **_uids(kwargs)}
    record(asked.http, action, **told)
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
