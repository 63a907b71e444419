"""The root of the service."""

from __future__ import annotations

from django.http.response import HttpResponseBase

from webapp.dicomweb.requests import Asked, dicomweb_view, not_found


@dicomweb_view("dicom.root")
def root(asked: Asked) -> HttpResponseBase:
    """Nothing to get; OPTIONS says what the service can do."""
    raise not_found()
