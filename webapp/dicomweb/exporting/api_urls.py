"""REST routes of de-identified copies."""

from __future__ import annotations

from django.urls import path

from webapp.dicomweb.exporting.api import ExportView, ReportListView

urlpatterns = [
    path("studies/<str:study>/deidentified", ExportView.as_view(), name="deidentify"),
    path(
        "deidentification-reports", ReportListView.as_view(), name="deidentifications"
    ),
]
