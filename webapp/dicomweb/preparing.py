"""A series of pictures becomes a slide, by the same ingest as an upload."""

from __future__ import annotations

import logging
import tempfile
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone
from kombu.exceptions import OperationalError
from pydicom.uid import (
    ParametricMapStorage,
    SegmentationStorage,
    VLWholeSlideMicroscopyImageStorage,
)
from redis.exceptions import RedisError

from webapp.broker import connection
from webapp.celery import app
from webapp.dicomweb.models import Series
from webapp.questions.models import Question
from webapp.slides.models import Slide
from webapp.slides.removal import delete_slide
from webapp.slides.services import add_slide

PREPARE_SERIES = "webapp.dicomweb.prepare_series"
log = logging.getLogger(__name__)


def send_series(series_id: int) -> None:
    """Have the series looked at once nothing more of it has come for a while.

    One message is on its way at a time, however many objects come meanwhile.
    """
    quiet = settings.SERIES_QUIET_SECONDS
    key = f"dragonfly:series:{series_id}:sent"
    try:
        if quiet and not connection().set(key, 1, nx=True, ex=quiet):
            return
        app.send_task(PREPARE_SERIES, args=(series_id,), countdown=quiet, retry=False)
    except (RedisError, OperationalError):
        log.warning("The queue does not answer; series %s waits.", series_id)


def follow_series(series_id: int) -> None:
    """Prepare it, or look again later if more of it has come since the message."""
    grows = Series.objects.filter(pk=series_id, changed_at__gt=_quiet_since())
    if prepare_series(series_id) is None and grows.exists():
        send_series(series_id)


def prepare_series(series_id: int) -> Slide | None:
    """Make the slide of a series that has gone quiet; None if there is nothing to do.

    More instances that come later make a new slide; the earlier one goes unless
    somebody has asked about it.
    """
    with transaction.atomic():
        series = Series.objects.select_for_update().filter(pk=series_id).first()
        if series is None or not _is_due(series):
            return None
        files = _pictures(series)
        if not files:
            return None
        earlier = series.slide
        series.slide = _slide(series, files)
        series.prepared_count = series.instances.count()
        Series.objects.filter(pk=series.pk).update(
            slide=series.slide, prepared_count=series.prepared_count
        )
        if earlier and not Question.objects.filter(slide=earlier).exists():
            delete_slide(earlier)
    return series.slide


def prepare_quiet_series() -> int:
    """Look after the series whose message was lost; returns how many became slides."""
    waiting = (
        Series.objects.annotate(here=Count("instances", distinct=True))
        .exclude(here=F("prepared_count"))
        .filter(changed_at__lt=_quiet_since(), instances__frame_count__gt=0)
        .values_list("pk", flat=True)
        .distinct()
    )
    return sum(_is_prepared(pk) for pk in waiting)


def _is_prepared(series_id: int) -> bool:
    """One series whose files are gone must not keep all later ones waiting."""
    try:
        return prepare_series(series_id) is not None
    except OSError:
        log.exception("The files of series %s cannot be read.", series_id)
        return False


def _quiet_since() -> timezone.datetime:  # type: ignore[name-defined]
    return timezone.now() - timedelta(seconds=settings.SERIES_QUIET_SECONDS)


def _is_due(series: Series) -> bool:
    has_more = series.instances.count() != series.prepared_count
    return has_more and series.changed_at <= _quiet_since()


def _pictures(series: Series) -> list[Path]:
    """The files of a whole slide, or the pictures of another series.

    Several pictures become one sheet (`dragonfly.slide.dicom_sheet`). Segmentations
    and parametric maps are results and no pictures to ask about.
    """
    pictures = series.instances.filter(frame_count__gt=0)
    pictures = pictures.exclude(
        sop_class__in=(SegmentationStorage, ParametricMapStorage)
    )
    whole = pictures.filter(sop_class=VLWholeSlideMicroscopyImageStorage)
    return [instance.path for instance in list(whole) or pictures]


def _slide(series: Series, files: list[Path]) -> Slide:
    """Named by the container on the glass, never by the patient."""
    instance = series.instances.exclude(container_id="").first()
    name = (instance.container_id if instance else "") or f"{series.modality} series"
    with tempfile.TemporaryDirectory(dir=settings.DICOM_FOLDER) as folder:
        for number, file in enumerate(files, 1):
            Path(folder, f"{number:05}.dcm").symlink_to(file)
        return add_slide(series.study.owner, Path(folder), name)
