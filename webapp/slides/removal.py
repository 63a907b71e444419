"""Deleting slides: at once for people, later from the disk."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

from django.utils import timezone

from webapp.slides.models import Slide
from webapp.slides.tiles.listing import unpublish

UNDO_DAYS = 7


def delete_slide(slide: Slide) -> bool:
    """Hide it from everybody; `restore_slide` brings it back for a week."""
    changed = Slide.objects.filter(pk=slide.pk, deleted_at=None).update(
        deleted_at=timezone.now(), updated_at=timezone.now()
    )
    unpublish(slide)
    return bool(changed)


def restore_slide(slide: Slide) -> bool:
    """Undo; False once its files are gone."""
    changed = Slide.objects.filter(
        pk=slide.pk, deleted_at__gt=_last_chance(), files_removed=False
    ).update(deleted_at=None, updated_at=timezone.now())
    return bool(changed)


def purge_deleted() -> int:
    """Remove the files of slides deleted long ago; the record stays for its answers."""
    late = Slide.objects.filter(deleted_at__lte=_last_chance(), files_removed=False)
    count = 0
    for slide in late:
        shutil.rmtree(slide.folder, ignore_errors=True)
        Slide.objects.filter(pk=slide.pk).update(files_removed=True, has_label=False)
        count += 1
    return count


def _last_chance() -> datetime:
    return timezone.now() - timedelta(days=UNDO_DAYS)
