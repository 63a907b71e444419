"""What the clock does with uploads: it gives up old ones and completes whole ones."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from webapp.slides.models import Upload
from webapp.slides.uploads.part_file import LockedError, PartFile
from webapp.slides.uploads.services import COMPLETE, RECEIVING, complete_upload

ABANDONED_DAYS = 30


def expire_uploads() -> int:
    """Give up the uploads of which nothing came for long; returns how many."""
    waiting = Q(state=RECEIVING) | Q(state=COMPLETE, slide=None, folder__isnull=False)
    late = Upload.objects.filter(waiting, expires_at__lt=timezone.now())
    ended = sum(_expired(upload) for upload in late)
    old = timezone.now() - timedelta(days=ABANDONED_DAYS)
    Upload.objects.filter(state=Upload.State.ABANDONED, updated_at__lt=old).delete()
    return ended


def _expired(upload: Upload) -> bool:
    part = PartFile(upload.id)
    try:
        with part.locked():
            changed = Upload.objects.filter(
                pk=upload.pk, state=upload.state, expires_at=upload.expires_at
            ).update(state=Upload.State.ABANDONED, updated_at=timezone.now())
            if changed:
                part.remove()
    except LockedError:
        return False
    except FileNotFoundError:
        Upload.objects.filter(pk=upload.pk, state=upload.state).update(
            state=Upload.State.ABANDONED, updated_at=timezone.now()
        )
        return True
    return bool(changed)


def complete_whole_uploads() -> int:
    """Complete uploads whose last byte came just before the process died."""
    done = 0
    for upload in Upload.objects.filter(state=RECEIVING).select_related("owner"):
        part = PartFile(upload.id)
        if part.size != upload.size:
            continue
        try:
            with part.locked():
                done += complete_upload(upload)
        except (LockedError, FileNotFoundError):
            continue
    return done
