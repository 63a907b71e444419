"""The ingest of one slide, from its uploads to a state in which it can be asked about.

Each step can be done again: what a killed process left is either whole or ignored.
Every change of the row names the states it expects, so that a deleted slide, or a
second ingest of the same one, is left alone.
"""

from __future__ import annotations

import errno
import logging
import shutil
import uuid
from pathlib import Path
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from dragonfly.errors import DragonflyError
from dragonfly.slide import open_slide
from dragonfly.slide.deidentify import deidentify
from dragonfly.slide.digest import digest_files
from inference_worker.messages import UNEXPECTED
from webapp.slides.happened import slide_settled
from webapp.slides.ingest import describing
from webapp.slides.ingest.events import tell
from webapp.slides.ingest.lease import lease
from webapp.slides.ingest.placing import (
    collect,
    discard_arrived,
    place,
    unpacked,
)
from webapp.slides.models import DUPLICATE, Slide
from webapp.slides.uploads.part_file import disk_full

State = Slide.State
OPEN = (State.CHECKING, State.PREPARING)
MOST_ATTEMPTS = 3
log = logging.getLogger(__name__)


class GoneError(Exception):
    """The slide was deleted, or somebody else has finished it."""


def ingest(slide_id: uuid.UUID) -> None:
    """Prepare the slide, unless it is being or has been prepared."""
    with lease(slide_id) as is_ours:
        if not is_ours:
            return
        slide = Slide.objects.filter(
            pk=slide_id, state__in=OPEN, deleted_at=None
        ).first()
        if slide is None:
            return
        try:
            _ingest(slide)
        except GoneError:
            return
        except DragonflyError as error:
            fail(slide, error.code, error.message)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                fail(slide, "UNEXPECTED", UNEXPECTED)
                raise
            full = disk_full()
            fail(slide, full.code, full.message)
        except Exception:
            fail(slide, "UNEXPECTED", UNEXPECTED)
            raise


def _ingest(slide: Slide) -> None:
    change(slide, ingest_attempts=F("ingest_attempts") + 1)
    if not slide.entry:
        _check(slide)
    change(slide, state=State.PREPARING)
    tell(slide.id, "state", state=State.PREPARING)
    discard_arrived(slide)
    notes = _deidentify(slide)
    _describe(slide, notes)


def _check(slide: Slide) -> None:
    """Checking: all bytes are here, nobody has them already, they lie in place."""
    tell(slide.id, "state", state=State.CHECKING)
    step(slide, "receive")
    arrived = collect(slide)
    step(slide, "hash")
    files = [file for file in arrived.rglob("*") if file.is_file()]
    change(slide, sha256=digest_files(files, arrived))
    _refuse_twin(slide, Q(sha256=slide.sha256))
    step(slide, "unpack")
    folder = unpacked(slide)
    entry = place(slide, folder)
    size = _bytes_below(slide.folder / "original")
    change(slide, entry=entry, byte_size=size)


def _refuse_twin(slide: Slide, same: Q) -> None:
    """Give way to a slide of the same bytes: a finished one, or an older one."""
    is_older = Q(created_at__lt=slide.created_at) | Q(
        created_at=slide.created_at, id__lt=slide.id
    )
    seen = Slide.objects.visible_to(slide.owner).filter(same).exclude(pk=slide.pk)
    goes_before = Q(state__in=Slide.VIEWABLE) | Q(is_older, state__in=OPEN)
    twin = seen.filter(goes_before).order_by("created_at", "id").first()
    if twin is None:
        return
    change(slide, twin=twin)
    raise DragonflyError(
        DUPLICATE, "The same file is here already. Open that slide instead."
    )


def _deidentify(slide: Slide) -> describing.Notes:
    step(slide, "deidentify")
    done = deidentify(slide.path, slide.folder / "private")
    change(slide, has_label=bool(done.pictures))
    return [{"code": note.code, "message": note.message} for note in done.notes]


def _describe(slide: Slide, notes: describing.Notes) -> None:
    derived = slide.folder / "derived"
    step(slide, "open")
    with open_slide(slide.path) as opened:
        found = describing.facts(opened)
        # Asked again: two uploads may have been hashed at the same moment.
        _refuse_twin(slide, Q(sha256=slide.sha256) | Q(digest=found["digest"]))
        step(slide, "thumbnail")
        describing.write_thumbnail(opened, derived)
        step(slide, "tissue")
        mask = describing.write_tissue(opened, derived)
        notes = [
            *({"code": note.code, "message": note.message} for note in opened.notes),
            *notes,
            *describing.tissue_notes(mask),
            *describing.damage_notes(opened),
        ]
    state = State.READY_WITH_NOTES if notes else State.READY
    found |= {
        "tissue_share": mask.share,
        "notes": notes,
        "byte_size": _bytes_below(slide.folder),
    }
    change(slide, state=state, step="", **found)
    tell(slide.id, "ready", state=state, notes=notes)
    slide_settled.send_robust(Slide, slide=slide)


def step(slide: Slide, name: str) -> None:
    """Say what is being done; the clock sees that somebody is at it."""
    change(slide, step=name)
    tell(slide.id, "step", step=name)


def change(slide: Slide, **fields: Any) -> None:
    """Change the row if it is still being prepared.

    Raises:
        GoneError: it is not.
    """
    rows = Slide.objects.filter(pk=slide.pk, state__in=OPEN, deleted_at=None)
    if not rows.update(**fields, updated_at=timezone.now()):
        raise GoneError
    for name, value in fields.items():
        setattr(slide, name, value)


def fail(slide: Slide, code: str, message: str) -> None:
    """End it with a reason; its files are of no use any more."""
    try:
        change(
            slide,
            state=State.FAILED,
            step="",
            failure_code=code,
            failure_message=message,
            entry="",
            has_label=False,
            byte_size=0,
        )
    except GoneError:
        return
    shutil.rmtree(slide.folder, ignore_errors=True)
    twin = str(slide.twin_id) if slide.twin_id else None
    tell(slide.id, "failed", code=code, message=message, twin=twin)
    slide_settled.send_robust(Slide, slide=slide)


def _bytes_below(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
