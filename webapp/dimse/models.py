"""`Sender`: who may call us by DIMSE; `Fetch`: a study that an archive is asked for."""

from __future__ import annotations

import uuid
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from webapp.delivery.models import Destination
from webapp.delivery.titles import check_title
from webapp.dicomweb.models import UID_LENGTH
from webapp.dicomweb.sandbox.accepted import UID_PATTERN


def check_uid(text: str) -> None:
    """A unique identifier: digits and dots."""
    if len(text) > UID_LENGTH or not UID_PATTERN.fullmatch(text):
        raise ValidationError("A UID is made of digits with dots between them.")


def check_networks(text: str) -> None:
    """Addresses or networks with commas between them."""
    try:
        networks_of(text)
    except ValueError:
        raise ValidationError(
            "Write addresses such as 10.1.2.3 or networks such as 10.1.2.0/24, with "
            "commas between them."
        ) from None


def networks_of(text: str) -> list[str]:
    """The networks that are named, each as ipaddress writes it."""
    parts = [part.strip() for part in text.split(",")]
    return [str(ip_network(part)) for part in parts if part]


class Sender(models.Model):
    """Whoever is not named here is refused before anything is received."""

    title = models.CharField(
        "AE title",
        max_length=16,
        unique=True,
        validators=[check_title],
        help_text="The title with which the machine calls; capitals count.",
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="dimse_senders",
        limit_choices_to={"role": "integration"},
        help_text="What it sends belongs to this account.",
    )
    addresses = models.CharField(
        max_length=500,
        blank=True,
        validators=[check_networks],
        help_text="From where it may call, such as 10.1.2.3 or 10.1.2.0/24, with "
        "commas between; empty: from everywhere. A title alone is no secret.",
    )
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    def may_call_from(self, address: str) -> bool:
        """It is named for this address, or for all."""
        networks = networks_of(self.addresses)
        try:
            caller = ip_address(address.partition("%")[0])
        except ValueError:
            return not networks
        mapped = getattr(caller, "ipv4_mapped", None)
        return not networks or any(
            (mapped or caller) in ip_network(network) for network in networks
        )


def find_sender(title: str, address: str) -> Sender | None:
    """The machine that may call by this title from there; None if there is none."""
    senders = Sender.objects.select_related("account")
    sender = senders.filter(
        title=title, is_enabled=True, account__is_active=True
    ).first()
    return sender if sender and sender.may_call_from(address) else None


class FetchQuerySet(models.QuerySet["Fetch"]):
    """Fetches by who may see them."""

    def visible_to(self, user: Any) -> FetchQuerySet:
        """One's own; administrators see all."""
        if getattr(user, "is_administrator", False):
            return self.all()
        return self.filter(requested_by=user)


class Fetch(models.Model):
    """A study that an archive is asked to send. Changes of state name the expected one.

    queued -> fetching -> done | failed
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        FETCHING = "fetching"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    archive = models.ForeignKey(
        Destination,
        on_delete=models.CASCADE,
        related_name="fetches",
        limit_choices_to={"kind": "dimse", "is_enabled": True},
    )
    study = models.CharField("study UID", max_length=UID_LENGTH, validators=[check_uid])
    series = models.CharField(
        "series UID", max_length=UID_LENGTH, blank=True, validators=[check_uid]
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=300, blank=True)
    completed = models.PositiveIntegerField(default=0)
    """Objects that the archive says it sent."""
    failed = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = FetchQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name_plural = "fetches"
        indexes = (models.Index(fields=("state", "changed_at")),)

    def __str__(self) -> str:
        return f"{self.study} from {self.archive_id}"
