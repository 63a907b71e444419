"""REST routes of jobs, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.jobs import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs", api.JobListView.as_view(), name="jobs"),
    path("jobs/<uuid:pk>", api.JobView.as_view(), name="job"),
    path("jobs/<uuid:pk>/result", api.JobResultView.as_view(), name="job-result"),
]
