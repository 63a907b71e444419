"""Objects made of a job's answers go to the destinations that the job names, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.delivery.models import Delivery
from webapp.delivery.services import deliverable_to, enqueue
from webapp.dicomweb.models import Instance
from webapp.jobs.models import Job
from webapp.jobs.services.inputs import named_series
from webapp.results.models import ResultObject

RECENT = timedelta(days=1)
"""The clock looks at jobs and objects of this age."""
AT_ONCE = 200


def refuse_others(user: User, named: dict[str, Any]) -> None:
    """To see a slide that somebody shares is not to hand on what is made of it.

    Args:
        named: the checked input of a job, as `wish_fields` tells it.

    Raises:
        DragonflyError: NO_PERMISSION, unless it is the user's own.
    """
    if user.is_administrator:
        return
    slide, is_own = named.get("slide"), user.can_upload
    if slide is not None:
        is_own = is_own and slide.owner_id == user.pk
    elif study := named.get("study_uid"):
        seen = named_series(user, study, named["series_uid"], named["instance_uid"])
        is_own = is_own and not seen.exclude(study__owner=user).exists()
    if not is_own:
        raise DragonflyError(
            "NO_PERMISSION", "Only the owner of a slide can have its results delivered."
        )


def deliver_result(result: ResultObject) -> None:
    """Put one object on its way for each job that asked its question."""
    jobs = Job.objects.filter(
        items__question=result.question_id, destinations__isnull=False
    ).select_related("owner")
    for job in jobs.distinct():
        _deliver(job, Q(pk=result.instance_id))


def deliver_missed() -> int:
    """Send what nobody told of, such as an object that was there before the job.

    Returns how many objects were put on their way.
    """
    since = timezone.now() - RECENT
    made = Q(items__question__results__created_at__gt=since)
    recent = made | Q(updated_at__gt=since)
    jobs = Job.objects.filter(recent, destinations__isnull=False).distinct()
    return sum(len(_deliver(job, Q())) for job in jobs.select_related("owner"))


def _deliver(job: Job, which: Q) -> list[Delivery]:
    own = deliverable_to(job.owner).filter(
        which, pk__in=Instance.objects.filter(result__question__job_items__job=job)
    )
    sent: list[Delivery] = []
    for destination in job.destinations.all():
        left = own.exclude(deliveries__destination=destination)
        sent += enqueue(left[:AT_ONCE], destination)
    return sent
