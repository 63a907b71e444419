"""Jobs as administrators see them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from webapp.api.admin import ReadOnlyAdmin
from webapp.api.admin_filters import NotEmptyFilter
from webapp.jobs.models import Job, JobQuestion


class JobQuestionInline(admin.TabularInline):  # type: ignore[type-arg]
    """What is asked."""

    model = JobQuestion
    can_delete = False
    max_num = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """What waits, what failed and why."""

    list_display = ("created_at", "owner", "state", "failure_code", "ended_at")
    list_filter = ("state", ("failure_code", NotEmptyFilter))
    list_select_related = ("owner",)
    search_fields = ("id", "owner__username", "study_uid")
    date_hierarchy = "created_at"
    inlines = (JobQuestionInline,)
