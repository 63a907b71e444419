"""OAuth clients as administrators make and end them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from webapp.accounts.models import User
from webapp.accounts.oauth.models import OAuthClient
from webapp.accounts.scopes import SCOPES, unknown
from webapp.api.admin import ReadOnlyAdmin
from webapp.audit.record import record


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    """Only machines sign in by secret."""

    class Meta:
        model = OAuthClient
        fields = ("user", "name", "scopes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        machines = User.objects.filter(role=User.Role.INTEGRATION, is_active=True)
        if "user" in self.fields:
            self.fields["user"].queryset = machines  # type: ignore[attr-defined]

    def clean_scopes(self) -> str:
        """Words that are scopes."""
        words = self.cleaned_data["scopes"].split()
        if wrong := unknown(words):
            known = ", ".join(SCOPES)
            raise forms.ValidationError(f"{wrong[0]} is none of {known}.")
        return " ".join(words)


@admin.register(OAuthClient)
class OAuthClientAdmin(ReadOnlyAdmin):
    """Made and ended here, never changed."""

    form = ClientForm
    list_display = ("name", "client_id", "user", "created_at", "revoked_at")
    list_select_related = ("user",)
    search_fields = ("name", "client_id", "user__username")
    actions = ("revoke",)

    def save_model(
        self, request: HttpRequest, obj: OAuthClient, form: Any, change: bool
    ) -> None:
        """Make it and show its secret once, on the next page."""
        secret = obj.draw_secret()
        obj.save()
        record(request, "client.create", on=obj, user=obj.user.username)
        messages.warning(
            request,
            f"Copy this secret of {obj.client_id} now, it is not kept: {secret}",
        )

    @admin.action(description="Revoke the chosen clients and their tokens")
    def revoke(self, request: HttpRequest, queryset: QuerySet[OAuthClient]) -> None:
        for client in queryset.filter(revoked_at=None):
            OAuthClient.objects.filter(pk=client.pk).update(revoked_at=timezone.now())
            record(request, "client.revoke", on=client, user=client.user.username)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True
