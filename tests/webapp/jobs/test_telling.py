"""The end of a job is told to its owner's programs, without a word of the patient."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.webapp.jobs.conftest import Submit
from tests.webapp.webhooks.conftest import Receiver, create, endpoint, receiver
from webapp.jobs.models import Job
from webapp.webhooks.models import WebhookDelivery, WebhookEndpoint
from webapp.webhooks.services import deliver

__all__ = ["create", "endpoint", "receiver"]
Reply = Callable[..., None]


def test_the_end_is_told_with_ids_alone(
    submit: Submit, reply: Reply, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    submit(questions=[{"text": "Does Mr Smith have cancer?"}])
    assert not WebhookDelivery.objects.exists()
    job = Job.objects.get()
    reply(job, text="Mr Smith has none.")
    deliver(WebhookDelivery.objects.get().pk)
    ((_, body),) = receiver.got
    told = json.loads(body)
    assert told["type"] == "job.succeeded"
    assert set(told["data"]) == {"id", "state", "failure_code"}
    assert told["data"]["id"] == str(job.pk)
    assert b"Smith" not in body
