"""Checkpoints of jobs that nobody resumes do not stay for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.webapp.finetuning.conftest import Ask
from webapp.accounts.models import User
from webapp.finetuning.folders import forget_old_runs, run_folder
from webapp.finetuning.models import FineTuneJob
from webapp.finetuning.services import resume_job

State = FineTuneJob.State


@pytest.fixture
def job(ask: Ask, settings: Settings, tmp_path: Path) -> FineTuneJob:
    """One that has a checkpoint."""
    ask()
    settings.DATA_FOLDER = tmp_path
    settings.TRAINING_KEEP_DAYS = 14
    found = FineTuneJob.objects.get()
    (run_folder(found) / "run" / "checkpoints").mkdir(parents=True)
    return found


def leave(job: FineTuneJob, state: State, days: int) -> None:
    """Nothing has happened to it for so long."""
    before = timezone.now() - timedelta(days=days)
    FineTuneJob.objects.filter(pk=job.pk).update(state=state, updated_at=before)


@pytest.mark.parametrize("state", [State.FAILED, State.PAUSED])
def test_a_job_that_stands_still_loses_its_checkpoints_in_time(
    job: FineTuneJob, state: State
) -> None:
    leave(job, state, days=13)
    assert forget_old_runs() == 0
    assert (run_folder(job) / "run").is_dir()

    leave(job, state, days=15)
    assert forget_old_runs() == 1
    assert not (run_folder(job) / "run").exists()
    assert forget_old_runs() == 0


def test_a_job_that_was_cleared_is_not_looked_at_again(
    job: FineTuneJob, django_assert_num_queries: Any
) -> None:
    leave(job, State.FAILED, days=15)
    forget_old_runs()
    with django_assert_num_queries(1):
        assert forget_old_runs() == 0


def test_one_that_went_on_and_failed_again_is_cleared_again(
    job: FineTuneJob, root: User
) -> None:
    leave(job, State.FAILED, days=15)
    forget_old_runs()
    job.refresh_from_db()
    resume_job(job, root)
    (run_folder(job) / "run").mkdir(parents=True)
    leave(job, State.FAILED, days=15)
    assert forget_old_runs() == 1
    assert not (run_folder(job) / "run").exists()


@pytest.mark.parametrize("state", [State.QUEUED, State.TRAINING, State.EVALUATING])
def test_a_job_that_can_go_on_by_itself_keeps_them(
    job: FineTuneJob, state: State
) -> None:
    leave(job, state, days=400)
    assert forget_old_runs() == 0
    assert (run_folder(job) / "run").is_dir()
