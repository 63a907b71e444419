"""Who may call by DIMSE, as administrators say it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from webapp.api.admin import ReadOnlyAdmin
from webapp.api.guarded_form import GuardedForm
from webapp.audit.record import record
from webapp.dimse.models import Fetch, Sender
from webapp.dimse.services import request_fetch


@admin.register(Sender)
class SenderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The allow-list; a change counts from the next association on."""

    form = GuardedForm
    list_display = ("title", "account", "addresses", "is_enabled")
    list_filter = ("is_enabled",)
    list_select_related = ("account",)
    search_fields = ("title", "account__username")

    def save_model(
        self, request: HttpRequest, obj: Sender, form: Any, change: bool
    ) -> None:
        """Save and record which fields changed."""
        super().save_model(request, obj, form, change)
        action = "dimse_sender.change" if change else "dimse_sender.create"
        record(request, action, on=obj, fields=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Sender) -> None:
        record(request, "dimse_sender.delete", on=obj, title=obj.title)
        super().delete_model(request, obj)


@admin.register(Fetch)
class FetchAdmin(ReadOnlyAdmin):
    """Studies that archives were asked for; adding one asks for it."""

    list_display = ("created_at", "archive", "study", "state", "completed", "reason")
    list_filter = ("state", "archive")
    list_select_related = ("archive",)
    search_fields = ("study",)
    fields = ("archive", "study", "series")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def save_model(
        self, request: HttpRequest, obj: Fetch, form: Any, change: bool
    ) -> None:
        """Ask for it."""
        request_fetch(request, obj)
