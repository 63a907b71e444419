"""The page of drift."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.drift import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("models/drift/", pages.drift, name="models-drift"),
]
