"""REST routes of reviews and data sets, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.reviews import api, data_api

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "questions/<uuid:pk>/reviews",
        api.QuestionReviewsView.as_view(),
        name="question-reviews",
    ),
    path("reviews", api.ReviewListView.as_view(), name="reviews"),
    path("reviews/agreement", api.AgreementView.as_view(), name="review-agreement"),
    path("reviews/<uuid:pk>", api.ReviewView.as_view(), name="review"),
    path("reviews/<uuid:pk>/accept", api.AcceptView.as_view(), name="review-accept"),
    path("reviews/<uuid:pk>/reject", api.RejectView.as_view(), name="review-reject"),
    path(
        "slides/<uuid:pk>/training-use",
        data_api.SlideUseView.as_view(),
        name="slide-training-use",
    ),
    path(
        "examples/import", data_api.ExampleImportView.as_view(), name="example-import"
    ),
    path("data-sets", data_api.DataSetListView.as_view(), name="data-sets"),
    path(
        "data-sets/<int:pk>/export",
        data_api.DataSetExportView.as_view(),
        name="data-set-export",
    ),
]
