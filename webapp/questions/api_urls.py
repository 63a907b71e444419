"""REST routes of questions and answers, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.questions import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("questions", api.QuestionListView.as_view(), name="questions"),
    path("questions/<uuid:pk>", api.QuestionDetailView.as_view(), name="question"),
    path(
        "questions/<uuid:pk>/stop",
        api.QuestionStopView.as_view(),
        name="question-stop",
    ),
    path(
        "questions/<uuid:pk>/events",
        api.QuestionEventsView.as_view(),
        name="question-events",
    ),
    path(
        "questions/<uuid:pk>/evidence/<int:number>/crop",
        api.CropView.as_view(),
        name="question-crop",
    ),
    path("workers", api.WorkersView.as_view(), name="workers"),
]
