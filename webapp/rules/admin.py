"""Rules in the administration, with a dry run."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import ManyToManyField, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from webapp.api.guarded_form import GuardedForm
from webapp.audit.record import record
from webapp.dicomweb.models import Series
from webapp.rules.models import Rule, RuleRun
from webapp.rules.services import explain
from webapp.slides.models import Slide


@admin.register(Rule)
class RuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Made and changed by administrators."""

    form = GuardedForm
    list_display = ("name", "position", "is_enabled", "is_last", "source", "modality")
    list_filter = ("is_enabled",)
    list_select_related = ("source",)
    search_fields = ("name", "questions")
    formfield_overrides: ClassVar = {
        ManyToManyField: {"widget": forms.CheckboxSelectMultiple}
    }
    change_list_template = "admin/rules/rules.html"

    def get_urls(self) -> list[Any]:
        dry = self.admin_site.admin_view(self.dry_run)
        return [path("dry-run/", dry, name="rules_dry_run"), *super().get_urls()]

    def dry_run(self, request: HttpRequest) -> HttpResponse:
        """Which rules would be acted on for a slide, and why."""
        named = request.GET.get("slide", "").strip()
        slides = find_slides(named)
        page = {
            **self.admin_site.each_context(request),
            "title": "Dry run of the rules",
            "named": named,
            "told": [(slide, explain(slide), is_dicom(slide)) for slide in slides],
            "reports": settings.REPORT_ANSWERS,
        }
        return render(request, "admin/rules/dry_run.html", page)

    def save_model(
        self, request: HttpRequest, obj: Rule, form: Any, change: bool
    ) -> None:
        """Save and record which fields changed."""
        super().save_model(request, obj, form, change)
        action = "rule.change" if change else "rule.create"
        record(request, action, on=obj, fields=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Rule) -> None:
        record(request, "rule.delete", on=obj, name=obj.name)
        super().delete_model(request, obj)


def find_slides(named: str) -> list[Slide]:
    """By the slide's id, its name, or the UID of its study or series."""
    if not named:
        return []
    wanted = Q(name=named) | Q(series__uid=named) | Q(series__study__uid=named)
    with suppress(ValueError):
        wanted |= Q(pk=uuid.UUID(named))
    found = Slide.objects.filter(wanted, deleted_at=None).select_related("owner")
    return list(found.distinct()[:20])


def is_dicom(slide: Slide) -> bool:
    """It came as DICOM, so that reports of it are made by themselves."""
    return Series.objects.filter(slide=slide).exists()


@admin.register(RuleRun)
class RuleRunAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Which rule made which job."""

    list_display = ("at", "rule", "slide", "job")
    list_select_related = ("rule", "slide", "job")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
