"""The audit as administrators read it."""

from __future__ import annotations

from django.contrib import admin

from webapp.api.admin import ReadOnlyAdmin
from webapp.api.admin_filters import NotEmptyFilter
from webapp.audit.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """A list to search; nothing in it can be changed."""

    list_display = (
        *("at", "actor", "action", "object_type", "object_id", "address", "purpose"),
    )
    list_filter = ("action", ("purpose", NotEmptyFilter))
    search_fields = ("actor__username", "object_id", "address")
    date_hierarchy = "at"
    list_select_related = ("actor",)
