"""A frozen data set as files for the trainer: rows by part, and where slides lie."""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.conf import settings

from dragonfly.errors import DragonflyError
from webapp.reviews.models import DataSetVersion, Part, SlideUse
from webapp.slides.models import Slide


def write_data_set(data_set: DataSetVersion) -> Path:
    """Write `data_sets/<digest>/`; what is there already is written again the same.

    Paths of slides are relative, so that the worker may see the folder elsewhere.

    Raises:
        DragonflyError: CONSENT_WITHDRAWN or SLIDE_MISSING.
    """
    folder = Path(settings.DATA_FOLDER) / "data_sets" / data_set.digest
    slides = slides_of(data_set)
    folder.mkdir(parents=True, exist_ok=True)
    for part in Part:
        lines = data_set.rows.filter(part=part).values_list("line", flat=True)
        write(folder / f"{part}.jsonl", "".join(f"{line}\n" for line in lines))
    paths = {d: os.path.relpath(slide.path, folder) for d, slide in slides.items()}
    write(folder / "slides.json", json.dumps(paths, indent=1) + "\n")
    return folder


def slides_of(data_set: DataSetVersion) -> dict[str, Slide]:
    """By digest; each is here still, and may be learned from still.

    Raises:
        DragonflyError: CONSENT_WITHDRAWN or SLIDE_MISSING.
    """
    digests = set(data_set.rows.values_list("example__slide_digest", flat=True))
    uses = SlideUse.objects.filter(slide_digest__in=digests)
    if withdrawn := digests - {u.slide_digest for u in uses if u.allows_learning}:
        raise DragonflyError(
            "CONSENT_WITHDRAWN",
            f"{len(withdrawn)} of the slides in this data set may not be learned from "
            "any more. Freeze a new data set.",
        )
    held = Slide.objects.filter(digest__in=digests, deleted_at=None).order_by("pk")
    found = {slide.digest: slide for slide in held if slide.is_viewable}
    if absent := digests - set(found):
        raise DragonflyError(
            "SLIDE_MISSING",
            f"{len(absent)} of the slides in this data set are not here any more. "
            "Upload them again, or freeze a new data set.",
        )
    return found


def write(file: Path, text: str) -> None:
    """The file is whole or as before."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.partial")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, file)
