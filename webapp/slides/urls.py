"""Pages of slides."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.slides import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.worklist, name="worklist"),
    path("slides/<uuid:slide_id>/", pages.workspace, name="workspace"),
]
