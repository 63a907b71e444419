"""One administrator goes back to the version before, step by step."""

from __future__ import annotations

import pytest

from dragonfly.errors import DragonflyError
from tests.webapp.factories import make_model_version, make_question, make_slide
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.training.models import ModelVersion
from webapp.training.services import (
    activate_model_version,
    active_model_version,
    roll_back,
)


def test_the_version_before_answers_again(
    active: ModelVersion, candidate: ModelVersion, ada: User
) -> None:
    activate_model_version(candidate, replacing=active)
    assert roll_back(ada, "192.0.2.7") == active
    candidate.refresh_from_db()
    assert (active_model_version(), candidate.state) == (active, "retired")
    event = AuditEvent.objects.get(action="model.roll_back")
    assert (event.actor, event.details["replaced"]) == (ada, candidate.digest)


def test_it_goes_back_as_far_as_there_were_versions(
    active: ModelVersion, candidate: ModelVersion, ada: User
) -> None:
    third = make_model_version(name="third", state="candidate")
    activate_model_version(candidate, replacing=active)
    activate_model_version(third, replacing=candidate)
    assert roll_back(ada) == candidate
    assert roll_back(ada) == active
    with pytest.raises(DragonflyError) as refused:
        roll_back(ada)
    assert refused.value.code == "NOTHING_BEFORE"


def test_answers_keep_the_version_that_gave_them(
    active: ModelVersion, candidate: ModelVersion, ada: User, alice: User
) -> None:
    activate_model_version(candidate, replacing=active)
    question = make_question(make_slide(alice), model_version=candidate)
    roll_back(ada)
    question.refresh_from_db()
    assert question.model_version == candidate
