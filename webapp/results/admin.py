"""Result objects as administrators see them."""

from __future__ import annotations

from django.contrib import admin

from webapp.api.admin import ReadOnlyAdmin
from webapp.results.models import ResultFailure, ResultObject


@admin.register(ResultObject)
class ResultObjectAdmin(ReadOnlyAdmin):
    """What was made of which answer."""

    list_display = ("created_at", "kind", "version", "question", "instance")
    list_filter = ("kind",)
    list_select_related = ("question", "instance")
    search_fields = ("id", "question__id", "instance__uid")
    date_hierarchy = "created_at"


@admin.register(ResultFailure)
class ResultFailureAdmin(ReadOnlyAdmin):
    """Reports that could not be made, and why."""

    list_display = ("updated_at", "question", "code", "message", "tries")
    list_filter = ("code",)
    list_select_related = ("question",)
