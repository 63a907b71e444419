"""REST routes of the site itself: its health, its schema and the page about it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.api import schema
from webapp.api.health import HealthView

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", HealthView.as_view(), name="health"),
    path("openapi.json", schema.SchemaView.as_view(), name="openapi"),
    path("schema", schema.SchemaView.as_view(), name="schema"),
    path("docs", schema.docs, name="docs"),
]
