"""Sharing slides, and adding one from a file that is on the server already."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.db import transaction

from webapp.accounts.models import User
from webapp.slides.ingest.placing import suffix_of
from webapp.slides.ingest.queue import send_ingest
from webapp.slides.models import Slide, SlideAccess
from webapp.slides.tiles.listing import restore, revoke


def add_slide(owner: User, source: Path, name: str, **fields: Any) -> Slide:
    """A slide from a copy of `source`, a file or a folder; ingested after commit.

    Args:
        fields: of the record, such as `is_demo` and `suggested_questions`.
    """
    with transaction.atomic():
        slide = Slide.objects.create(owner=owner, name=name, **fields)
        arrived = slide.folder / "arrived"
        if source.is_dir():
            shutil.copytree(source, arrived, copy_function=shutil.copyfile)
        else:
            arrived.mkdir(parents=True)
            shutil.copyfile(source, arrived / f"upload{suffix_of(source.name)}")
        transaction.on_commit(lambda: send_ingest(slide.id))
    return slide


def share_slide(slide: Slide, user: User) -> tuple[SlideAccess, bool]:
    """Let a colleague see the slide; the second value says whether that is new."""
    access = SlideAccess.objects.get_or_create(slide=slide, user=user)
    restore(slide, user.pk)
    return access


def unshare_slide(slide: Slide, user: User) -> bool:
    """Take it back, tiles that are being looked at included."""
    deleted, _ = SlideAccess.objects.filter(slide=slide, user=user).delete()
    still = Slide.objects.visible_to(user).filter(pk=slide.pk).exists()
    if deleted and not still:
        revoke(slide, user.pk)
    return bool(deleted)
