"""What the tile application knows of a slide: a small file beside its pixels.

`derived/tiles.json` says which file to open and which digest it has; without it there
is nothing to show. `derived/revoked/<user id>` takes a grant back before its lease
ends. Django writes them from the record; the tile application only looks, so that it
needs neither a database nor a message.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from webapp.slides.tiles.grant import digest_key

if TYPE_CHECKING:
    from webapp.slides.models import Slide


@dataclass(frozen=True, slots=True)
class Listing:
    """One slide as the tile application sees it."""

    path: Path
    digest_key: bytes
    frame_count: int


def publish(slide: Slide) -> None:
    """Let tiles of this slide be shown to those who have a grant."""
    text = json.dumps(
        {
            "entry": slide.entry,
            "digest": slide.digest,
            "frames": slide.frame_count,
        }
    )
    file = _file(slide.id)
    if _text_of(file) == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    # Another process may read at this moment: it finds the old file or the new one.
    fresh = file.with_name(f"{file.name}.{uuid.uuid4().hex}")
    fresh.write_text(text)
    os.replace(fresh, file)


def unpublish(slide: Slide) -> None:
    """Let no tile of this slide be shown any more, as when it is deleted."""
    _file(slide.id).unlink(missing_ok=True)


def revoke(slide: Slide, user_id: int) -> None:
    """Take back what this user was granted, without waiting for the lease to end."""
    mark = _mark(slide.id, user_id)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def restore(slide: Slide, user_id: int) -> None:
    """Let grants of this user hold again."""
    _mark(slide.id, user_id).unlink(missing_ok=True)


def is_revoked(slide_id: uuid.UUID, user_id: int) -> bool:
    """Whether `revoke` was called for this user and not taken back."""
    return _mark(slide_id, user_id).exists()


def read_listing(slide_id: uuid.UUID) -> Listing | None:
    """The slide as last published, or None where it is gone."""
    text = _text_of(_file(slide_id))
    if text is None:
        return None
    fields = json.loads(text)
    return Listing(
        Path(settings.SLIDE_FOLDER) / fields["entry"],
        digest_key(fields["digest"]),
        fields["frames"],
    )


def _file(slide_id: uuid.UUID) -> Path:
    return Path(settings.SLIDE_FOLDER) / str(slide_id) / "derived" / "tiles.json"


def _mark(slide_id: uuid.UUID, user_id: int) -> Path:
    return _file(slide_id).with_name("revoked") / str(user_id)


def _text_of(file: Path) -> str | None:
    try:
        return file.read_text()
    except OSError:
        return None
