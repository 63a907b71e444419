"""`Profile`, how the objects of a source are de-identified; `Report`, what was done."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce

from webapp.deidentification.files import Profile as Order
from webapp.webhooks.secret import seal, unseal


def draw_secret() -> str:
    """A new secret of 256 random bits, sealed with the site's key."""
    return seal(base64.b64encode(secrets.token_bytes(32)).decode())


class Profile(models.Model):
    """Objects of one source share a secret, so that their references hold.

    Two profiles give the same object different UIDs: their copies cannot be joined.
    """

    class Dates(models.TextChoices):
        REMOVED = "removed", "Removed"
        MOVED = "moved", "Moved back, by the same days for all of a patient"

    class Way(models.TextChoices):
        ARRIVAL = "arrival", "On arrival"
        EXPORT = "export", "Export"
        DELIVERY = "delivery", "Delivery"

    name = models.CharField(max_length=100, unique=True)
    source = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deidentification",
        help_text="The account whose objects it is for; empty: of all accounts that "
        "have no profile of their own.",
    )
    dates = models.CharField(max_length=8, choices=Dates, default=Dates.REMOVED)
    on_arrival = models.BooleanField(
        default=False,
        help_text="De-identify what this account sends before it is kept. What is "
        "withheld then is refused, and the sender told why.",
    )
    on_delivery = models.BooleanField(
        default=False,
        help_text="De-identify what goes from this account to destinations.",
    )
    sealed_secret = models.TextField(default=draw_secret, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            # Of the rows without a source there is one.
            models.UniqueConstraint(Coalesce("source", 0), name="one_for_each_source"),
        )

    def __str__(self) -> str:
        return self.name

    def order(self, *, looked_at: bool = False) -> Order:
        """For the reader in the sandbox."""
        secret = base64.b64decode(unseal(self.sealed_secret))
        return Order(secret, self.dates == self.Dates.MOVED, looked_at)


class Report(models.Model):
    """What was done to one study; it names new UIDs alone, never the old ones."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="reports"
    )
    way = models.CharField(max_length=8, choices=Profile.Way)
    study_uid = models.CharField(max_length=64)
    edition = models.CharField(max_length=8)
    object_count = models.PositiveIntegerField(default=0)
    done: models.JSONField[dict[str, int]] = models.JSONField(default=dict)
    """How many attributes were removed, emptied, replaced; UIDs and dates changed."""
    withheld: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)
    """Objects that did not go, each with `instance` and `why`."""
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=("owner", "study_uid")),)

    def __str__(self) -> str:
        return self.study_uid
