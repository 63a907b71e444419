"""`/oauth/`: tokens, taking them back, our public keys, and where all that is."""

from __future__ import annotations

from authlib.oauth2.rfc6749.util import extract_basic_authorization
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.oauth.key import public_keys
from webapp.accounts.oauth.models import OAuthClient
from webapp.accounts.oauth.server import WAYS, Revocation, issuer_of, server
from webapp.accounts.scopes import SCOPES
from webapp.api.problems import problem_response
from webapp.api.throttle import Limit, seconds_to_wait
from webapp.audit.models import AuditEvent
from webapp.audit.record import client_address

KEYS_LIVE = "public, max-age=300"


def sign_in_limit() -> Limit:
    """Of attempts from one address that come to nothing."""
    return Limit("sign-in", settings.SIGN_IN_PER_MINUTE)


def too_many(request: HttpRequest) -> HttpResponse | None:
    """429 for an address that has failed too often lately."""
    wait = seconds_to_wait(sign_in_limit(), client_address(request) or "", add=0)
    if not wait:
        return None
    response = problem_response(
        429, "THROTTLED", "Too many failed attempts. Wait a little."
    )
    response.headers["Retry-After"] = str(wait)
    return response


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A token for a client's name and secret (RFC 6749 section 4.4)."""
    if refused := too_many(request):
        return refused
    response: HttpResponse = server().create_token_response(request)
    if response.status_code == 200:
        _note(request, "token.create")
    else:
        seconds_to_wait(sign_in_limit(), client_address(request) or "")
        _note(request, "token.refuse")
    return response


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """A client gives a token back (RFC 7009)."""
    if refused := too_many(request):
        return refused
    response: HttpResponse = server().create_endpoint_response(
        Revocation.ENDPOINT_NAME, request
    )
    if response.status_code == 401:
        seconds_to_wait(sign_in_limit(), client_address(request) or "")
    return response


def _note(request: HttpRequest, action: str) -> None:
    """In the audit, with the client if there is one of that name."""
    name, _ = extract_basic_authorization(request.headers)
    name = name or request.POST.get("client_id", "")
    client = OAuthClient.objects.filter(client_id=name).select_related("user").first()
    user = client.user if client else None
    address = client_address(request)
    AuditEvent.record(action, actor=user, on=client, address=address)


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """With which anyone can check our tokens (RFC 7517)."""
    return JsonResponse(public_keys(), headers={"Cache-Control": KEYS_LIVE})


@require_GET
def metadata(request: HttpRequest) -> HttpResponse:
    """Where everything is (RFC 8414)."""
    issuer = issuer_of(request)
    prefix = settings.FORCE_SCRIPT_NAME or ""

    def at(name: str) -> str:
        return issuer + reverse(name).removeprefix(prefix)

    told = {
        "issuer": issuer,
        "token_endpoint": at("oauth:token"),
        "revocation_endpoint": at("oauth:revoke"),
        "jwks_uri": at("oauth:keys"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": WAYS,
        "revocation_endpoint_auth_methods_supported": WAYS,
        "scopes_supported": list(SCOPES),
        "service_documentation": at("api:docs"),
    }
    return JsonResponse(told, headers={"Cache-Control": KEYS_LIVE})
