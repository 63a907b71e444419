"""Searching: by GET with a query, or by POST with a form (FHIR R4, 3.1.1)."""

from __future__ import annotations

from django.utils.datastructures import MultiValueDict
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.audit.record import record
from webapp.dicomweb.addresses import base_of
from webapp.fhir import searches
from webapp.fhir.api import FhirView
from webapp.fhir.bundle import CURSOR, searchset
from webapp.fhir.diagnostic_report import diagnostic_report
from webapp.fhir.imaging_study import imaging_study
from webapp.fhir.observation import answer_observation, region_observation
from webapp.fhir.pages import Kind, page_of
from webapp.fhir.parameters import Parameters, refused

COUNT, MOST = 20, 100
"""Resources of one page, and how many may be asked for."""


class SearchView(FhirView):
    """One type. A search changes nothing, whichever way it comes."""

    parser_classes = (FormParser,)
    scope = "results.read"
    resource = ""

    def kinds(self, request: Request, params: Parameters) -> list[Kind]:
        """What is searched."""
        raise NotImplementedError

    def get(self, request: Request) -> Response:
        return self.found(request, Parameters(request.query_params))

    def found(self, request: Request, params: Parameters) -> Response:
        """The bundle; a parameter that is not known is an error to who wants that."""
        params.one("_format")
        count, cursor = params.number("_count", COUNT, MOST), params.one(CURSOR)
        kinds = self.kinds(request, params)
        is_strict = "handling=strict" in request.headers.get("Prefer", "")
        if is_strict and params.unknown:
            raise refused(params.unknown[0], "This is not searched by here.")
        page = page_of(kinds, cursor, count)
        total = sum(kind.rows.count() for kind in kinds)
        base = request.build_absolute_uri().partition(f"/{self.resource}")[0]
        record(request, "fhir.search", resource=self.resource, found=total)
        body = searchset(page, total, base, self.resource, params)
        return Response(body, headers={"Cache-Control": "private, no-cache"})


class FormSearchView(SearchView):
    """The same, with the parameters in the body too."""

    http_method_names = ("post", "options")

    def post(self, request: Request) -> Response:
        both: MultiValueDict[str, str] = request.query_params.copy()
        both.update(request.data if isinstance(request.data, MultiValueDict) else {})
        return self.found(request, Parameters(both))


class ImagingStudies(SearchView):
    resource = "ImagingStudy"

    def kinds(self, request: Request, params: Parameters) -> list[Kind]:
        base = base_of(request._request)
        rows = searches.find_studies(request.user, params)
        return [Kind(rows, lambda study: imaging_study(study, base))]


class DiagnosticReports(SearchView):
    resource = "DiagnosticReport"

    def kinds(self, request: Request, params: Parameters) -> list[Kind]:
        absolute = request.build_absolute_uri
        rows = searches.find_reports(request.user, params)
        return [Kind(rows, lambda one: diagnostic_report(one, absolute))]


class Observations(SearchView):
    resource = "Observation"

    def kinds(self, request: Request, params: Parameters) -> list[Kind]:
        answers = searches.find_answers(request.user, params)
        regions = searches.find_regions(request.user, params)
        return [
            Kind(answers, answer_observation),
            Kind(regions, region_observation, "question_id", "number"),
        ]


class ImagingStudyForm(ImagingStudies, FormSearchView):
    pass


class DiagnosticReportForm(DiagnosticReports, FormSearchView):
    pass


class ObservationForm(Observations, FormSearchView):
    pass
