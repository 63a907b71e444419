"""`Destination`, an archive of somebody else's; `Delivery`, one object on its way."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from webapp.delivery.titles import check_title
from webapp.dicomweb.models import Instance
from webapp.webhooks import secret


class Destination(models.Model):
    """Where objects may go, and how we sign in there; administrators name it."""

    class Kind(models.TextChoices):
        STOW = "stow", "DICOMweb (STOW-RS)"
        DIMSE = "dimse", "DIMSE (C-STORE)"

    class SignIn(models.TextChoices):
        NONE = "none", "none"
        BASIC = "basic", "name and password"
        BEARER = "bearer", "bearer token"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    is_enabled = models.BooleanField(
        default=True, help_text="What is under way to others waits until it is."
    )
    url = models.CharField(
        "URL",
        max_length=2000,
        blank=True,
        help_text="Of its DICOMweb services, such as https://pacs.example/dicom-web; "
        "objects go to /studies below it.",
    )
    sign_in = models.CharField(max_length=8, choices=SignIn, default=SignIn.NONE)
    username = models.CharField(max_length=200, blank=True)
    sealed_secret = models.TextField(blank=True, editable=False)
    """A password or a token."""
    title = models.CharField(
        "AE title", max_length=16, blank=True, validators=[check_title]
    )
    host = models.CharField(max_length=253, blank=True)
    port = models.PositiveIntegerField(null=True, blank=True)
    uses_tls = models.BooleanField("uses TLS", default=False)
    authority = models.TextField(
        blank=True,
        help_text="PEM: who signed its certificate; empty: whom this machine trusts.",
    )
    sealed_certificate = models.TextField(blank=True, editable=False)
    """PEM of our certificate and its key, for mutual TLS."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """What its kind needs is there."""
        if self.kind == self.Kind.STOW and not self.url:
            raise ValidationError({"url": "A DICOMweb destination needs its URL."})
        if self.kind == self.Kind.DIMSE:
            needed = {"title": self.title, "host": self.host, "port": self.port}
            missing = [name for name, value in needed.items() if not value]
            if missing:
                words = "A DIMSE destination needs a title, a host and a port."
                raise ValidationError(dict.fromkeys(missing, words))

    @property
    def secret(self) -> str:
        """The password or token.

        Raises:
            InvalidToken: the site's key has changed since.
        """
        return secret.unseal(self.sealed_secret) if self.sealed_secret else ""

    @property
    def certificate(self) -> str:
        """PEM of our certificate and its key, or "".

        Raises:
            InvalidToken: the site's key has changed since.
        """
        return secret.unseal(self.sealed_certificate) if self.sealed_certificate else ""


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries by who may see them."""

    def visible_to(self, user: Any) -> DeliveryQuerySet:
        """Of objects that this user may see."""
        return self.filter(instance__in=Instance.objects.visible_to(user))

    def due(self, now: Any) -> DeliveryQuerySet:
        """Those to be tried, and those whose try has not ended in its time."""
        return self.filter(
            Q(state__in=(Delivery.State.WAITING, Delivery.State.SENDING)),
            next_at__lte=now,
            destination__is_enabled=True,
        )


class Delivery(models.Model):
    """One object for one destination. Each change of state names the state it expects.

    waiting -> sending -> delivered | waiting | parked; parked -> waiting by a person.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        DELIVERED = "delivered"
        PARKED = "parked"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    instance = models.ForeignKey(
        Instance, on_delete=models.CASCADE, related_name="deliveries"
    )
    destination = models.ForeignKey(
        Destination, on_delete=models.CASCADE, related_name="deliveries"
    )
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    """What the last try came to, in words; no patient's data."""
    tries = models.PositiveSmallIntegerField(default=0)
    """Since it was made or sent again."""
    round = models.PositiveIntegerField(default=0)
    """Counts every try ever, so that a try which was given up changes nothing late."""
    next_at = models.DateTimeField(null=True)
    """When it is tried next; while it is being sent, when that is given up."""
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name_plural = "deliveries"
        indexes = (models.Index(fields=("state", "next_at")),)
        constraints = (
            models.UniqueConstraint(
                fields=("instance", "destination"), name="delivered_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.instance_id} to {self.destination_id}"
