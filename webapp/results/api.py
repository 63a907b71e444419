"""REST: the DICOM objects that tell of an answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.permissions import IsSignedIn
from webapp.audit.record import record
from webapp.questions.api import person, visible_questions
from webapp.results import services
from webapp.results.models import ResultObject
from webapp.results.reading import read_document
from webapp.results.serializers import MakeResultSerializer, ResultObjectSerializer

DICOM, PDF = "application/dicom", "application/pdf"


def visible_results(user: Any) -> QuerySet[ResultObject]:
    """Those of answers that the caller may see, with what is shown of each."""
    results = ResultObject.objects.visible_to(user)
    return results.select_related("instance__series__study")


class QuestionResultsView(generics.ListAPIView[ResultObject]):
    """The result objects of one answer."""

    permission_classes = (IsSignedIn,)
    serializer_class = ResultObjectSerializer
    queryset = ResultObject.objects.none()
    filterset_fields = ("kind",)

    def get_queryset(self) -> QuerySet[ResultObject]:
        question = get_object_or_404(
            visible_questions(self.request), pk=self.kwargs["pk"]
        )
        return visible_results(self.request.user).filter(question=question)

    @extend_schema(
        operation_id="questions_results_list",
        summary="DICOM objects that tell of an answer",
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="questions_results_make",
        summary="Make one kind of object; what was made before is not made again",
        request=MakeResultSerializer,
        responses={200: ResultObjectSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        question = get_object_or_404(visible_questions(request), pk=pk)
        asked = MakeResultSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        kind = asked.validated_data["kind"]
        made = services.make_result(question, kind, person(request))
        return Response(self.get_serializer(made).data)


class ResultQuery(generics.GenericAPIView[ResultObject]):
    """One result object that the caller may see."""

    permission_classes = (IsSignedIn,)
    serializer_class = ResultObjectSerializer
    queryset = ResultObject.objects.none()

    def get_queryset(self) -> QuerySet[ResultObject]:
        return visible_results(self.request.user)


class ResultView(ResultQuery):
    """What it is."""

    @extend_schema(operation_id="results_read", summary="One result object")
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


class ResultFileView(ResultQuery):
    """The object itself."""

    @extend_schema(
        operation_id="results_file",
        summary="The DICOM file; of a PDF, the document itself",
        parameters=[
            OpenApiParameter("as", enum=["dicom"], description="The DICOM file always.")
        ],
        responses={
            (200, DICOM): OpenApiTypes.BINARY,
            (200, PDF): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, pk: UUID) -> FileResponse:
        result = self.get_object()
        record(request, "result.read", on=result)
        name = f"{result.kind}-{result.question_id}-v{result.version}"
        wants_dicom = request.query_params.get("as") == "dicom"
        if result.kind == ResultObject.Kind.PDF and not wants_dicom:
            document = read_document(result.instance.path)
            return FileResponse(document, filename=f"{name}.pdf", content_type=PDF)
        return FileResponse(
            result.instance.path.open("rb"),
            as_attachment=True,
            filename=f"{name}.dcm",
            content_type=DICOM,
        )
