"""Asking for a twin, and looking after those that were lost on the way."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.celery import app
from webapp.dicomweb.models import Series
from webapp.dicomweb.removal import remove_instances
from webapp.slides.models import Slide
from webapp.twins.models import Twin

MAKE = "webapp.twins.make"
MOST_TRIES = 3
AT_ONCE = 20
State = Twin.State
log = logging.getLogger(__name__)


def ask_twin(slide: Slide, actor: User) -> Twin:
    """The twin of this slide, begun now if there is none or the last try failed.

    Raises:
        DragonflyError: SLIDE_NOT_READY, TWIN_IS_DICOM, TWIN_NEEDS_SCALE.
    """
    _refuse_impossible(slide)
    with transaction.atomic():
        twin, is_new = Twin.objects.get_or_create(
            slide=slide, defaults={"next_at": timezone.now()}
        )
        failed = Twin.objects.filter(pk=twin.pk, state=State.FAILED)
        again = failed.update(
            state=State.WAITING, failure_code="", failure_message="", round=0,
            next_at=timezone.now(),
        )  # fmt: skip
        if is_new or again:
            AuditEvent.record("twin.ask", actor=actor, on=slide)
            transaction.on_commit(partial(send, twin.pk))
    twin.refresh_from_db()
    return twin


def _refuse_impossible(slide: Slide) -> None:
    if not slide.is_viewable:
        raise DragonflyError(
            "SLIDE_NOT_READY", "The slide is not ready yet. Ask again when it is."
        )
    if Series.objects.filter(slide=slide).exists():
        raise DragonflyError(
            "TWIN_IS_DICOM", "This slide came as DICOM and needs no copy of it."
        )
    if not (slide.mpp_x and slide.mpp_y):
        raise DragonflyError(
            "TWIN_NEEDS_SCALE",
            "DICOM needs the size of a pixel, which the file does not tell. Set the "
            "scale of the slide first.",
        )


def send(twin_id: UUID) -> None:
    """Put it on the queue; without one the clock finds the row."""
    try:
        app.send_task(MAKE, args=(str(twin_id),), retry=False, expires=600)
    except (RedisError, OperationalError):
        log.warning("The queue does not answer; twin %s waits.", twin_id)


def look_after() -> int:
    """Send what waits or has ended unseen; what keeps ending fails. How many sent."""
    late = Twin.objects.filter(
        state__in=(State.WAITING, State.WRITING), next_at__lte=timezone.now()
    )
    late.filter(round__gte=MOST_TRIES).update(
        state=State.FAILED,
        failure_code="TWIN_GAVE_UP",
        failure_message="Writing it ended before it was done, several times.",
        round=F("round") + 1,
    )
    names = list(late.values_list("pk", flat=True)[:AT_ONCE])
    # Until then nobody sends it again, and whoever has it may begin.
    wait = timezone.now() + timedelta(seconds=60)
    for name in names:
        Twin.objects.filter(pk=name, state=State.WAITING).update(next_at=wait)
        send(name)
    return len(names)


def remove_of_gone_slides() -> int:
    """Delete the objects of slides whose files are gone for good; how many slides."""
    gone = list(Twin.objects.filter(slide__files_removed=True).exclude(study_uid=""))
    for twin in gone:
        remove_instances(twin.instances)
        Twin.objects.filter(pk=twin.pk).update(study_uid="")
    return len(gone)
