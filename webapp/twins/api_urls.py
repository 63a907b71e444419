"""REST routes of twins, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.twins import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("slides/<uuid:pk>/dicom", api.SlideTwinView.as_view(), name="slide-dicom"),
]
