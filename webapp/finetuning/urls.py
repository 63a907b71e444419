"""Pages of fine-tune jobs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.finetuning import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("finetune/", pages.jobs, name="finetune-jobs"),
    path("finetune/<uuid:pk>/", pages.job, name="finetune-job"),
    path("finetune/questions/", pages.fixed_questions, name="fixed-questions"),
    path(
        "finetune/questions/<int:pk>/remove/",
        pages.remove_fixed_question,
        name="fixed-question-remove",
    ),
    path(
        "finetune/<uuid:pk>/evaluation/", pages.evaluation, name="finetune-evaluation"
    ),
    path("finetune/<uuid:pk>/<slug:verb>/", pages.steer, name="finetune-steer"),
]
