"""From what a job names to the slides it is about, as soon as they are prepared."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.dicomweb.models import Series
from webapp.jobs.models import Job
from webapp.slides.models import Slide, Upload

BEING_PREPARED = (Slide.State.CHECKING, Slide.State.PREPARING)
PATIENCE = timedelta(minutes=2)
"""A series from which no slide has begun for so long, quiet and all, gives none."""


def settled_slides(job: Job) -> list[Slide] | None:
    """The slides of a job, each ready or failed; None while one is being prepared.

    Raises:
        DragonflyError: SLIDE_GONE, UPLOAD_GONE, STUDY_GONE or NO_SLIDE.
    """
    slides = _named_slides(job)
    if slides is None:
        return None
    slides = [_without_twin(slide) for slide in slides]
    return None if any(s.state in BEING_PREPARED for s in slides) else slides


def _named_slides(job: Job) -> list[Slide] | None:
    if job.study_uid:
        return _slides_of_study(job)
    if job.upload is not None:
        return _slide_of_upload(job.upload)
    slides = Slide.objects.visible_to(job.owner)
    slide = slides.filter(pk=job.slide_id or uuid.UUID(int=0)).first()
    if slide is None:
        raise DragonflyError(
            "SLIDE_GONE", "The slide was deleted, or is no longer shared with you."
        )
    return [slide]


def _slide_of_upload(upload: Upload) -> list[Slide] | None:
    if upload.state == Upload.State.ABANDONED:
        raise DragonflyError(
            "UPLOAD_GONE", "The upload did not come to its end. Send the file again."
        )
    return [upload.slide] if upload.slide else None


def _slides_of_study(job: Job) -> list[Slide] | None:
    series = list(
        named_series(
            job.owner, job.study_uid, job.series_uid, job.instance_uid
        ).select_related("slide")
    )
    if not series:
        raise DragonflyError("STUDY_GONE", "The study is no longer here.")
    if any(_is_becoming(one) for one in series):
        return None
    slides = [one.slide for one in series if one.slide and not one.slide.deleted_at]
    if not slides:
        raise DragonflyError(
            "NO_SLIDE", "What was named holds no picture that can be asked about."
        )
    return list(dict.fromkeys(slides))


def _is_becoming(series: Series) -> bool:
    """A slide of it, or a newer one, is still to be made."""
    if series.instances.count() == series.prepared_count:
        return False
    quiet = timedelta(seconds=settings.SERIES_QUIET_SECONDS)
    return series.changed_at > timezone.now() - PATIENCE - quiet


def named_series(
    user: User, study: str, series: str = "", instance: str = ""
) -> QuerySet[Series]:
    """The series with pictures that these UIDs name, of those that `user` sees.

    Two owners may hold the same study; the caller's own goes first.
    """
    found = Series.objects.visible_to(user).filter(
        study__uid=study, instances__frame_count__gt=0
    )
    if series:
        found = found.filter(uid=series)
    if instance:
        found = found.filter(instances__uid=instance)
    own = found.filter(study__owner=user)
    return (own if own.exists() else found).distinct().order_by("created_at", "pk")


def _without_twin(slide: Slide) -> Slide:
    """The slide with the same bytes that was here first, if this is a duplicate."""
    twin = slide.twin
    return twin if twin and slide.state == Slide.State.FAILED else slide
