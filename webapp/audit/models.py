"""`AuditEvent`: who did what to which record, when. Append-only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """One act; it names records by type and id and holds no patient data."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    action = models.CharField(max_length=64, db_index=True)
    """verb and noun, such as "slide.delete" or "label.view"."""
    object_type = models.CharField(max_length=32, blank=True)
    object_id = models.CharField(max_length=64, blank=True, db_index=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    purpose = models.CharField(max_length=16, blank=True)
    """Why the actor acted: a code of HL7's PurposeOfUse; empty for the system."""
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new event; an old one is never changed."""
        if not self._state.adding:
            raise TypeError("An audit event is never changed.")
        super().save(*args, **kwargs)

    @classmethod
    def record(
        cls,
        action: str,
        *,
        actor: Any = None,
        on: models.Model | None = None,
        address: str | None = None,
        **details: Any,
    ) -> AuditEvent:
        """Append one event.

        Args:
            actor: the user; None for the system itself.
            on: the record acted on.
            address: the client's network address.
            details: plain values; never a patient's name or a slide's label.
        """
        return cls.objects.create(
            actor=actor if getattr(actor, "pk", None) else None,
            action=action,
            object_type=on._meta.model_name or "" if on else "",
            object_id=str(on.pk) if on else "",
            address=address,
            purpose=getattr(actor, "purpose", ""),
            details=details,
        )
