"""Webhooks as administrators see them, with the button that sends again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from webapp.api.admin import ReadOnlyAdmin
from webapp.audit.record import record
from webapp.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from webapp.webhooks.services import enable_endpoint, replay


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Whose programs are told; people make endpoints themselves, over REST."""

    list_display = ("url", "owner", "created_at", "failing_since", "disabled_at")
    list_select_related = ("owner",)
    search_fields = ("url", "owner__username")
    exclude = ("sealed_secret", "sealed_earlier_secret")
    actions = ("enable",)

    @admin.action(description="Enable the chosen endpoints")
    def enable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        for endpoint in queryset:
            enable_endpoint(request, endpoint)


class AttemptInline(admin.TabularInline):  # type: ignore[type-arg]
    """How each try went."""

    model = WebhookAttempt
    can_delete = False
    max_num = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """The log."""

    list_display = ("created_at", "event", "endpoint", "state", "tries", "next_at")
    list_filter = ("state", "event")
    list_select_related = ("endpoint",)
    search_fields = ("id", "endpoint__url")
    date_hierarchy = "created_at"
    inlines = (AttemptInline,)
    actions = ("send_again",)

    @admin.action(description="Send the chosen deliveries again")
    def send_again(
        self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]
    ) -> None:
        sent = [delivery for delivery in queryset if replay(delivery)]
        for delivery in sent:
            record(request, "webhook.replay", on=delivery)
        messages.info(request, f"{len(sent)} are being sent again.")
