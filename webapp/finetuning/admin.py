"""Fine-tune jobs in the administration: looked up here, asked for on their own page."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from webapp.api.admin import ReadOnlyAdmin
from webapp.api.admin_filters import NotEmptyFilter
from webapp.finetuning.models import FineTuneJob


@admin.register(FineTuneJob)
class FineTuneJobAdmin(ReadOnlyAdmin):
    """What waits, what failed and why; "Add" leads to the form with the estimate."""

    list_display = (
        "created_at",
        "title",
        "state",
        "step",
        "total",
        "priority",
        "failure_code",
        "ended_at",
    )
    list_filter = ("state", "preset", ("failure_code", NotEmptyFilter))
    search_fields = ("id", "title", "data_set__digest")
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_administrator", False))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: object = None
    ) -> HttpResponse:
        return redirect("finetune-jobs")

    def view_on_site(self, obj: FineTuneJob) -> str:
        """The live page."""
        return reverse("finetune-job", args=(obj.pk,))
