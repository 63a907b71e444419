"""REST routes of webhooks, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.webhooks import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks", api.EndpointListView.as_view(), name="webhooks"),
    path("webhooks/<uuid:pk>", api.EndpointView.as_view(), name="webhook"),
    path(
        "webhooks/<uuid:pk>/rotate-secret",
        api.RotateView.as_view(),
        name="webhook-rotate",
    ),
    path("webhooks/<uuid:pk>/enable", api.EnableView.as_view(), name="webhook-enable"),
    path("webhooks/<uuid:pk>/ping", api.PingView.as_view(), name="webhook-ping"),
    path(
        "webhooks/<uuid:endpoint>/deliveries",
        api.DeliveryListView.as_view(),
        name="webhook-deliveries",
    ),
    path(
        "webhooks/<uuid:endpoint>/deliveries/<uuid:pk>/replay",
        api.ReplayView.as_view(),
        name="webhook-replay",
    ),
]
