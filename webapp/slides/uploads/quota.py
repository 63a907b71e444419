"""How much a person, a file and the disk may hold, asked before a byte arrives."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db.models import Sum

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.slides.models import Slide, Upload
from webapp.slides.uploads.part_file import disk_full


def refuse_size(size: int) -> None:
    """Refuse what can never fit.

    Raises:
        DragonflyError: `FILE_EMPTY`, `UPLOAD_TOO_LARGE`, `DISK_FULL`.
    """
    limit = settings.UPLOAD_MAX_BYTES
    if size <= 0:
        raise DragonflyError(
            "FILE_EMPTY", "The file is empty. Copy or export the slide again."
        )
    if size > limit:
        raise DragonflyError(
            "UPLOAD_TOO_LARGE",
            f"The file has {size / 2**30:.1f} GiB and the limit is "
            f"{limit / 2**30:.1f} GiB.",
        )
    if shutil.disk_usage(upload_folder())[2] - _still_to_come() < size:
        raise disk_full()


def refuse_over_quota(user: User, size: int, used: int | None = None) -> None:
    """Refuse more than the person may store.

    Args:
        used: what they store already, where that is known.

    Raises:
        DragonflyError: `QUOTA`.
    """
    used = used_bytes(user) if used is None else used
    own = user.quota_bytes
    quota = settings.UPLOAD_QUOTA_BYTES if own is None else own
    if used + size > quota:
        raise DragonflyError(
            "QUOTA",
            f"Your slides and uploads take {used / 2**30:.1f} of "
            f"{quota / 2**30:.1f} GiB, which leaves too little room for this file. "
            "Delete slides that you no longer need, or ask an administrator.",
        )


def used_bytes(user: User) -> int:
    """Bytes of the user's slides and of uploads that are not slides yet."""
    slides = Slide.objects.filter(owner=user, deleted_at=None).aggregate(
        total=Sum("byte_size")
    )
    uploads = Upload.objects.filter(
        owner=user,
        slide=None,
        state__in=(Upload.State.RECEIVING, Upload.State.COMPLETE),
    ).aggregate(total=Sum("size"))
    return (slides["total"] or 0) + (uploads["total"] or 0)


def upload_folder() -> Path:
    """Where uploads wait, made if need be."""
    folder = Path(settings.UPLOAD_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _still_to_come() -> int:
    totals = Upload.objects.filter(state=Upload.State.RECEIVING).aggregate(
        announced=Sum("size"), here=Sum("received")
    )
    return max(0, (totals["announced"] or 0) - (totals["here"] or 0))
