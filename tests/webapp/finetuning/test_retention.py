"""Checkpoints of jobs that nobody resumes do not stay for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.webapp.finetuning.conftest import Ask
from webapp.finetuning.folders import forget_old_runs, run_folder
from webapp.finetuning.models import FineTuneJob

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


@pytest.mark.parametrize("state", [State.QUEUED, State.TRAINING, State.EVALUATING])
def test_a_job_that_can_go_on_by_itself_keeps_them(
    job: FineTuneJob, state: State
) -> None:
    leave(job, state, days=400)
    assert forget_old_runs() == 0
    assert (run_folder(job) / "run").is_dir()
