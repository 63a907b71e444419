"""REST routes of deliveries, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.delivery import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("destinations", api.DestinationListView.as_view(), name="destinations"),
    path("deliveries", api.DeliveryListView.as_view(), name="deliveries"),
    path("deliveries/<uuid:pk>", api.DeliveryView.as_view(), name="delivery"),
    path(
        "deliveries/<uuid:pk>/replay",
        api.ReplayView.as_view(),
        name="delivery-replay",
    ),
]
