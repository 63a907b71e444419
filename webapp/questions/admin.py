"""Questions as administrators see them; what was asked and answered never changes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from webapp.api.admin import ReadOnlyAdmin
from webapp.api.admin_filters import NotEmptyFilter
from webapp.questions.models import Answer, EvidenceRegion, Question


class AnswerInline(admin.StackedInline):  # type: ignore[type-arg]
    """What came of it."""

    model = Answer
    can_delete = False
    max_num = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EvidenceInline(admin.TabularInline):  # type: ignore[type-arg]
    """Where the model looked."""

    model = EvidenceRegion
    can_delete = False
    max_num = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    """What runs, what failed and why."""

    list_display = (
        "created_at",
        "slide",
        "asker",
        "state",
        "attempt",
        "failure_code",
        "model_version",
    )
    list_filter = ("state", ("failure_code", NotEmptyFilter), "model_version")
    search_fields = ("id", "asker__username", "slide__name")
    date_hierarchy = "created_at"
    list_select_related = ("slide", "asker", "model_version")
    inlines = (AnswerInline, EvidenceInline)
