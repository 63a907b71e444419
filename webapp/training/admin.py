"""Model versions as administrators see them and choose among them."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from dragonfly.errors import DragonflyError
from webapp.api.admin import ReadOnlyAdmin
from webapp.audit.record import client_address
from webapp.training.models import ModelVersion
from webapp.training.services import activate_model_version, active_model_version


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    """Workers tell of versions; a person makes one of them the active one."""

    list_display = ("name", "state", "variant", "digest", "created_at", "activated_at")
    list_filter = ("state",)
    search_fields = ("name", "digest")
    actions = ("activate",)

    @admin.action(description="Let the chosen version answer from now on")
    def activate(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        if len(queryset) != 1:
            messages.error(request, "Choose exactly one version.")
            return
        try:
            activate_model_version(
                queryset[0],
                replacing=active_model_version(),
                actor=request.user,
                address=client_address(request),
            )
        except DragonflyError as error:
            messages.error(request, error.message)
