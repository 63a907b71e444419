"""REST routes of fine-tune jobs, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.finetuning import api

one = "finetune-jobs/<uuid:pk>"
urlpatterns: list[URLPattern | URLResolver] = [
    path("finetune-jobs", api.FineTuneJobListView.as_view(), name="finetune-jobs"),
    path(
        "finetune-jobs/estimate", api.EstimateView.as_view(), name="finetune-estimate"
    ),
    path(one, api.FineTuneJobView.as_view(), name="finetune-job"),
    path(f"{one}/pause", api.PauseView.as_view(), name="finetune-pause"),
    path(f"{one}/resume", api.ResumeView.as_view(), name="finetune-resume"),
    path(f"{one}/metrics", api.MetricsView.as_view(), name="finetune-metrics"),
]
