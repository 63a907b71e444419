"""REST routes of people and tokens, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.accounts import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("me", api.MeView.as_view(), name="me"),
    path("tokens", api.TokenListView.as_view(), name="tokens"),
    path("tokens/<uuid:pk>", api.TokenView.as_view(), name="token"),
]
