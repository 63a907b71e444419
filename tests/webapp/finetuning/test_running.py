"""A job's life as the worker tells it: figures, pauses, losses, and its one end."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from inference_worker.messages import (
    ModelFields,
    TrainingEnded,
    TrainingTold,
    training_alive_key,
    training_attempt_key,
    training_wish_key,
)
from tests.webapp.finetuning.conftest import URL, messages, requests
from webapp.broker import connection
from webapp.finetuning import tasks
from webapp.finetuning.models import FineTuneJob
from webapp.finetuning.services import send_next, sweep_jobs
from webapp.training.models import ModelVersion

SCORE = {"value": 50.0, "low": 40.0, "high": 60.0}
REGION = {"number": 3, "region": [0, 0, 90, 90], "kind": "selected"}
SIDE = {
    "digest": "e" * 64,
    "scores": {"right": SCORE},
    "seconds_an_answer": 1.5,
    "memory_bytes": 1 << 30,
    "weights_bytes": 1 << 20,
    "calibration": {
        "error": 12.5,
        "bins": [{"items": 5, "certainty": 62.5, "right": 50.0}],
    },
}
EVALUATION = {
    "items": 2,
    "groups": 2,
    "active": SIDE,
    "candidate": SIDE,
    "differences": {"right": SCORE},
    "strata": [
        {
            "stratum": "yes/no questions",
            "items": 2,
            "active": 50.0,
            "candidate": 50.0,
            "difference": SCORE,
        }
    ],
    "examples": [
        {
            "row": 0,
            "slide": "a" * 64,
            "region": [0, 0, 900, 900],
            "question": "Necrosis?",
            "expected": "no",
            "active": "no",
            "candidate": "maybe so",
            "active_right": True,
            "candidate_right": False,
            "active_evidence": [REGION | {"rule": "question", "score": 0.5}],
            "candidate_evidence": [],
        }
    ],
    "regressions": [0],
}


def tell(job: FineTuneJob, step: int, **fields: Any) -> None:
    """The worker tells of a step, as it comes off the queue."""
    record = {"kind": "step", "step": step, "loss": 1 / step, "eta_s": 9.0}
    report(job, record, **fields)


def report(job: FineTuneJob, record: dict[str, Any], **fields: Any) -> None:
    """One line of the trainer's metrics."""
    told = TrainingTold(
        str(job.pk),
        job.attempt,
        "training",
        record["step"],
        4,
        records=(record,),
        **fields,
    )
    tasks.record_training(**asdict(told))
    job.refresh_from_db()


def end(job: FineTuneJob, outcome: Any, **fields: Any) -> None:
    tasks.record_training_end(
        **asdict(TrainingEnded(str(job.pk), job.attempt, outcome, **fields))
    )
    job.refresh_from_db()


def succeed(job: FineTuneJob) -> None:
    model = ModelFields("d" * 64, "/var/models/d")
    end(job, "succeeded", model=model, variant="v1", evaluation=EVALUATION)


def forget(job: FineTuneJob) -> None:
    """Nothing was heard for a minute, and the message is gone."""
    connection().delete("training")
    before = timezone.now() - timedelta(minutes=1)
    FineTuneJob.objects.filter(pk=job.pk).update(updated_at=before)


@pytest.fixture
def quick(settings: Settings) -> None:
    """A queue that has just started is believed."""
    settings.LOST_AFTER_SECONDS = 0


def test_figures_become_curves_and_a_page(job: FineTuneJob, as_root: Client) -> None:
    tell(job, 1)
    tell(job, 2, usage={"memory_bytes": 3 << 30, "free_bytes": 5 << 30})
    tell(job, 2)

    assert (job.state, job.step, job.eta_s) == ("training", 2, 9.0)
    figures = as_root.get(f"{URL}/{job.pk}/metrics?after=1").json()
    assert [(f["step"], f["data"]["loss"]) for f in figures] == [(2, 0.5)]
    page = as_root.get(f"/finetune/{job.pk}/").content.decode()
    assert "step 2 of" in page
    assert f'data-metrics="{URL}/{job.pk}/metrics"' in page
    assert "0.5000" in page


def test_a_success_makes_a_candidate_with_its_evaluation(
    job: FineTuneJob, as_root: Client
) -> None:
    tell(job, 4)
    succeed(job)

    assert job.model_version is not None
    assert job.model_version.state == ModelVersion.State.CANDIDATE
    assert as_root.get(f"{URL}/{job.pk}").json()["evaluation"] == EVALUATION
    page = as_root.get(f"/finetune/{job.pk}/?part=live").content.decode()
    assert "50.0 points" in page
    assert "(40.0 to 60.0)" in page
    page = as_root.get(f"/finetune/{job.pk}/evaluation/").content.decode()
    assert "maybe so" in page
    assert "yes/no questions" in page
    assert "Active: 12.5 points off" in page
    assert "selected 3" in page
    assert "1.0 GiB" in page


def test_a_comparison_is_there_once_it_is_made(
    job: FineTuneJob, as_root: Client, as_alice: Client
) -> None:
    url = f"/finetune/{job.pk}/evaluation/"
    assert as_root.get(url).status_code == 404
    succeed(job)
    assert as_root.get(url).status_code == 200
    assert as_alice.get(url).status_code == 404


def test_sample_answers_stand_side_by_side(job: FineTuneJob, as_root: Client) -> None:
    asked = {"slide": "a" * 64, "region": [0, 0, 9, 9], "question": "Necrosis?"}
    for step, answer in enumerate(["no", "perhaps", "yes"], start=1):
        told = {"kind": "samples", "step": step}
        told["answers"] = [asked | {"expected": "yes", "answer": answer}]
        report(job, told)

    page = as_root.get(f"/finetune/{job.pk}/").content.decode()
    row = page[page.index("Necrosis?") :]
    cells = [row.index(f"<td>{word}</td>") for word in ("no", "perhaps", "yes")]
    assert "Step 3" in page
    assert cells[:2] == sorted(cells[:2])


def test_what_comes_late_changes_nothing(job: FineTuneJob) -> None:
    succeed(job)
    tell(job, 3)
    end(job, "failed", code="OUT_OF_MEMORY", message="Lower it.")

    assert (job.state, job.step) == ("succeeded", 0)


def test_a_failure_tells_what_to_lower_and_can_be_resumed(
    job: FineTuneJob, as_root: Client
) -> None:
    end(job, "failed", code="OUT_OF_MEMORY", message="Lower the examples at once.")
    page = as_root.get(f"/finetune/{job.pk}/").content.decode()
    assert "Lower the examples at once." in page

    as_root.post(f"{URL}/{job.pk}/resume")
    send_next()

    assert requests()[-1]["attempt"] == 2


def test_a_pause_is_told_and_the_job_goes_on_later(
    job: FineTuneJob, as_root: Client, django_capture_on_commit_callbacks: Any
) -> None:
    tell(job, 1)
    with django_capture_on_commit_callbacks(execute=True):
        as_root.post(f"{URL}/{job.pk}/pause")
    assert connection().get(training_wish_key(str(job.pk))) == "pause"
    end(job, "paused")
    assert job.state == "paused"

    with django_capture_on_commit_callbacks(execute=True):
        as_root.post(f"/finetune/{job.pk}/resume/")

    assert requests()[-1]["attempt"] == 2
    assert connection().get(training_wish_key(str(job.pk))) is None


def test_the_message_of_a_job_paused_in_the_line_counts_no_more(
    job: FineTuneJob, as_root: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        as_root.post(f"{URL}/{job.pk}/pause")
    job.refresh_from_db()

    assert (job.state, job.attempt) == ("paused", 2)
    assert connection().get(training_attempt_key(str(job.pk))) == "2"


def test_a_cancelled_job_cannot_go_on(job: FineTuneJob, as_root: Client) -> None:
    assert as_root.delete(f"{URL}/{job.pk}").status_code == 202
    again = as_root.delete(f"{URL}/{job.pk}")
    resumed = as_root.post(f"{URL}/{job.pk}/resume")

    assert (again.status_code, again.json()["code"]) == (409, "JOB_ENDED")
    assert resumed.json()["code"] == "JOB_ENDED"


def test_a_lost_worker_gets_another_attempt_until_it_is_hopeless(
    job: FineTuneJob, quick: None, settings: Settings
) -> None:
    tell(job, 1)
    for attempt in (2, 3):
        forget(job)
        sweep_jobs()
        job.refresh_from_db()
        assert (job.state, job.attempt) == ("queued", attempt)
        assert len(messages()) == 1
    forget(job)
    sweep_jobs()
    job.refresh_from_db()

    assert (job.state, job.failure_code) == ("failed", "WORKER_LOST")


def test_a_worker_that_is_heard_of_is_left_alone(job: FineTuneJob, quick: None) -> None:
    tell(job, 1)
    forget(job)
    connection().set(training_alive_key(str(job.pk)), job.attempt)
    sweep_jobs()
    job.refresh_from_db()

    assert (job.state, job.attempt) == ("training", 1)


def test_the_job_of_the_night_stops_for_the_day(
    job: FineTuneJob, settings: Settings
) -> None:
    FineTuneJob.objects.update(only_at_night=True)
    tell(job, 1)
    settings.TRAINING_NIGHT = "0-0"
    sweep_jobs()
    assert connection().get(training_wish_key(str(job.pk))) == "pause"
    end(job, "paused")
    sweep_jobs()
    job.refresh_from_db()
    assert (job.state, job.sent_at) == ("queued", None)

    settings.TRAINING_NIGHT = "0-24"
    sweep_jobs()

    assert requests()[-1]["attempt"] == 2
