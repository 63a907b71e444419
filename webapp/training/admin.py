"""Model versions, and who decided on them, as administrators read them.

Decisions are made on the pages of `webapp.training.pages`, by two people.
"""

from __future__ import annotations

from django.contrib import admin

from webapp.api.admin import ReadOnlyAdmin
from webapp.training.models import ActivationRequest, ModelImport, ModelVersion, Trial


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    """Workers and fine-tune jobs tell of versions."""

    list_display = ("name", "state", "variant", "digest", "created_at", "activated_at")
    list_filter = ("state",)
    search_fields = ("name", "digest")


@admin.register(ActivationRequest)
class ActivationRequestAdmin(ReadOnlyAdmin):
    """Who asked for what, and who decided."""

    list_display = ("created_at", "version", "share", "state", "asked_by", "decided_by")
    list_filter = ("state",)
    list_select_related = ("version", "asked_by", "decided_by")


@admin.register(Trial)
class TrialAdmin(ReadOnlyAdmin):
    """Candidates that answered some people first."""

    list_display = ("started_at", "version", "share", "is_open", "ended_at")
    list_select_related = ("version",)


@admin.register(ModelImport)
class ModelImportAdmin(ReadOnlyAdmin):
    """What was brought in from outside, and what was refused."""

    list_display = ("created_at", "folder", "state", "code", "created_by", "ended_at")
    list_filter = ("state",)
    list_select_related = ("created_by",)
