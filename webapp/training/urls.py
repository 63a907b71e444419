"""Pages of model versions."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.training import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("about/", pages.about, name="about"),
]
