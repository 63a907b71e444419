"""Pictures of a slide over REST: thumbnail, tissue mask and label."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from webapp.accounts.permissions import IsSignedIn
from webapp.accounts.scopes import PHI
from webapp.audit.record import record
from webapp.slides.models import Slide
from webapp.slides.serializers import may_edit

LABELS = ("label", "macro", "overview")


class AnyForm(DefaultContentNegotiation):
    """The answer is a picture, whatever the caller would rather have."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        """The renderer of problems."""
        return renderers[0], renderers[0].media_type


class PictureView(APIView):
    """A file beside the slide's pixels, kept by the browser of its reader alone."""

    permission_classes = (IsSignedIn,)
    content_negotiation_class = AnyForm
    file = ""
    content_type = ""

    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """The picture, or 304 to who has it."""
        slide = get_object_or_404(Slide.objects.visible_to(request.user), pk=pk)
        if not slide.is_viewable:
            raise Http404
        etag = f'"{slide.digest[:32]}-{self.file[:2]}"'
        known: HttpRequest = request._request
        response = get_conditional_response(known, etag=etag)
        if response is None or response.status_code != HTTPStatus.NOT_MODIFIED:
            response = _picture(slide.folder / "derived" / self.file, self.content_type)
        response["ETag"] = etag
        # Asked for again each time, so that who loses access sees it no longer.
        response["Cache-Control"] = "private, no-cache"
        return response


class ThumbnailView(PictureView):
    """The whole slide in 512 pixels at most."""

    file, content_type = "thumbnail.jpg", "image/jpeg"

    @extend_schema(
        operation_id="slides_thumbnail",
        summary="The whole slide as a small picture",
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        return super().get(request, pk)


class TissueView(PictureView):
    """White on tissue, black elsewhere, over the whole slide."""

    file, content_type = "tissue.png", "image/png"

    @extend_schema(
        operation_id="slides_tissue",
        summary="Where tissue was found: white on it, black elsewhere",
        responses={(200, "image/png"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        return super().get(request, pk)


class LabelView(APIView):
    """The paper label or the overview of the glass: it may name a patient."""

    permission_classes = (IsSignedIn,)
    content_negotiation_class = AnyForm
    scope = PHI
    parameters: ClassVar = [OpenApiParameter("name", str, enum=LABELS, default="label")]

    @extend_schema(
        operation_id="slides_label",
        summary="The label, for owner and administrators; each look is recorded",
        parameters=parameters,
        responses={
            (200, "image/png"): OpenApiTypes.BINARY,
            404: OpenApiResponse(description="None, or not for the caller."),
        },
    )
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """Never kept by anybody's browser."""
        slide = get_object_or_404(Slide.objects.visible_to(request.user), pk=pk)
        name = request.query_params.get("name", "label")
        if not may_edit(request.user, slide) or name not in LABELS:
            raise Http404
        response = _picture(slide.folder / "private" / f"{name}.png", "image/png")
        record(request, "label.view", on=slide, name=name)
        response["Cache-Control"] = "no-store"
        return response


def _picture(path: Path, content_type: str) -> HttpResponse:
    try:
        return HttpResponse(path.read_bytes(), content_type=content_type)
    except FileNotFoundError:
        raise Http404 from None
