"""`ModelVersion`: one immutable checkpoint, and who decided that it answers."""

from __future__ import annotations

import hashlib
import uuid

from django.conf import settings
from django.db import models

from webapp.accounts.models import User


class ModelVersion(models.Model):
    """A checkpoint that can answer; one is active at a time."""

    class State(models.TextChoices):
        CANDIDATE = "candidate"
        ACTIVE = "active"
        RETIRED = "retired"

    name = models.CharField(max_length=128)
    digest = models.CharField(max_length=80, unique=True)
    path = models.CharField(max_length=1024)
    """Folder as the workers see it."""
    variant = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    """What a person has to know of it, such as "small research model"."""
    card_text = models.TextField(blank=True)
    """What its makers write of it."""
    state = models.CharField(max_length=16, choices=State, default=State.CANDIDATE)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    replaced = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """The version that answered before this one was made active."""

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("state",),
                condition=models.Q(state="active"),
                name="one_active_version",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.digest[:12]})"


class ActivationRequest(models.Model):
    """One administrator asks that a version answers; another one decides."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for another administrator"
        APPROVED = "approved"
        REFUSED = "refused"

    EVERYBODY = 100

    version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="activation_requests"
    )
    replacing = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """The version that was active when this was asked."""
    share = models.PositiveSmallIntegerField(default=EVERYBODY)
    """Percent of the people whose questions go to it; all: it becomes active."""
    people = models.ManyToManyField(User, blank=True, related_name="+")
    """Whose questions go to it whatever the share."""
    checks = models.JSONField(default=list)
    """The rules as they stood: [{"rule", "is_met", "told"}]."""
    reason = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)
    """What the one who decided wrote."""

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("version",),
                condition=models.Q(state="waiting"),
                name="one_waiting_request",
            ),
        )

    def __str__(self) -> str:
        return f"{self.version.name}: {self.state}"

    @property
    def is_for_everybody(self) -> bool:
        """Approved, the version becomes the active one."""
        return self.share == self.EVERYBODY


class Trial(models.Model):
    """A candidate answers some people, beside the version that is active."""

    version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="trials"
    )
    share = models.PositiveSmallIntegerField()
    people = models.ManyToManyField(User, blank=True, related_name="+")
    is_open = models.BooleanField(default=True)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-started_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("is_open",),
                condition=models.Q(is_open=True),
                name="one_open_trial",
            ),
        )

    def __str__(self) -> str:
        return f"{self.version.name} for {self.share} percent"

    def includes(self, user: User) -> bool:
        """Whether this person's questions go to it; the same each time."""
        drawn = hashlib.sha256(f"{self.pk}/{user.pk}".encode()).digest()
        by_lot = int.from_bytes(drawn[:4]) % 100 < self.share
        return by_lot or self.people.filter(pk=user.pk).exists()


class ModelImport(models.Model):
    """A checkpoint or adapter from outside, which a worker looks at before it counts.

    receiving -> checking -> accepted | refused; cancelled from each of the first two.
    What lies in a folder of the site already begins at checking.
    """

    class State(models.TextChoices):
        RECEIVING = "receiving", "Receiving files"
        CHECKING = "checking", "Waiting for the check"
        ACCEPTED = "accepted"
        REFUSED = "refused"
        CANCELLED = "cancelled"

    OPEN = (State.RECEIVING, State.CHECKING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    folder = models.CharField(max_length=255)
    """Name within `models/incoming` of the data folder."""
    title = models.CharField(max_length=128, blank=True)
    """What the version is to be called; empty: as the model calls itself."""
    is_upload = models.BooleanField(default=False)
    """Its folder was made for it, and goes when it ends."""
    base = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """What an adapter was trained on top of."""
    state = models.CharField(max_length=16, choices=State, default=State.CHECKING)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    attempt = models.PositiveIntegerField(default=1)
    """Counts up with each message to the worker."""
    handed_at = models.DateTimeField(null=True)
    """When it was whole, and the check was asked for."""
    sent_at = models.DateTimeField(null=True)
    """When the newest attempt was put on the training queue."""
    seen_at = models.DateTimeField(null=True)
    """When it was last seen on the queue or with a worker."""
    is_at_work = models.BooleanField(default=False)
    """A worker had it in its hands when it was last seen."""
    code = models.CharField(max_length=64, blank=True)
    message = models.TextField(blank=True)
    """Why it was refused, in words."""
    model_version = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.PROTECT, related_name="imports"
    )
    """What came of it; a version that was known already stays as it was."""
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("state",)),)

    def __str__(self) -> str:
        if self.title or not self.is_upload:
            return self.title or self.folder
        return f"Upload {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        """More will happen to it by itself, or files may still come."""
        return self.state in self.OPEN
