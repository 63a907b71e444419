"""Pages of what the site learns from."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.reviews import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("examples/import/", pages.examples_import, name="examples-import"),
]
