"""Pages of people."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, path

from webapp.accounts import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", pages.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", pages.ChangePassword.as_view(), name="password"),
]
