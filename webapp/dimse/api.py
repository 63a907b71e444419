"""REST: what other archives have, and fetching a study from one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.models import User
from webapp.accounts.permissions import IsSignedIn
from webapp.audit.record import record
from webapp.delivery.models import Destination
from webapp.dimse.archive.finding import find_studies
from webapp.dimse.models import Fetch
from webapp.dimse.serializers import (
    FetchSerializer,
    FoundStudySerializer,
    SearchSerializer,
)
from webapp.dimse.services import request_fetch

KEYWORDS = {
    "patient_id": "PatientID",
    "accession_number": "AccessionNumber",
    "study": "StudyInstanceUID",
    "date": "StudyDate",
}


class MayAskArchives(IsSignedIn):
    """An archive tells of every patient of a hospital, so not everybody may ask it."""

    message = "Only administrators and integrations may ask other archives."

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        allowed = (User.Role.ADMIN, User.Role.INTEGRATION)
        return isinstance(user, User) and user.role in allowed


class ArchiveStudiesView(generics.GenericAPIView[Destination]):
    """What an archive has."""

    permission_classes = (MayAskArchives,)
    serializer_class = FoundStudySerializer
    queryset = Destination.objects.none()
    filter_backends = ()
    pagination_class = None

    @extend_schema(
        operation_id="archives_studies",
        summary="Search an archive for studies (C-FIND); 200 at most",
        parameters=[SearchSerializer, OpenApiParameter("id", UUID, "path")],
        responses=FoundStudySerializer(many=True),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        archives = Destination.objects.filter(
            kind=Destination.Kind.DIMSE, is_enabled=True
        )
        archive = get_object_or_404(archives, pk=pk)
        asked = SearchSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = {KEYWORDS[name]: text for name, text in asked.validated_data.items()}
        found = find_studies(archive, **wanted)
        record(request, "dimse.search", on=archive, found=[one.study for one in found])
        return Response(FoundStudySerializer(found, many=True).data)


class FetchQuery(generics.GenericAPIView[Fetch]):
    """The caller's fetches; an administrator's are everyone's."""

    permission_classes = (MayAskArchives,)
    serializer_class = FetchSerializer
    queryset = Fetch.objects.none()

    def get_queryset(self) -> QuerySet[Fetch]:
        return Fetch.objects.visible_to(self.request.user)


class FetchListView(FetchQuery, generics.ListAPIView[Fetch]):
    """List fetches and ask for a study."""

    filterset_fields = ("state", "study")

    @extend_schema(operation_id="fetches_list", summary="Fetches, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="fetches_create",
        summary="Ask an archive for a study, or a series of it (C-MOVE)",
        responses={202: FetchSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        fetch = request_fetch(request, Fetch(**asked.validated_data))
        return Response(self.get_serializer(fetch).data, status.HTTP_202_ACCEPTED)


class FetchView(FetchQuery):
    """One fetch."""

    @extend_schema(operation_id="fetches_read", summary="One fetch")
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(self.get_serializer(self.get_object()).data)
