"""REST routes of model versions, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.training import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("models", api.ModelVersionListView.as_view(), name="models"),
]
