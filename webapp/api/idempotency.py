"""`Idempotency-Key`: a request that is sent twice makes one thing.

draft-ietf-httpapi-idempotency-key-header-07. Key and thing are written together, so
that a request under way is never seen: whoever comes second waits for the first's row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter

from dragonfly.errors import DragonflyError

LIFE = timedelta(hours=24)
LONGEST = 255
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Such as a UUID: sending the request again within a day makes no "
    "second job.",
)
Made = TypeVar("Made", bound=models.Model)


class RequestKey(models.Model):
    """A client's name for a request; it lives for a day. What was made is its `job`."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    key = models.CharField(max_length=LONGEST)
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of the request's fields."""
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"key {self.pk}"


@dataclass(frozen=True)
class Request:
    """A request as its sender named it; an empty key names nothing."""

    owner: Any
    key: str
    fields: Any

    @property
    def fingerprint(self) -> str:
        """The same for the same fields, in whatever order."""
        plain = json.dumps(self.fields, sort_keys=True, default=str)
        return hashlib.sha256(plain.encode()).hexdigest()


def key_of(header: str) -> str:
    """The key in the header: a quoted string, as the draft has it, or bare.

    Raises:
        DragonflyError: IDEMPOTENCY_KEY_INVALID.
    """
    text = header.strip()
    key = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise DragonflyError(
            "IDEMPOTENCY_KEY_INVALID",
            f"An Idempotency-Key has at most {LONGEST} plain characters, such as a "
            "UUID.",
        )
    return key


def make_once(
    keys: Any, request: Request, make: Callable[[], Made]
) -> tuple[Made, bool]:
    """What this request made, and whether it was there before.

    Args:
        keys: the child of `RequestKey` whose `job` is what `make` makes.

    Raises:
        DragonflyError: IDEMPOTENCY_KEY_REUSED.
    """
    if not request.key:
        return make(), False
    if known := _known(keys, request):
        return known, True
    try:
        with transaction.atomic():
            made = make()
            keys._default_manager.create(
                owner=request.owner,
                key=request.key,
                fingerprint=request.fingerprint,
                job=made,
            )
    except IntegrityError:
        # The same request came twice at the same moment.
        if (of_other := _known(keys, request)) is None:
            raise
        return of_other, True
    return made, False


def _known(keys: Any, request: Request) -> Any:
    same = keys._default_manager.filter(owner=request.owner, key=request.key)
    same.filter(created_at__lt=timezone.now() - LIFE).delete()
    known = same.select_related("job").first()
    if known is None:
        return None
    if known.fingerprint != request.fingerprint:
        raise DragonflyError(
            "IDEMPOTENCY_KEY_REUSED",
            "This Idempotency-Key was used for another request. Use a new one.",
        )
    return known.job


def forget_old(keys: type[RequestKey]) -> None:
    """Delete those that no longer count."""
    keys._default_manager.filter(created_at__lt=timezone.now() - LIFE).delete()
