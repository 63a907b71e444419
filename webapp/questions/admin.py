"""Questions as administrators look them up."""

from __future__ import annotations

from django.contrib import admin

from webapp.api.admin import ReadOnlyAdmin
from webapp.questions.models import Question


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    """What is asked, waiting and failing."""

    list_display = ("text", "asker", "slide", "state", "attempt", "created_at")
    list_filter = ("state", "failure_code")
    list_select_related = ("asker", "slide")
    search_fields = ("id", "asker__username", "slide__name")
