"""Destinations and deliveries as administrators manage them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from dragonfly.errors import DragonflyError
from webapp.api.admin import ReadOnlyAdmin
from webapp.api.guarded_form import GuardedForm
from webapp.audit.record import record
from webapp.delivery.models import Delivery, Destination
from webapp.delivery.sending import try_out
from webapp.delivery.sending.outcome import Fate
from webapp.delivery.sending.place import find_url
from webapp.delivery.sending.trust import tls_context
from webapp.delivery.services import replay
from webapp.webhooks.secret import seal

KEEP = "Empty: what was entered before stays."


class DestinationForm(GuardedForm):
    """Secrets go in and are never shown again."""

    new_secret = forms.CharField(
        label="Password or token",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=KEEP,
    )
    new_certificate = forms.CharField(
        label="Our certificate and key",
        required=False,
        widget=forms.Textarea,
        help_text=f"PEM, for mutual TLS. {KEEP}",
    )

    class Meta:
        model = Destination
        fields = (
            "name",
            "kind",
            "is_enabled",
            "url",
            "sign_in",
            "username",
            "new_secret",
            "title",
            "host",
            "port",
            "uses_tls",
            "authority",
            "new_certificate",
        )

    def clean(self) -> dict[str, Any]:
        """Seal what was entered, and refuse what could never work."""
        data: dict[str, Any] = super().clean() or {}
        if entered := data.get("new_secret"):
            self.instance.sealed_secret = seal(entered)
        if entered := data.get("new_certificate"):
            self.instance.sealed_certificate = seal(entered)
        self.instance.authority = data.get("authority", "")
        try:
            tls_context(self.instance)
            if data.get("kind") == Destination.Kind.STOW and data.get("url"):
                find_url(data["url"])
        except DragonflyError as refused:
            raise ValidationError(refused.message) from None
        return data


@admin.register(Destination)
class DestinationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Where objects may go."""

    form = DestinationForm
    list_display = ("name", "kind", "url", "title", "host", "port", "is_enabled")
    list_filter = ("kind", "is_enabled")
    search_fields = ("name", "url", "host", "title")
    actions = ("try_chosen",)

    @admin.action(description="Try whether the chosen destinations answer")
    def try_chosen(self, request: HttpRequest, queryset: QuerySet[Destination]) -> None:
        for destination in queryset:
            outcome = try_out(destination)
            answers = outcome.fate == Fate.DELIVERED
            told = "It answers." if answers else outcome.reason
            level = messages.SUCCESS if answers else messages.ERROR
            self.message_user(request, f"{destination}: {told}", level)

    def save_model(
        self, request: HttpRequest, obj: Destination, form: Any, change: bool
    ) -> None:
        """Save and record which fields changed."""
        super().save_model(request, obj, form, change)
        action = "destination.change" if change else "destination.create"
        record(request, action, on=obj, fields=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Destination) -> None:
        record(request, "destination.delete", on=obj, name=obj.name)
        super().delete_model(request, obj)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What is on its way, what arrived, and what waits for a person."""

    list_display = (
        "created_at",
        "instance",
        "destination",
        "state",
        "reason",
        "tries",
        "next_at",
    )
    list_filter = ("state", "destination")
    list_select_related = ("instance", "destination")
    search_fields = ("id", "instance__uid", "instance__series__study__uid")
    date_hierarchy = "created_at"
    actions = ("send_again",)

    @admin.action(description="Send the chosen parked deliveries again")
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        sent = [delivery for delivery in queryset if replay(delivery)]
        for delivery in sent:
            record(request, "delivery.replay", on=delivery)
        messages.info(request, f"{len(sent)} are being sent again.")
