"""Pages of model versions."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.training import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("about/", pages.about, name="about"),
    path("models/", pages.models, name="models"),
    path("models/roll-back/", pages.roll_back, name="models-roll-back"),
    path("models/end-trial/", pages.end_trial, name="models-end-trial"),
    path("models/<int:pk>/", pages.model, name="model"),
    path("activations/<int:pk>/<slug:verb>/", pages.decide, name="activation-decide"),
]
