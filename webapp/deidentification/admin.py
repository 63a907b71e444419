"""Profiles, which administrators make, and reports, which they look up."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from webapp.api.admin import ReadOnlyAdmin
from webapp.api.guarded_form import GuardedForm
from webapp.audit.record import record
from webapp.deidentification.models import Profile, Report


@admin.register(Profile)
class ProfileAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = GuardedForm
    list_display = ("name", "source", "dates", "on_arrival", "on_delivery")
    list_select_related = ("source",)

    def save_model(
        self, request: HttpRequest, obj: Profile, form: Any, change: bool
    ) -> None:
        """Save and record which fields changed."""
        super().save_model(request, obj, form, change)
        action = "profile.change" if change else "profile.create"
        record(request, action, on=obj, fields=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Profile) -> None:
        record(request, "profile.delete", on=obj, name=obj.name)
        super().delete_model(request, obj)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "study_uid", "owner", "profile", "way")
    list_filter = ("way", "profile")
    list_select_related = ("owner", "profile")
    search_fields = ("study_uid", "owner__username")
