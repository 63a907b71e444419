"""Pages of model versions."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.training import import_pages, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("about/", pages.about, name="about"),
    path("models/", pages.models, name="models"),
    path("models/roll-back/", pages.roll_back, name="models-roll-back"),
    path("models/end-trial/", pages.end_trial, name="models-end-trial"),
    path("models/imports/", import_pages.model_imports, name="model-imports"),
    path("models/imports/<uuid:pk>/", import_pages.model_import, name="model-import"),
    path(
        "models/imports/<uuid:pk>/cancel/",
        import_pages.cancel_import,
        name="model-import-cancel",
    ),
    path("models/<int:pk>/", pages.model, name="model"),
    path("models/<int:pk>/delete/", pages.delete, name="model-delete"),
    path("activations/<int:pk>/<slug:verb>/", pages.decide, name="activation-decide"),
]
