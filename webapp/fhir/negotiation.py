"""FHIR's media types: JSON alone, by `Accept` or by `_format`."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from webapp.fhir.capability import MEDIA

FORMATS = ("json", "application/json", "text/json", MEDIA)


class FhirRenderer(JSONRenderer):
    media_type = MEDIA


class FhirNegotiation(DefaultContentNegotiation):
    """`_format` wins over the header (FHIR R4, 3.1.0.1.11)."""

    def select_renderer(
        self,
        request: Request,
        renderers: Any,
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        asked = request.query_params.get("_format", "").replace(" ", "+")
        if not asked:
            chosen: tuple[BaseRenderer, str] = super().select_renderer(
                request, renderers, format_suffix
            )
            return chosen
        if asked not in FORMATS:
            raise NotAcceptable
        return renderers[0], MEDIA
