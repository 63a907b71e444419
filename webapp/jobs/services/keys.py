"""`Idempotency-Key`: a request that is sent twice makes one job.

draft-ietf-httpapi-idempotency-key-header-07. Key and job are written together, so that
a request under way is never seen: whoever comes second waits for the first one's row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.jobs.models import IdempotencyKey, Job

LIFE = timedelta(hours=24)
LONGEST = 255


@dataclass(frozen=True)
class Request:
    """A request as its sender named it; an empty key names nothing."""

    owner: User
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


def submit_once(request: Request, submit: Callable[[], Job]) -> tuple[Job, bool]:
    """The job of this request, and whether it was there before.

    Raises:
        DragonflyError: IDEMPOTENCY_KEY_REUSED.
    """
    if not request.key:
        return submit(), False
    if known := _known(request):
        return known, True
    try:
        with transaction.atomic():
            job = submit()
            IdempotencyKey.objects.create(
                owner=request.owner,
                key=request.key,
                fingerprint=request.fingerprint,
                job=job,
            )
    except IntegrityError:
        # The same request came twice at the same moment.
        if (job_of_other := _known(request)) is None:
            raise
        return job_of_other, True
    return job, False


def _known(request: Request) -> Job | None:
    keys = IdempotencyKey.objects.filter(owner=request.owner, key=request.key)
    keys.filter(created_at__lt=timezone.now() - LIFE).delete()
    known = keys.select_related("job").first()
    if known is None:
        return None
    if known.fingerprint != request.fingerprint:
        raise DragonflyError(
            "IDEMPOTENCY_KEY_REUSED",
            "This Idempotency-Key was used for another request. Use a new one.",
        )
    return known.job


def forget_old_keys() -> None:
    """Delete those that no longer count."""
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - LIFE).delete()
