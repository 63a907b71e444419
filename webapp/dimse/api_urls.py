"""REST routes of other archives, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.dimse import api

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "archives/<uuid:pk>/studies",
        api.ArchiveStudiesView.as_view(),
        name="archive-studies",
    ),
    path("fetches", api.FetchListView.as_view(), name="fetches"),
    path("fetches/<uuid:pk>", api.FetchView.as_view(), name="fetch"),
]
