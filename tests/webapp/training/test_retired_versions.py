"""A retired version answers again when a job names it, and is named by the answer."""

from __future__ import annotations

import base64
import json
from typing import Any

from inference_worker.messages import WAITING_LISTS, AnswerRequest
from tests.webapp.jobs.conftest import Submit, reply, slide, submit
from webapp.broker import connection
from webapp.jobs.models import Job
from webapp.questions.models import Question
from webapp.training.models import ModelVersion
from webapp.training.services import activate_model_version

__all__ = ["reply", "slide", "submit"]


def asked() -> list[tuple[str | None, str | None]]:
    """Digest and folder that the waiting messages name, the oldest first."""
    lists: list[Any] = [connection().lrange(name, 0, -1) for name in WAITING_LISTS]
    waiting = [each for one in lists for each in one]
    bodies = [base64.b64decode(json.loads(each)["body"]) for each in reversed(waiting)]
    requests = [AnswerRequest.from_fields(**json.loads(body)[1]) for body in bodies]
    return [(each.model_digest, each.model_path) for each in requests]


def test_a_job_may_name_a_retired_version(
    active: ModelVersion, candidate: ModelVersion, submit: Submit, reply: Any
) -> None:
    ModelVersion.objects.filter(pk=active.pk).update(path="/models/old")
    activate_model_version(candidate, replacing=active)
    active.refresh_from_db()
    assert active.state == ModelVersion.State.RETIRED

    named = submit(model_version=active.digest).json()["id"]
    plain = submit(questions=[{"text": "Is there fat?"}]).json()["id"]

    assert asked() == [
        (active.digest, "/models/old"),
        (candidate.digest, candidate.path),
    ]
    for job in Job.objects.filter(pk__in=(named, plain)):
        reply(job)
    answers = Question.objects.filter(state=Question.State.ANSWERED)
    of_job = {str(q.job_items.get().job_id): q.model_version for q in answers}
    assert of_job == {named: active, plain: candidate}
