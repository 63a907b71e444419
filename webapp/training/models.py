"""`ModelVersion`: one immutable checkpoint, named by its digest."""

from __future__ import annotations

from django.db import models


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
    state = models.CharField(max_length=16, choices=State, default=State.CANDIDATE)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)

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
