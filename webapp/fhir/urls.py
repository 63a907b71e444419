"""FHIR's addresses, below `/fhir/`."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from webapp.fhir import api, search_api


class NumberConverter(IntConverter):
    """Of a region: few digits, which every database takes."""

    regex = "[0-9]{1,9}"


register_converter(NumberConverter, "number")

app_name = "fhir"
urlpatterns = [
    path("metadata", api.MetadataView.as_view(), name="metadata"),
    path("ImagingStudy", search_api.ImagingStudies.as_view(), name="studies"),
    path("ImagingStudy/_search", search_api.ImagingStudyForm.as_view()),
    path("ImagingStudy/<str:uid>", api.ImagingStudyView.as_view(), name="study"),
    path("DiagnosticReport", search_api.DiagnosticReports.as_view(), name="reports"),
    path("DiagnosticReport/_search", search_api.DiagnosticReportForm.as_view()),
    path(
        "DiagnosticReport/<uuid:pk>", api.DiagnosticReportView.as_view(), name="report"
    ),
    path("Observation", search_api.Observations.as_view(), name="observations"),
    path("Observation/_search", search_api.ObservationForm.as_view()),
    path("Observation/<uuid:pk>", api.AnswerView.as_view(), name="answer"),
    path(
        "Observation/<uuid:pk>-<number:number>",
        api.RegionView.as_view(),
        name="region",
    ),
    path("<path:rest>", api.NothingView.as_view()),
]
