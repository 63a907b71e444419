"""REST routes of tiles, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.slides.tiles.api import TileTokenView

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "slides/<uuid:slide_id>/tile-token",
        TileTokenView.as_view(),
        name="slide-tile-token",
    ),
]
