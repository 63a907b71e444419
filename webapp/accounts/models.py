"""`User`: a person or a machine, with one role."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Someone who signs in; the role says what they may do, ownership on what."""

    class Role(models.TextChoices):
        READER = "reader", "Reader"
        """Looks at slides shared with them and asks."""
        EDITOR = "editor", "Editor"
        """Also uploads, shares and deletes their own."""
        ADMIN = "admin", "Administrator"
        """Also manages people and model versions."""
        INTEGRATION = "integration", "Integration"
        """A machine, such as a PACS; signs in by token alone."""

    role = models.CharField(max_length=16, choices=Role, default=Role.READER)
    quota_bytes = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Empty: the site's own quota."
    )

    @property
    def can_upload(self) -> bool:
        """Everyone but readers brings slides in."""
        return self.role != self.Role.READER

    @property
    def is_administrator(self) -> bool:
        """May manage people and model versions."""
        return self.role == self.Role.ADMIN
