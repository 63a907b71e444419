"""Twins in the administration: asked for by slide, and seen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.slides.models import Slide
from webapp.twins import services
from webapp.twins.models import Twin


class TwinForm(forms.ModelForm):  # type: ignore[type-arg]
    """Which slide; the service refuses what cannot be."""

    class Meta:
        model = Twin
        fields = ("slide",)


@admin.register(Twin)
class TwinAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Adding one asks for it; nothing of it is changed by hand."""

    form = TwinForm
    list_display = ("slide", "state", "done", "total", "study_uid", "failure_message")
    list_filter = ("state",)
    list_select_related = ("slide",)
    search_fields = ("slide__name", "study_uid")
    raw_id_fields = ("slide",)
    actions = ("write_again",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Twin, form: Any, change: bool
    ) -> None:
        """Ask for it; a refusal is told and nothing is kept."""
        self._ask(request, obj.slide)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The audit has it; a refused one has no row to log."""

    def response_add(self, request: HttpRequest, obj: Any, *_: Any, **__: Any) -> Any:
        """Back to the list, without a message of success that may be none."""
        return self.response_post_save_add(request, obj)

    @admin.action(description="Write the chosen failed ones again")
    def write_again(self, request: HttpRequest, queryset: QuerySet[Twin]) -> None:
        for twin in queryset.filter(state=Twin.State.FAILED):
            self._ask(request, twin.slide)

    def _ask(self, request: HttpRequest, slide: Slide) -> None:
        assert isinstance(request.user, User)  # noqa: S101 -- the administration's
        try:
            services.ask_twin(slide, request.user)
        except DragonflyError as error:
            messages.error(request, error.message)
        else:
            messages.info(request, f"“{slide}” is being written as DICOM.")
