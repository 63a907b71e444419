"""Absolute addresses of studies, series and instances, as the client reaches them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

ROOT = "/dicom-web/"


def base_of(request: HttpRequest) -> str:
    """The service's address without a slash: "https://site/prefix/dicom-web"."""
    prefix = settings.FORCE_SCRIPT_NAME or ""
    return f"{request.scheme}://{_host(request)}{prefix}{ROOT}".removesuffix("/")


def _host(request: HttpRequest) -> str:
    """The host that the client named, or a proxy of ours.

    dicomweb-client leaves the port out of its Host header. A client on this machine
    with no proxy between can have come by the server's own port alone.
    """
    host = request.get_host()
    is_direct = request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")
    port = request.META.get("SERVER_PORT", "80")
    if settings.PROXY_COUNT or not is_direct or _has_port(host):
        return host
    return host if port in ("80", "443") else f"{host}:{port}"


def _has_port(host: str) -> bool:
    return ":" in host.rpartition("]")[2]


def study_at(base: str, study: str) -> str:
    return f"{base}/studies/{study}"


def series_at(base: str, study: str, series: str) -> str:
    return f"{base}/studies/{study}/series/{series}"


def instance_at(base: str, study: str, series: str, instance: str) -> str:
    return f"{series_at(base, study, series)}/instances/{instance}"
