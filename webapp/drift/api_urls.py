"""The REST route of drift, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.drift import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("models/drift", api.DriftView.as_view(), name="models-drift"),
]
