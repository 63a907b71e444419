"""The resources, each by its id. A stranger's do not exist."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.permissions import IsSignedIn
from webapp.audit.record import record
from webapp.dicomweb.addresses import base_of
from webapp.fhir import searches
from webapp.fhir.capability import MEDIA, capability_statement
from webapp.fhir.diagnostic_report import diagnostic_report
from webapp.fhir.imaging_study import imaging_study
from webapp.fhir.negotiation import FhirNegotiation, FhirRenderer
from webapp.fhir.observation import answer_observation, region_observation
from webapp.fhir.outcome import operation_outcome


class FhirView(APIView):
    """Answers FHIR's JSON, and says what is wrong as FHIR does."""

    permission_classes: tuple[Any, ...] = (IsSignedIn,)
    renderer_classes = (FhirRenderer, JSONRenderer)
    content_negotiation_class = FhirNegotiation
    schema = None  # FHIR describes itself.

    def handle_exception(self, exc: Exception) -> Response:
        response: Response = super().handle_exception(exc)
        response.data = operation_outcome(response.data)
        response.content_type = MEDIA
        return response

    def send(self, request: Request, on: Any, resource: dict[str, Any]) -> Response:
        """Send it, and have the audit say that it was read."""
        record(request, "fhir.read", on=on, resource=resource["resourceType"])
        return Response(resource, headers={"Cache-Control": "private, no-cache"})


class MetadataView(FhirView):
    """What is offered; no secret."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request) -> Response:
        base = request.build_absolute_uri().partition("/metadata")[0]
        return Response(capability_statement(base))


class ImagingStudyView(FhirView):
    """By its Study Instance UID."""

    def get(self, request: Request, uid: str) -> Response:
        study = get_object_or_404(searches.studies(request.user), uid=uid)
        resource = imaging_study(study, base_of(request._request))
        return self.send(request, study, resource)


class DiagnosticReportView(FhirView):
    """By the id of its question."""

    def get(self, request: Request, pk: UUID) -> Response:
        question = get_object_or_404(searches.reports(request.user), pk=pk)
        report = diagnostic_report(question, request.build_absolute_uri)
        return self.send(request, question, report)


class AnswerView(FhirView):
    """By the id of its question."""

    def get(self, request: Request, pk: UUID) -> Response:
        question = get_object_or_404(searches.answers(request.user), pk=pk)
        return self.send(request, question, answer_observation(question))


class RegionView(FhirView):
    """By the id of its question and its number."""

    def get(self, request: Request, pk: UUID, number: int) -> Response:
        regions = searches.regions(request.user)
        found = get_object_or_404(regions, question=pk, number=number)
        return self.send(request, found.question, region_observation(found))


class NothingView(FhirView):
    """Every other address."""

    def get(self, request: Request, rest: str) -> Response:
        raise Http404
