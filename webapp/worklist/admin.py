"""Workitems as administrators look them up."""

from __future__ import annotations

from django.contrib import admin

from webapp.api.admin import ReadOnlyAdmin
from webapp.worklist.models import Workitem


@admin.register(Workitem)
class WorkitemAdmin(ReadOnlyAdmin):
    list_display = ("uid", "owner", "state", "label", "job", "created_at")
    list_filter = ("state",)
    list_select_related = ("owner", "job")
    search_fields = ("uid", "study_uid", "accession_number", "owner__username")
    exclude = ("transaction_uid",)
