"""REST routes of the site itself: its health, its schema and the pages about it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
