"""What happens to uploads: begun, completed, ended.

A row is only ever changed by an update that names the state it expects, so that two
requests, or a request and the clock, never both complete one upload.
"""

from __future__ import annotations

import os
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.slides.ingest.queue import send_ingest
from webapp.slides.models import Slide, Upload
from webapp.slides.uploads.names import safe_path, shown_name
from webapp.slides.uploads.part_file import PartFile
from webapp.slides.uploads.quota import refuse_over_quota, refuse_size

RECEIVING, COMPLETE = Upload.State.RECEIVING, Upload.State.COMPLETE


def begin_upload(
    user: User,
    file_name: str,
    size: int,
    *,
    folder: uuid.UUID | None = None,
    relative_path: str = "",
    upload_id: uuid.UUID | None = None,
) -> Upload:
    """Make room for a file that is about to arrive.

    Raises:
        DragonflyError: `FILE_EMPTY`, `UPLOAD_TOO_LARGE`, `QUOTA`, `DISK_FULL`,
            `UPLOAD_PATH`.
    """
    refuse_size(size)
    place = safe_path(relative_path or file_name) if folder else ""
    with transaction.atomic():
        # One at a time for each person, or two could share the last of a quota.
        User.objects.select_for_update().get(pk=user.pk)
        refuse_over_quota(user, size)
        upload = Upload.objects.create(
            id=upload_id or uuid.uuid4(),
            owner=user,
            file_name=shown_name(file_name),
            size=size,
            folder=folder,
            relative_path=place,
            expires_at=next_expiry(),
        )
        PartFile(upload.id).create()
    return upload


def next_expiry() -> datetime:
    """When an upload of which nothing more comes is given up."""
    return timezone.now() + timedelta(hours=settings.UPLOAD_EXPIRY_HOURS)


def record_progress(upload: Upload) -> None:
    """Note how much has come, for lists, and put the expiry off."""
    upload.updated_at, upload.expires_at = timezone.now(), next_expiry()
    Upload.objects.filter(pk=upload.pk, state=RECEIVING).update(
        received=PartFile(upload.id).size,
        expires_at=upload.expires_at,
        updated_at=upload.updated_at,
    )


def complete_upload(upload: Upload) -> bool:
    """Turn an upload whose bytes are all here into a slide, or a file of a folder.

    Returns:
        Whether this call did it; False if it had been done before.
    """
    part = PartFile(upload.id)
    handle = os.open(part.path, os.O_RDONLY)
    try:
        # Once, at the end: after each request it would halve the speed.
        os.fdatasync(handle)
    finally:
        os.close(handle)
    with transaction.atomic():
        changed = Upload.objects.filter(pk=upload.pk, state=RECEIVING).update(
            state=COMPLETE, received=upload.size, updated_at=timezone.now()
        )
        if changed and upload.folder is None:
            slide = _new_slide(upload.owner, upload.file_name, upload.size)
            Upload.objects.filter(pk=upload.pk).update(slide=slide)
    return bool(changed)


def complete_folder(user: User, folder: uuid.UUID, name: str, files: int) -> Slide:
    """Turn the uploads of one folder into a slide; doing it again gives the same one.

    Raises:
        Upload.DoesNotExist: the user has no upload of this folder.
        DragonflyError: `UPLOAD_INCOMPLETE`.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        uploads = list(
            Upload.objects.filter(owner=user, folder=folder)
            .exclude(state=Upload.State.ABANDONED)
            .select_related("slide")
        )
        if not uploads:
            raise Upload.DoesNotExist
        if made := uploads[0].slide:
            return made
        _refuse_missing(uploads, files)
        slide = _new_slide(user, shown_name(name), sum(u.size for u in uploads))
        Upload.objects.filter(pk__in=[u.pk for u in uploads]).update(slide=slide)
    return slide


def _refuse_missing(uploads: list[Upload], files: int) -> None:
    waiting = [u.file_name for u in uploads if u.state != COMPLETE]
    if not waiting and len(uploads) == files:
        return
    what = f"{waiting[0]!r} is not here yet" if waiting else "some were never begun"
    raise DragonflyError(
        "UPLOAD_INCOMPLETE",
        f"{len(uploads) - len(waiting)} of {files} files of the folder are here; "
        f"{what}. Drop the same folder again to go on.",
    )


def _new_slide(owner: User, name: str, byte_size: int) -> Slide:
    slide = Slide.objects.create(owner=owner, name=name, byte_size=byte_size)
    transaction.on_commit(lambda: send_ingest(slide.id))
    return slide


def end_upload(upload: Upload, wait_s: float = 2.0) -> None:
    """Forget an upload and its bytes; a slide made of it stays.

    Raises:
        LockedError: bytes are arriving just now.
    """
    part = PartFile(upload.id)
    if upload.slide_id is None:
        try:
            with part.locked(wait_s):
                part.remove()
        except FileNotFoundError:
            pass
    upload.delete()
