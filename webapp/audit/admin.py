"""The audit as administrators read it."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from webapp.audit.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list to search; nothing in it can be changed."""

    list_display = ("at", "actor", "action", "object_type", "object_id", "address")
    list_filter = ("action", "object_type")
    search_fields = ("actor__username", "object_id", "address")
    date_hierarchy = "at"
    list_select_related = ("actor",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: AuditEvent | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: AuditEvent | None = None
    ) -> bool:
        return False
