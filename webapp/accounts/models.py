"""`User`: a person or a machine, with one role; `ApiToken`: how a machine signs in."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from webapp.accounts.scopes import allows


class PeopleManager(UserManager["User"]):
    """Makes administrators of those whom Django calls superusers."""

    use_in_migrations = False

    def create_superuser(
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        **extra_fields: Any,
    ) -> User:
        """An administrator, as `manage.py createsuperuser` makes one."""
        extra_fields.setdefault("role", User.Role.ADMIN)
        return super().create_superuser(username, email, password, **extra_fields)


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

    class Purpose(models.TextChoices):
        """Why patient data are used: codes of HL7's PurposeOfUse."""

        TREAT = "TREAT", "Treatment"
        ETREAT = "ETREAT", "Emergency treatment"
        HOPERAT = "HOPERAT", "Healthcare operations"
        HQUALIMP = "HQUALIMP", "Quality improvement"
        HRESCH = "HRESCH", "Research"
        CLINTRCH = "CLINTRCH", "Clinical trial research"
        PUBHLTH = "PUBHLTH", "Public health"
        PATRQT = "PATRQT", "Request of the patient"

    role = models.CharField(max_length=16, choices=Role, default=Role.READER)
    usual_purpose = models.CharField(
        max_length=16,
        choices=Purpose,
        blank=True,
        help_text="For what they use patient data; empty: as the site does.",
    )
    quota_bytes = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Empty: the site's own quota."
    )

    objects: ClassVar[PeopleManager] = PeopleManager()

    stated_purpose: str = ""
    """What the token of this request says; it is never kept with the user."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row; the role alone decides on Django's own two flags."""
        self.is_staff = self.is_superuser = self.is_administrator
        if (names := kwargs.get("update_fields")) and "role" in names:
            kwargs["update_fields"] = {*names, "is_staff", "is_superuser"}
        super().save(*args, **kwargs)

    @property
    def can_upload(self) -> bool:
        """Everyone but readers brings slides in."""
        return self.role != self.Role.READER

    @property
    def purpose(self) -> str:
        """The code of why they act now, for the audit."""
        usual = self.usual_purpose or settings.PURPOSE_OF_USE
        return self.stated_purpose or str(usual)

    @property
    def is_administrator(self) -> bool:
        """May manage people and model versions."""
        return self.role == self.Role.ADMIN


def next_year() -> datetime:
    """When a token ends unless another time is asked for."""
    return timezone.now() + timedelta(days=365)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens by whether they open anything."""

    def valid(self) -> Self:
        """Neither revoked nor expired, of a user who may sign in."""
        return self.filter(
            Q(revoked_at=None), expires_at__gt=timezone.now(), user__is_active=True
        )


class ApiToken(models.Model):
    """A secret of 256 random bits, of which only the SHA-256 is kept.

    So many random bits cannot be guessed, so a slow password hash would only cost time.
    django-rest-knox knows neither name nor last use, and deletes what the audit names.
    """

    OPENING = "dragonfly_"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens"
    )
    name = models.CharField(max_length=100, help_text="Where it is used.")
    scopes = models.TextField(
        blank=True,
        help_text="What it opens, with spaces between; empty: all but phi.read.",
    )
    prefix = models.CharField(max_length=24, editable=False)
    """The secret's first characters, by which a person knows it again."""
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=next_year)
    last_used_at = models.DateTimeField(null=True, editable=False)
    """To the minute."""
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def draw_secret(self) -> str:
        """Draw the secret of a new token; this is the only time it is seen."""
        secret = self.OPENING + secrets.token_urlsafe(32)
        self.prefix = secret[: len(self.OPENING) + 6]
        self.digest = digest_of(secret)
        return secret

    @classmethod
    def issue(cls, user: User, name: str, **fields: Any) -> tuple[ApiToken, str]:
        """A new token of this user, and its secret."""
        token = cls(user=user, name=name, **fields)
        secret = token.draw_secret()
        token.save()
        return token, secret

    @classmethod
    def find(cls, secret: str) -> ApiToken | None:
        """The token with this secret, if it is still valid; notes its use."""
        tokens = cls.objects.valid().select_related("user")
        if token := tokens.filter(digest=digest_of(secret)).first():
            token.note_use()
        return token

    def allows(self, scope: str) -> bool:
        """It opens what needs this scope."""
        return allows(self.scopes, scope)

    def note_use(self) -> None:
        """Keep the time of use to the minute, so that most requests write nothing."""
        now = timezone.now()
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
        type(self).objects.filter(stale, pk=self.pk).update(last_used_at=now)

    def revoke(self) -> bool:
        """End it now; False if it had ended already."""
        tokens = type(self).objects.filter(pk=self.pk, revoked_at=None)
        return bool(tokens.update(revoked_at=timezone.now()))


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
