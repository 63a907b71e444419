"""Sending the next job: the highest priority first, as many as there are workers."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from dragonfly.errors import DragonflyError
from inference_worker.messages import (
    RUN_TRAINING,
    STREAM_SECONDS,
    TRAINING_QUEUE,
    ModelFields,
    TrainRequest,
    training_attempt_key,
    training_wish_key,
)
from webapp.broker import connection
from webapp.celery import app
from webapp.finetuning.data_files import write_data_set
from webapp.finetuning.fixed_questions import write_fixed_questions
from webapp.finetuning.models import FineTuneJob
from webapp.finetuning.night import is_night
from webapp.finetuning.presets import processes_of
from webapp.finetuning.services.moving import move
from webapp.training.models import ModelVersion
from webapp.training.services import active_model_version

log = logging.getLogger(__name__)
State = FineTuneJob.State
PATIENCE = {"max_retries": 2, "interval_start": 0.05, "interval_max": 0.2}


def send_next() -> int:
    """Send what may run now; returns how many were sent."""
    at_work = Q(state__in=FineTuneJob.WORKING) | Q(
        state=State.QUEUED, sent_at__isnull=False
    )
    free = settings.TRAINING_WORKERS - FineTuneJob.objects.filter(at_work).count()
    waiting = FineTuneJob.objects.filter(state=State.QUEUED, sent_at=None)
    if not is_night():
        waiting = waiting.filter(only_at_night=False)
    chosen = waiting.select_related("base", "data_set").order_by(
        "-priority", "created_at"
    )
    return sum(send(job) for job in chosen[: max(0, free)])


def send(job: FineTuneJob) -> bool:
    """Put one on the training queue; False when it could not be sent."""
    active = active_model_version()
    if active is None:
        return False
    try:
        write_data_set(job.data_set)
        write_fixed_questions(job)
    except DragonflyError as error:
        fail(job, error.code, error.message)
        return False
    except OSError:
        log.exception("The data set of job %s could not be written.", job.pk)
        fail(
            job,
            "DISK_FULL",
            "The data set could not be written to the disk. Free some space, then "
            "resume the job.",
        )
        return False
    # Taken first: two processes that come by at once send one message.
    if not move(job.pk, job.attempt, (State.QUEUED,), sent_at=timezone.now()):
        return False
    try:
        name = str(job.pk)
        connection().delete(training_wish_key(name))
        connection().set(training_attempt_key(name), job.attempt, ex=STREAM_SECONDS)
        app.send_task(
            RUN_TRAINING,
            kwargs=request_of(job, active).fields(),
            queue=TRAINING_QUEUE,
            task_id=f"{job.pk}.{job.attempt}",
            retry=True,
            retry_policy=PATIENCE,
        )
    except (RedisError, OperationalError):
        log.warning("Job %s could not be sent; it will be sent later.", job.pk)
        move(job.pk, job.attempt, (State.QUEUED,), sent_at=None)
        return False
    return True


def request_of(job: FineTuneJob, active: ModelVersion) -> TrainRequest:
    """The message of the newest attempt."""
    return TrainRequest(
        job_id=str(job.pk),
        attempt=job.attempt,
        title=job.title,
        data_set=job.data_set.digest,
        base=ModelFields(job.base.digest, job.base.path),
        active=ModelFields(active.digest, active.path),
        config=job.config,
        processes=processes_of(job.fields),
        max_new_tokens=settings.MAX_NEW_TOKENS,
        min_free_bytes=settings.TRAINING_MIN_FREE_BYTES,
    )


def fail(job: FineTuneJob, code: str, message: str) -> bool:
    """End a job that cannot even be sent."""
    return move(
        job.pk,
        job.attempt,
        FineTuneJob.OPEN,
        state=State.FAILED,
        failure_code=code,
        failure_message=message,
        ended_at=timezone.now(),
    )
