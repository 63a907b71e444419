"""REST: consent, outside examples, and frozen data sets."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.permissions import IsAdministrator, IsSignedIn
from webapp.api.editions import IF_MATCH, edition, locked, refuse_outdated
from webapp.audit.record import client_address, record
from webapp.questions.api import person
from webapp.reviews import services
from webapp.reviews.models import DataSetVersion, SlideUse
from webapp.reviews.serializers import (
    DataSetSerializer,
    ImportSerializer,
    SlideUseSerializer,
)
from webapp.reviews.services.importing import PREVIEWED, Import
from webapp.slides.models import Slide
from webapp.slides.serializers import may_edit

FORMATS = ("jsonl", "parquet", "geojson")


class SlideUseView(APIView):
    """Consent, patient and check of one slide; its owner's business."""

    permission_classes = (IsSignedIn,)

    def own(self, request: Request, pk: UUID) -> Slide:
        slide = get_object_or_404(Slide.objects.visible_to(request.user), pk=pk)
        if not may_edit(request.user, slide):
            raise PermissionDenied("Only the slide's owner decides on its use.")
        return slide

    @extend_schema(
        operation_id="slides_training_use",
        summary="Whether a slide may be learned from",
        responses=SlideUseSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return edition(use_of(self.own(request, pk)))

    @extend_schema(
        operation_id="slides_set_training_use",
        summary="Say whether a slide may be learned from",
        parameters=[IF_MATCH],
        request=SlideUseSerializer,
        responses=SlideUseSerializer,
    )
    @transaction.atomic
    def put(self, request: Request, pk: UUID) -> Response:
        slide = locked(self.own(request, pk))
        refuse_outdated(request, use_of(slide))
        asked = SlideUseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        use = services.set_slide_use(
            slide, person(request), asked.validated_data, client_address(request)
        )
        return Response(SlideUseSerializer(use).data)


def use_of(slide: Slide) -> dict[str, Any]:
    """As REST shows it; unknown where nobody has said anything yet."""
    use = SlideUse.objects.filter(slide_digest=slide.digest).first()
    return dict(SlideUseSerializer(use or SlideUse()).data)


class WholeBody(BaseParser):
    """The body as it is, whatever it is called."""

    media_type = "*/*"

    def parse(
        self, stream: Any, media_type: str | None = None, context: Any = None
    ) -> dict[str, bytes]:
        return {"content": stream.read()}


class ExampleImportView(APIView):
    """Examples from outside."""

    permission_classes = (IsAdministrator,)
    parser_classes = (WholeBody,)

    @extend_schema(
        operation_id="examples_import",
        summary="Preview or add examples from JSON Lines, Parquet or GeoJSON",
        parameters=[
            OpenApiParameter("file_format", str, enum=FORMATS, required=True),
            OpenApiParameter("add", bool, description="Without it: a preview."),
            OpenApiParameter("skip_errors", bool, description="Add the good rows."),
        ],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=ImportSerializer,
    )
    def post(self, request: Request) -> Response:
        """The preview shows the first rows and every error."""
        asked = request.query_params
        file_format = asked.get("file_format", "")
        body: Any = request.data
        content = body["content"] if body else b""
        if asked.get("add") != "true":
            checked = services.preview_import(content, file_format, person(request))
            return Response(shown(checked, added=0))
        done = services.import_examples(
            content,
            file_format,
            person(request),
            skip_errors=asked.get("skip_errors") == "true",
            address=client_address(request),
        )
        return Response(shown(done, added=len(done.rows)))


def shown(checked: Import, added: int) -> dict[str, Any]:
    """An import as REST shows it."""
    rows = checked.rows[:PREVIEWED]
    preview = [
        {
            "slide": row.slide,
            "region": {
                "x": row.region.x,
                "y": row.region.y,
                "width": row.region.width,
                "height": row.region.height,
            },
            "question": row.question,
            "answer": row.answer,
            "origin": row.origin,
            "licence": row.licence,
            "part": row.part,
        }
        for row in rows
    ]
    body = {
        "good": len(checked.rows),
        "added": added,
        "refused": checked.errors,
        "duplicates": checked.duplicates,
        "near_duplicates": checked.near_duplicates,
        "preview": preview,
    }
    return dict(ImportSerializer(body).data)


class DataSetListView(generics.ListAPIView[DataSetVersion]):
    """Frozen data sets."""

    permission_classes = (IsAdministrator,)
    serializer_class = DataSetSerializer
    queryset = DataSetVersion.objects.select_related("frozen_by")

    def get_queryset(self) -> QuerySet[DataSetVersion]:
        return DataSetVersion.objects.select_related("frozen_by")

    @extend_schema(operation_id="data_sets_list", summary="Data sets, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="data_sets_freeze",
        summary="Freeze every example that may be learned from",
        request=DataSetSerializer,
        responses={201: DataSetSerializer},
    )
    def post(self, request: Request) -> Response:
        """The same examples give the data set that is there already."""
        asked = DataSetSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data_set = services.freeze_data_set(
            asked.validated_data["name"], person(request), client_address(request)
        )
        return Response(DataSetSerializer(data_set).data, status.HTTP_201_CREATED)


class DataSetExportView(APIView):
    """A data set as a file that the import reads again."""

    permission_classes = (IsAdministrator,)

    @extend_schema(
        operation_id="data_sets_export",
        summary="The rows of a data set, each with its part, as JSON Lines",
        responses={(200, "application/jsonl"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        data_set = get_object_or_404(DataSetVersion, pk=pk)
        record(request, "data_set.export", on=data_set)
        rows = data_set.rows.values_list("part", "line")
        lines = [
            json.dumps(json.loads(line) | {"part": part}, ensure_ascii=False)
            for part, line in rows
        ]
        response = HttpResponse(
            "".join(f"{line}\n" for line in lines), content_type="application/jsonl"
        )
        name = f"data-set-{data_set.digest[:12]}.jsonl"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
