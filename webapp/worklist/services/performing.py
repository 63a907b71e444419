"""The site as a performer: questions of workitems become jobs, whose end is theirs."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dragonfly.errors import DragonflyError, QuestionError
from inference_worker.messages import PRIORITIES
from webapp.dicomweb.models import Study
from webapp.jobs.models import Job
from webapp.jobs.services import Wish, submit_job
from webapp.jobs.services.inputs import named_series
from webapp.worklist.models import Workitem
from webapp.worklist.services.checking import moment_of
from webapp.worklist.services.states import canceled
from webapp.worklist.wanted import Wanted, wanted_of

State = Workitem.State
AT_ONCE = 200


def begin(pk: int) -> bool:
    """Claim it and submit its job, if it asks something that can be asked now."""
    with transaction.atomic():
        waiting = Workitem.objects.select_for_update(of=("self",)).filter(
            pk=pk, state=State.SCHEDULED, readiness="READY"
        )
        item = waiting.select_related("owner").first()
        wanted = wanted_of(item.attributes) if item else None
        if item is None or wanted is None or not _is_due(item):
            return False
        uids = (wanted.study, wanted.series, wanted.instance)
        if not named_series(item.owner, *uids).exists():
            return False
        return _submit(item, wanted)


def _is_due(item: Workitem) -> bool:
    moment = moment_of(item.starts_at)
    return moment is not None and moment <= timezone.now()


def _submit(item: Workitem, wanted: Wanted) -> bool:
    wish = Wish(
        asked=[{"text": each} for each in wanted.questions],
        study_uid=wanted.study,
        series_uid=wanted.series,
        instance_uid=wanted.instance,
        priority=PRIORITIES.get(item.priority.lower(), PRIORITIES["medium"]),
        details={"workitem": item.uid},
    )
    try:
        item.job = submit_job(item.owner, wish)
    except QuestionError as refused:
        item.attributes |= canceled(item.attributes, refused.message)
        item.state = State.CANCELED
    except DragonflyError:
        return False  # The queue is full; the clock comes back.
    else:
        item.state = State.IN_PROGRESS
        item.transaction_uid = f"2.25.{uuid.uuid4().int}"
    item.save()
    return True


def follow(job: Job) -> bool:
    """End the workitem of a job that has ended; False if there is none open."""
    with transaction.atomic():
        claimed = Workitem.objects.select_for_update(of=("self",))
        item = claimed.filter(job=job, state=State.IN_PROGRESS).first()
        if item is None or job.is_open:
            return False
        if job.state == Job.State.SUCCEEDED:
            item.state = State.COMPLETED
        else:
            item.state = State.CANCELED
            item.attributes |= canceled(item.attributes, job.failure_message)
        item.save()
    return True


def move_on() -> int:
    """What the clock does: begin what can begin, end what has ended; how many."""
    this_job = Q(job__state__in=Job.OPEN)
    ended = Workitem.objects.filter(state=State.IN_PROGRESS, job__isnull=False)
    jobs: Any = [item.job for item in ended.exclude(this_job).select_related("job")]
    waiting = Workitem.objects.filter(
        state=State.SCHEDULED,
        readiness="READY",
        asks=True,
        study_uid__in=Study.objects.values("uid"),
    )
    found = waiting.order_by("created_at").values_list("pk", flat=True)[:AT_ONCE]
    return sum(map(follow, jobs)) + sum(map(begin, list(found)))
