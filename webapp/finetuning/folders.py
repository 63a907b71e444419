"""The runs' folders on the disk, which must not grow without bounds."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from webapp.finetuning.models import FineTuneJob


def run_folder(job: FineTuneJob) -> Path:
    """Where the worker keeps checkpoints, log and metrics of a job."""
    return Path(settings.DATA_FOLDER) / "training" / str(job.pk)


def forget_run(job: FineTuneJob) -> None:
    """Remove checkpoints of a job that nobody can resume any more."""
    shutil.rmtree(run_folder(job) / "run", ignore_errors=True)
    FineTuneJob.objects.filter(pk=job.pk).update(is_forgotten=True)


def forget_old_runs() -> int:
    """Checkpoints of jobs that failed or were paused long ago; returns how many.

    Each job is looked at once, however many there have been.
    """
    before = timezone.now() - timedelta(days=settings.TRAINING_KEEP_DAYS)
    left = FineTuneJob.objects.filter(is_forgotten=False, updated_at__lt=before)
    jobs = list(left.exclude(state__in=FineTuneJob.OPEN))
    for job in jobs:
        forget_run(job)
    return len(jobs)
