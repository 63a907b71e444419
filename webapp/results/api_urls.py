"""REST routes of result objects, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.results import api

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "questions/<uuid:pk>/results",
        api.QuestionResultsView.as_view(),
        name="question-results",
    ),
    path("results/<uuid:pk>", api.ResultView.as_view(), name="result"),
    path("results/<uuid:pk>/file", api.ResultFileView.as_view(), name="result-file"),
]
