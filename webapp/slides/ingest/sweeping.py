"""Slides whose ingest was lost: sent again, or given up after a few attempts."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from webapp.slides.ingest.lease import is_leased
from webapp.slides.ingest.queue import send_ingest
from webapp.slides.ingest.steps import MOST_ATTEMPTS, OPEN, fail
from webapp.slides.models import Slide


def sweep_slides() -> int:
    """Resend what is quiet and held by nobody; returns how many were sent or failed."""
    before = timezone.now() - timedelta(seconds=settings.INGEST_QUIET_SECONDS)
    quiet = Slide.objects.filter(state__in=OPEN, deleted_at=None, updated_at__lt=before)
    return sum(_swept(slide) for slide in quiet)


def _swept(slide: Slide) -> bool:
    if is_leased(slide.id):
        return False
    if slide.ingest_attempts >= MOST_ATTEMPTS:
        fail(
            slide,
            "INGEST_LOST",
            "Preparing this slide was interrupted several times. The file may be "
            "damaged in a way that stops the reader; export it again.",
        )
        return True
    # Quiet again from now on: one that waits in a long queue is not sent every time.
    changed = Slide.objects.filter(pk=slide.pk, updated_at=slide.updated_at).update(
        updated_at=timezone.now()
    )
    return bool(changed) and send_ingest(slide.id)
