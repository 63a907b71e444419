"""Addresses of OAuth 2."""

from __future__ import annotations

from django.urls import path

from webapp.accounts.oauth import views

app_name = "oauth"
urlpatterns = [
    path("oauth/token", views.token, name="token"),
    path("oauth/revoke", views.revoke, name="revoke"),
    path("oauth/jwks", views.keys, name="keys"),
    path(
        ".well-known/oauth-authorization-server", views.metadata, name="oauth-metadata"
    ),
]
